"""The terminal that a command runs in: what is printed arrives or is done without, and Ctrl-C ends at any time.

Nothing here is imported but the standard library, as it has to be there before anything else is.
"""

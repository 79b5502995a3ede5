"""Terminal of a command: output that never fails a run, and Ctrl-C that works at any time.

It imports the standard library only, because it has to be loaded before everything else.
"""

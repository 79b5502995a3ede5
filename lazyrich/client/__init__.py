"""What a browser runs and reads: scripts, styles and plotly.js, and how frames and charts are told to them.

Both the pages of the app and replays, which are files without a server, are made of it.
"""

"""The browser's side: scripts, styles and plotly.js, and the formats of frames and charts sent to them.

Both the pages of the app and replays, which are files without a server, are made of it.
"""

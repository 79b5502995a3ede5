"""Client side: scripts, styles and plotly.js, and the formats of frames and charts sent to them.

The pages of the app use it, and so do replays, which are files without a server.
"""

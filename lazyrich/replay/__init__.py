"""Replays: one HTML file that holds a run with all that plays it, for talks, courses and notebooks without a server."""

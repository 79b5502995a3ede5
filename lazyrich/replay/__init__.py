"""Replays: one HTML file with a run and its player, for talks, courses and notebooks without a server."""

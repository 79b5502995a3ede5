"""Previews: pictures of runs at a few steps, computed at once while a control moves and shared by all who ask."""

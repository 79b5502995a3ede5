"""Lessons above a live page: the step in its address, and the card of that step."""

"""Lessons above a live page: what its address asks for, and the card that leads through it."""

"""Runs for many: one pool of worker processes, shared fairly, with limits."""

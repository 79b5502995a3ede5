"""Previews: frames of runs at a few steps, computed while a control moves and shared by all visitors."""

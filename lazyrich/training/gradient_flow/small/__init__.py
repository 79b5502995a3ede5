"""Gradient flow of small students in numpy, with their activation patterns held within a step."""

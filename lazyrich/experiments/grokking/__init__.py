"""Modular addition, known by heart long before it is understood."""

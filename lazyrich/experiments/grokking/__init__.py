"""Modular addition: networks memorise their sums long before they generalise."""

"""A random hierarchical grammar, and the number of strings that a network needs to learn its rules."""

"""A random hierarchical grammar, and how many strings a network needs to learn its rules."""

"""Implicit bias: the solution that a linear neuron finds with fewer samples than dimensions."""

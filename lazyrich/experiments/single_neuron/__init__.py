"""A single linear neuron on top of its closed-form solution."""

"""A single linear neuron beside its closed-form solution."""

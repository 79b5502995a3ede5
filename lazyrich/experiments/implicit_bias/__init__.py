"""The solution that a linear neuron finds when there are fewer samples than dimensions."""

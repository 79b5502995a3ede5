"""Which of all solutions a linear neuron finds when data are few."""

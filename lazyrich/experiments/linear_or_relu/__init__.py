"""Speed and kernel movement over the balance, for a linear and a ReLU student."""

"""First-layer filters of convolutional networks (the paper's Fig. 6 b)."""

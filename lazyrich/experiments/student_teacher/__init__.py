"""A two-layer ReLU student of a small teacher (the paper's Fig. 1 a)."""

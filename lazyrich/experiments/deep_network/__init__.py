"""Deep ReLU networks on digits and parity: which layer has to learn."""

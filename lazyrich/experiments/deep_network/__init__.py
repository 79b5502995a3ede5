"""Deep ReLU networks on digits and parity: which layers learn features."""

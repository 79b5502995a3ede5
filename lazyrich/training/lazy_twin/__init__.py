"""The lazy twin of a two-layer network: its linearisation around the start, trained exactly on the same data."""

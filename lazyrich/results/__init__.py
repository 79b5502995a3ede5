"""Training in this process and its results: train, stream, Result, exports, figures."""

"""Train here and take the run away: train, stream, Result, exports, figures."""

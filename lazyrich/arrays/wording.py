"""Advice that several refusals of arrays share."""

REAL = "give the real part if the imaginary part means nothing"

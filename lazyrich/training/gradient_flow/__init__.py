"""Gradient flow: a stabilised Runge-Kutta method over many networks at once."""

"""Choices by a click on an experiment's page: presets and seeds."""

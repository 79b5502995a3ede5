"""Shared parts of experiments: presets, schedules, cost estimates, the choice of device, verdicts."""

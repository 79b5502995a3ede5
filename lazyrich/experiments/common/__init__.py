"""What experiments share: presets, schedules, cost estimates, the choice of device, verdicts."""

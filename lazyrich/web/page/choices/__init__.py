"""What a click changes on an experiment's page: presets and seeds."""

"""What a run and a server may be set to: the schema of all parameters, the limits, the machine."""

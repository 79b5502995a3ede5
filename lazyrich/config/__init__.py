"""Settings of runs and servers: the schema of all parameters, the limits, the machine."""

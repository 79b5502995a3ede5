"""Set up the server: wiring, sessions, quotas, health."""

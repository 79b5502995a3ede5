"""How the server is put together: wiring, sessions, quotas, health."""

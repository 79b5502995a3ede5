"""Protection of the server: limits on visitors, uploads, connections, origins, and the headers of responses."""

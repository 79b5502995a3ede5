"""The load of a lecture hall: many visitors at once, and what a server takes to serve them."""

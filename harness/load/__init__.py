"""Load of a lecture hall: many visitors at once, and the resources of a server for them."""

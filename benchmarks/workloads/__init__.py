"""What `python -m benchmarks` times: a module for each item, with the peers and the problems that they share."""

"""Workloads of `python -m benchmarks`: a module for each item, with shared peers and problems."""

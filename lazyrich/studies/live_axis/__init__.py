"""A study over one setting as a run of its own, which the page Study shows while it fills."""

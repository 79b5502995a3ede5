"""A study over one setting as a run, which the page Study shows during its computation."""

"""A comparison over seeds as a run, which the page Study shows during its computation."""

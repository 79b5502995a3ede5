"""A comparison over seeds as a run of its own, which the page Study shows while it fills."""

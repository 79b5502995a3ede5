"""The page Study, and the way to it from the page of an experiment."""

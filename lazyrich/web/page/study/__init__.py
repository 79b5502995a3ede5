"""The page Study, and the link to it on the page of an experiment."""

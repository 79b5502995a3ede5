"""The runs of a study: their division into jobs, their computation on an executor, and their checkpoint."""

"""The runs of a study: what is trained together, where, and where finished ones are kept."""

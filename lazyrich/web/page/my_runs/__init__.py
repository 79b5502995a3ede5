"""The page My runs: what this visitor has run, with pictures, numbers and notes, as a list that can be taken along."""

"""The page My runs: list of this visitor's runs, with pictures, numbers and notes, which can be downloaded."""

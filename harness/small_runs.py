"""Settings with which each experiment is quick, for tests of all experiments."""

SMALL = {
    "student-teacher": {"steps": 20, "samples": 6, "test_samples": 5, "width": 4},
    "single-neuron": {"steps": 20, "data": "correlated"},
    "linear-network": {"steps": 20, "start": "random", "width": 4, "dimension": 3},
    "implicit-bias": {"points": 3},
    "linear-or-relu": {"tau": 1.0, "points": 3, "seeds": 1, "seed": 1, "width": 4, "dimension": 2, "samples": 5},
    "phase-portrait": {
        "x_points": 2, "y_points": 2, "seeds": 1, "at": (10,), "dimension": 3, "samples": 8, "width": 4,
    },
    "deep-network": {"width": 8, "samples": 32, "steps": 10, "alphas": (1.0,)},
    "deep-map": {"taus": (1.0,), "alphas": (1.0,), "width": 8, "samples": 32, "steps": 10, "seeds": 1},
    "filters": {"steps": 5, "samples": 128, "test_samples": 100, "batch": 8, "alphas": (1.0,)},
    "hierarchy": {
        "sizes": (16,), "alphas": (1.0,), "vocabulary": 4, "synonyms": 4, "levels": 2, "width": 8, "steps": 10,
        "test_samples": 16, "seeds": 1,
    },
    "grokking": {"p": 7, "width": 8, "steps": 60, "alphas": (1.0,), "seeds": 1},
}  # fmt: skip
"""Settings by the experiment's name; experiments without an entry are quick by default."""

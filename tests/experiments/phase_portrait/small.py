"""A phase portrait that is computed in a second."""

from __future__ import annotations

from lazyrich import PhasePortrait, StudentTeacher

SMALL = StudentTeacher(dimension=5, samples=20, width=10, test_samples=30, dtype="float64")


def small(**settings) -> PhasePortrait:
    return PhasePortrait(
        **{"tau": (0.1, 2.0, 5), "delta": (-1, 1, 3), "seeds": 1, "at": (10, 100), "base": SMALL, **settings}
    )

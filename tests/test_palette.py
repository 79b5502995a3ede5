"""Colours of runs can be distinguished without hue: in grey, and with red-green blindness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from lazyrich import palette

XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to XYZ (IEC 61966-2-1)."""

DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
"""Linear sRGB as a deuteranope sees it (Machado, Oliveira and Fernandes 2009, severity 1)."""


def linear(colour: str) -> np.ndarray:
    given = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB, D65."""
    scaled = XYZ @ rgb / np.array([0.95047, 1, 1.08883])
    f = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("colours", "paper"), [(palette.RUNS, "#ffffff"), (palette.RUNS_ON_DARK, "#0e1117")])
def test_runs_differ_in_lightness_and_under_deuteranopia_and_are_seen_on_their_paper(colours, paper):
    assert len(colours) == len(palette.RUN_DASHES) == 5
    for one, other in combinations(colours, 2):
        assert abs(lab(linear(one))[0] - lab(linear(other))[0]) > 9.5, (one, other)
        seen = [lab(np.clip(DEUTERANOPIA @ linear(colour), 0, 1)) for colour in (one, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20, (one, other)
    assert all(contrast(colour, paper) > 2.3 for colour in colours)


def test_no_two_runs_have_the_same_dash_and_only_the_current_one_is_unbroken():
    assert len(set(palette.RUN_DASHES)) == 5
    assert palette.RUN_DASHES.index("solid") == 0 and palette.RUN_DASHES.count("solid") == 1

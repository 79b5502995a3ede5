"""Sparse parity: the product of the first two of d random signs, which no single sign tells anything about.

task = draw(n=512, dimension=20, seed=0)
"""

from __future__ import annotations

import numpy as np
import torch

from lazyrich.tasks.labelled import Labelled, check_counts, stream

__all__ = ["LARGEST", "draw"]

LARGEST = 62
"""Rows of signs are drawn as whole numbers below 2^d, which must fit 64 bits."""


def draw(
    n: int = 512,
    dimension: int = 20,
    n_test: int = 1000,
    n_probes: int = 128,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Labelled:
    """X (n, d) of -1 and +1, y (n,) = x_1 x_2, floating. All rows, of training, probes and test, are distinct.

    Raises ValueError when dimension is not from 2 to 62 or 2^dimension rows are too few.
    """
    check_counts(n=n, n_test=n_test)
    check_counts(0, n_probes=n_probes)
    if not 2 <= dimension <= LARGEST:
        raise ValueError(f"dimension must be from 2 to {LARGEST}, got {dimension}.")
    asked = n + n_test + n_probes
    if asked > 2**dimension:
        raise ValueError(
            f"{dimension} signs make {2**dimension} distinct rows, {asked} were asked for: "
            "take a larger dimension or fewer rows."
        )
    numbers = stream(seed, "parity rows").choice(2**dimension, size=asked, replace=False)
    bits = numbers[:, None] >> np.arange(dimension) & 1
    X = torch.from_numpy(2 * bits - 1).to(dtype)
    y = X[:, 0] * X[:, 1]
    test = slice(n, n + n_test)
    return Labelled(X[:n], y[:n], X[test], y[test], X[n + n_test :], classes=2)

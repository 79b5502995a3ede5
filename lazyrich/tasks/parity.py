"""Sparse parity: the product of the first two of d random signs, which is independent of any single sign.

task = draw(n=512, dimension=20, seed=0)
"""

from __future__ import annotations

import numpy as np
import torch

from lazyrich.tasks.labelled import Labelled, check_counts, stream

__all__ = ["LARGEST", "draw"]

LARGEST = 62
"""Largest dimension: rows of signs are drawn as whole numbers below 2^d, which must fit 64 bits."""


def draw(
    n: int = 512,
    dimension: int = 20,
    n_test: int = 1000,
    n_probes: int = 128,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Labelled:
    """Draw rows of random signs labelled by x_1 x_2; all rows, of training, probes and test, are distinct.

    Args:
        n: Number of training rows, at least 1.
        dimension: Number of signs d, 2 to 62.
        n_test: Number of test rows, at least 1.
        n_probes: Number of probes, at least 0.
        seed: Seed of the rows, at least 0.
        dtype: Type of X and y.

    Returns:
        X (n, d) of -1 and +1, y (n,), and the same of test rows and probes.

    Raises:
        ValueError: If dimension is not from 2 to 62 or there are fewer than the asked number of rows, 2^dimension.
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

"""Modular addition: predict (a + b) mod p from one-hot a and b, with some of the p^2 sums held out for testing.

The task on which Power, Burda, Edwards, Babuschkin, Misra (arXiv 2201.02177) found grokking. A fraction 0.7 of the
table with p = 23 is the preset of the page.

    task = draw(p=23, train_fraction=0.7, seed=0)
"""

from __future__ import annotations

import torch
from torch import Tensor

from lazyrich.tasks.labelled import Labelled, stream

__all__ = ["LARGEST", "draw", "table"]

LARGEST = 127
"""Largest p: its table has 16,129 rows of 254 numbers, 16 MB in float32. Larger tables have no use here."""


def table(p: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Return all sums modulo p: inputs (p^2, 2 p) and labels (p^2,).

    Row a p + b holds the one-hot code of a in the first p columns and that of b in the others; its label is (a + b) mod
    p.

    Raises:
        ValueError: If p is not a whole number from 2 to LARGEST.
    """
    if int(p) != p or not 2 <= p <= LARGEST:
        raise ValueError(f"p must be a whole number from 2 to {LARGEST}, got {p}.")
    each = torch.arange(p, dtype=torch.int64, device="cpu")
    a, b = each.repeat_interleave(p), each.repeat(p)
    one = torch.eye(p, dtype=dtype, device="cpu")
    return torch.cat([one[a], one[b]], dim=1), (a + b) % p


def draw(p: int = 23, train_fraction: float = 0.7, seed: int = 0, dtype: torch.dtype = torch.float32) -> Labelled:
    """Split the table at random into round(train_fraction p^2) training rows and the others for testing.

    For one seed the training rows of a smaller fraction are among those of a larger one.

    Args:
        p: Modulus, 2 to LARGEST.
        train_fraction: Share of the table to train on, between 0 and 1.
        seed: Seed of the split, at least 0.
        dtype: Type of X.

    Returns:
        X (n, 2 p), y (n,) in 0 ... p - 1, and the same of the test rows.

    Raises:
        ValueError: If p is out of range or one of the two parts would be empty.
    """
    X, y = table(p, dtype)
    n = round(train_fraction * len(y))
    if not 1 <= n < len(y):
        raise ValueError(
            f"train_fraction must leave at least one of the {len(y)} sums on either side, got {train_fraction}: "
            f"take one from {1 / len(y):.2g} to {1 - 1 / len(y):.4g}."
        )
    order = torch.from_numpy(stream(seed, "modular split").permutation(len(y)))
    train, test = order[:n], order[n:]
    return Labelled(X[train], y[train], X[test], y[test], X[:0], classes=p)

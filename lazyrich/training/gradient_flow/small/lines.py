"""The lines w . x = 0 of inputs x in the plane or on a line, on which a neuron's activations change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np

__all__ = ["Lines"]

PARALLEL: Final = 1e-12
"""Sine of the angle below which two inputs have one line."""


@dataclass(frozen=True)
class Lines:
    """k lines of n inputs in d = 1 or 2 dimensions; parallel inputs have one in common.

    Attributes:
        normals: Unit normals (k, d), in the direction of the first input of each line.
        rays: Unit vectors along the lines (k, d), their angles in [0, pi) and increasing; 0 for d = 1.
        first: Index of that input (k,).
        inputs: Of each line, its inputs' indices, and whether each points in the direction of the normal.
        of: Line of each input (n,); -1 for an input of 0.
        same: Whether each input points in the direction of its line's normal (n,).
        sizes: Norm of each input in the row of its line, 0 elsewhere (k, n).
    """

    normals: np.ndarray
    rays: np.ndarray
    first: np.ndarray
    inputs: list[list[tuple[int, bool]]]
    of: np.ndarray
    same: np.ndarray
    sizes: np.ndarray

    @classmethod
    def through(cls, X: np.ndarray) -> Self:
        """Return the lines of inputs X (n, d), which are not all 0."""
        n, d = X.shape
        norms = np.linalg.norm(X, axis=1)
        units = X / np.where(norms > 0, norms, 1.0)[:, None]
        rays, order = np.zeros_like(units), np.arange(n)
        if d == 2:
            rays = np.stack([-units[:, 1], units[:, 0]], 1)
            rays[(rays[:, 1] < 0) | (rays[:, 1] == 0) & (rays[:, 0] < 0)] *= -1
            order = np.argsort(np.arctan2(rays[:, 1], rays[:, 0]), kind="stable")
        of = np.full(n, -1)
        first: list[int] = []
        for j in order[norms[order] > 0].tolist():
            # sorted by angle, an input can be parallel to those of the last line, or of the first, by half a turn
            for q in (len(first) - 1, 0) if first else ():
                if abs(rays[j] @ units[first[q]]) < PARALLEL:
                    of[j] = q
            if of[j] < 0:
                of[j] = len(first)
                first.append(j)
        firsts, there = np.array(first, np.intp), np.flatnonzero(of >= 0)
        sizes = np.zeros((len(first), n))
        sizes[of[there], there] = norms[there]
        same = np.vecdot(units, units[firsts][of]) > 0
        inputs = [[(j, bool(same[j])) for j in np.flatnonzero(of == q).tolist()] for q in range(len(first))]
        return cls(units[firsts], rays[firsts], firsts, inputs, of, same, sizes)

    @cached_property
    def each(self) -> list[tuple[float, float]]:
        """Return the components of each normal in plain numbers, the second 0 for d = 1."""
        return [(x, y) for x, y in zip(self.nx.tolist(), self.ny.tolist(), strict=True)]

    @cached_property
    def nx(self) -> np.ndarray:
        """Return the normals' first components (k,)."""
        return self.normals[:, 0].astype(np.float64)

    @cached_property
    def ny(self) -> np.ndarray:
        """Return their second components (k,)."""
        return self.normals[:, 1].astype(np.float64) if self.normals.shape[1] > 1 else np.zeros(len(self.normals))

    @property
    def rounding(self) -> float:
        """Return the distance from a line, per distance from the origin, that may be rounding."""
        return 16 * float(np.finfo(self.normals.dtype).eps)

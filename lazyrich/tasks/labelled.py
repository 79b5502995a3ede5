"""Inputs with labels, split into what is learned from and what is not: the form that all classification tasks share.

Seeds go through `stream`, one generator for each purpose, so torch's and numpy's global generators are left alone
and a change in one part of a task (its noise, say) leaves the others (its split) as they were.

    task = shuffled(gratings.draw(n=8000, n_test=2000, seed=0), seed=0)
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["Labelled", "balanced", "check_counts", "shuffled", "standardised", "stream"]


@dataclass(frozen=True)
class Labelled:
    """A task with labels: torch tensors on one device.

    X (n, ...), y (n,): what is learned from. X_test (n_test, ...), y_test (n_test,): what is not, disjoint from it.
    y are integers 0 ... classes - 1, or the signs -1 and +1 (floating, classes = 2) for tasks of one output.
    probes (k, ...): inputs in neither, without labels, on which kernels and activation flips are measured; k may be 0.
    """

    X: Tensor
    y: Tensor
    X_test: Tensor
    y_test: Tensor
    probes: Tensor
    classes: int

    def to(self, *where: Any) -> Labelled:
        """Return the task on another device or in another floating dtype, as torch's `Tensor.to`.

        Integer labels stay integers.
        """

        def moved(part: Tensor) -> Tensor:
            there = part.to(*where)
            return there if part.is_floating_point() else there.to(part.dtype)

        return Labelled(**{name: moved(part) for name, part in self._tensors().items()}, classes=self.classes)

    def arrays(self) -> dict[str, np.ndarray]:
        """All tensors as numpy arrays by name."""
        return {name: part.cpu().numpy() for name, part in self._tensors().items()}

    def _tensors(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "classes"}


def shuffled(task: Labelled, seed: int) -> Labelled:
    """The control without anything to learn: the training labels in random order, all else as it was.

    The number of inputs in each class stays; the test labels stay true, so an honest test accuracy is chance.
    """
    order = torch.from_numpy(stream(seed, "shuffled labels").permutation(len(task.y)))
    return replace(task, y=task.y[order.to(task.y.device)])


def standardised(X: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Centre X and the others by the mean of X, and divide them by one standard deviation.

    The mean is over all axes of X but axis 1; the standard deviation is that of what is left of X. Each feature or
    channel is centred on its own, but all share the scale, so that features that hardly vary (the corners of a digit)
    are not blown up. Features that never vary stay 0. Only X, the training inputs, decides.

    X (n, features) or (n, channels, height, width).
    """
    axes = [axis for axis in range(X.ndim) if axis != 1]
    mean = X.mean(axes, keepdim=True)
    scale = (X - mean).square().mean().sqrt()
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    return tuple((part - mean) / scale for part in (X, *others))


def balanced(n: int, classes: int, generator: np.random.Generator) -> np.ndarray:
    """Labels (n,) in random order, each class floor(n / classes) times and, in lower classes, at most once more."""
    return generator.permutation(np.arange(n) % classes)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """A random generator of its own for a seed (an integer, at least 0) and what it is drawn for.

    Raises ValueError when the seed is below 0.
    """
    if seed < 0:
        raise ValueError(f"seed must be at least 0, got {seed}.")
    return np.random.default_rng([seed, *purpose.encode()])


def check_counts(least: int = 1, **counts: int) -> None:
    """Raise ValueError naming the first count that is below `least`."""
    for name, count in counts.items():
        if count < least:
            raise ValueError(f"{name} must be at least {least}, got {count}.")

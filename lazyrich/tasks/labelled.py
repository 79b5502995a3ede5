"""Inputs with labels, split into training and test: the form that all classification tasks share.

Seeds go through `stream`, one generator for each purpose, so torch's and numpy's global generators are not touched,
and a change in one part of a task (its noise, say) does not change the others (its split).

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

    Attributes:
        X: Training inputs (n, ...).
        y: Training labels (n,), integers 0 ... classes - 1, or the signs -1 and +1 (floating, classes = 2) for tasks of
            one output.
        X_test: Test inputs (n_test, ...), disjoint from the training inputs.
        y_test: Test labels (n_test,).
        probes: Inputs (k, ...) in neither, without labels, on which kernels and activation flips are measured; k may be
            0.
        classes: Number of classes.
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
        """Return all tensors as numpy arrays by name."""
        return {name: part.cpu().numpy() for name, part in self._tensors().items()}

    def _tensors(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "classes"}


def shuffled(task: Labelled, seed: int) -> Labelled:
    """Return the control task without anything to learn: the training labels in random order, all else unchanged.

    The number of inputs in each class is unchanged. The test labels stay true, so the expected test accuracy is chance.
    """
    order = torch.from_numpy(stream(seed, "shuffled labels").permutation(len(task.y)))
    return replace(task, y=task.y[order.to(task.y.device)])


def standardised(X: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Centre X and the others by the mean of X, and divide them by one standard deviation.

    The mean is over all axes of X but axis 1; the standard deviation is that of the centred X. Each feature or channel
    is centred separately, but all share the scale, so that features that hardly vary (the corners of a digit) are not
    amplified. Features that never vary stay 0.

    Args:
        X: Training inputs (n, features) or (n, channels, height, width), which alone determine mean and scale.
        others: Other inputs with the same axes after the first.

    Returns:
        X and the others, standardised.
    """
    axes = [axis for axis in range(X.ndim) if axis != 1]
    mean = X.mean(axes, keepdim=True)
    scale = (X - mean).square().mean().sqrt()
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    return tuple((part - mean) / scale for part in (X, *others))


def balanced(n: int, classes: int, generator: np.random.Generator) -> np.ndarray:
    """Return labels (n,) in random order, each class floor(n / classes) times, lower classes at most once more."""
    return generator.permutation(np.arange(n) % classes)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return a separate random generator for a seed and a purpose.

    Args:
        seed: A whole number, at least 0.
        purpose: Name of what is drawn, "noise" for example.

    Raises:
        ValueError: If the seed is below 0.
    """
    if seed < 0:
        raise ValueError(f"seed must be at least 0, got {seed}.")
    return np.random.default_rng([seed, *purpose.encode()])


def check_counts(least: int = 1, **counts: int) -> None:
    """Raise ValueError naming the first count that is below `least`."""
    for name, count in counts.items():
        if count < least:
            raise ValueError(f"{name} must be at least {least}, got {count}.")

"""A user's own data and start in place of the drawn ones, checked: `train(config, task=(X, y), start=(W, a))`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.tasks.student_teacher import Task


def own_task(given: Any, dtype: torch.dtype) -> Task:
    """A Task from (X (n, d), y (n,)), (X, y, X_test, y_test) or a mapping with these names. It has no teacher.

    Raises ValueError with a sentence when shapes do not fit or numbers are not finite.
    """
    if isinstance(given, Mapping):
        parts = [given[name] for name in ("X", "y", "X_test", "y_test") if name in given]
    else:
        parts = list(given) if isinstance(given, Sequence) else []
    if len(parts) not in (2, 4):
        raise ValueError("task must be (X, y), (X, y, X_test, y_test) or a mapping with these names.")
    X, y = _matrix("X", parts[0], dtype), _vector("y", parts[1], dtype)
    X_test, y_test = (
        (_matrix("X_test", parts[2], dtype), _vector("y_test", parts[3], dtype)) if parts[2:] else (X[:0], y[:0])
    )
    for name, inputs, outputs in (("y", X, y), ("y_test", X_test, y_test)):
        if len(inputs) != len(outputs):
            raise ValueError(f"{name} must have one number for each of the {len(inputs)} inputs, got {len(outputs)}.")
    if X_test.shape[1] != X.shape[1]:
        raise ValueError(f"X_test must have {X.shape[1]} columns like X, got {X_test.shape[1]}.")
    return Task(X, y, X_test, y_test, teacher_W=X.new_zeros(0, X.shape[1]), teacher_a=X.new_zeros(0))


def own_start(given: Any, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """(W (m, d), a (m,)) from a pair. Raises ValueError with a sentence when they do not fit."""
    if not isinstance(given, Sequence) or len(given) != 2:
        raise ValueError("start must be a pair (W, a) with W of shape (width, dimension) and a of shape (width,).")
    W, a = _matrix("W", given[0], dtype), _vector("a", given[1], dtype)
    if len(W) != len(a):
        raise ValueError(f"a must have one number for each of the {len(W)} rows of W, got {len(a)}.")
    return W, a


def _matrix(name: str, given: Any, dtype: torch.dtype) -> Tensor:
    return _checked(name, given, 2, dtype)


def _vector(name: str, given: Any, dtype: torch.dtype) -> Tensor:
    return _checked(name, given, 1, dtype)


def _checked(name: str, given: Any, dimensions: int, dtype: torch.dtype) -> Tensor:
    # np.array copies: torch warns of arrays that are read-only
    tensor = given if isinstance(given, Tensor) else torch.as_tensor(np.array(given))
    tensor = tensor.to("cpu", dtype, copy=True)
    if tensor.ndim != dimensions or not tensor.numel():
        raise ValueError(
            f"{name} must be an array of {dimensions} dimensions, not empty, got shape {tuple(tensor.shape)}."
        )
    if not torch.isfinite(tensor).all():
        raise ValueError(f"{name} must hold finite numbers only, got some that are not.")
    return tensor

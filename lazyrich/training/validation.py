"""Check the arguments of training before it starts: every error says what was given and what is allowed."""

from __future__ import annotations

import itertools
import math
from typing import Any, NoReturn

import numpy as np
from torch import Tensor

from lazyrich.arrays import plain_numbers

__all__ = ["check_problem", "checked_steps", "learning_rates"]


def check_problem(X: Tensor, y: Tensor, W: Tensor, a: Tensor) -> None:
    """Raise ValueError unless X is (n, d), y (n,), W (m, d) or (B, m, d) and a (m,) or (B, m), none of them empty.

    X may be (B, n, d) and y (B, n) for B networks with data of their own.
    """
    if X.ndim not in (2, 3) or not X.numel():
        raise ValueError(
            f"X must have shape (n, d), or (B, n, d) for B networks, with at least one input, got {tuple(X.shape)}."
        )
    if y.shape != X.shape[:-1]:
        raise ValueError(
            f"y must have one number for each of the {X.shape[-2]} inputs, shape {tuple(X.shape[:-1])}, "
            f"got {tuple(y.shape)}."
        )
    d = X.shape[-1]
    if W.ndim not in (2, 3) or W.shape[-1] != d or not W.numel():
        raise ValueError(f"W must have shape (m, {d}), or (B, m, {d}) for B networks, got {tuple(W.shape)}.")
    if a.shape != W.shape[:-1]:
        raise ValueError(
            f"a must have one number for each neuron, shape {tuple(W.shape[:-1])} like W, got {tuple(a.shape)}."
        )
    if X.ndim == 3 and (W.ndim != 3 or len(W) != len(X)):
        raise ValueError(
            f"W must have shape ({len(X)}, m, {d}), as X has data for {len(X)} networks, got {tuple(W.shape)}: "
            "give X of shape (n, d) for data that all networks share."
        )


def learning_rates(given: Any, networks: int | None) -> list[float]:
    """Return one learning rate for each network, from a number or (B,) numbers; networks is None without an axis B."""
    values = plain_numbers("learning_rate", given).astype(np.float64)
    if values.shape not in ((), (networks,)):
        allowed = "a number" if networks is None else f"a number or {networks} numbers, one for each network"
        raise ValueError(f"learning_rate must be {allowed}, got shape {values.shape}.")
    rates = [float(rate) for rate in np.broadcast_to(values, (networks or 1,))]
    for rate in rates:
        if not (rate > 0 and math.isfinite(rate)):
            raise ValueError(f"learning_rate must be above 0 and finite, got {rate:g}: choose a positive one.")
    return rates


def checked_steps(at: Any) -> list[int]:
    """Return the steps at which to record. Raises ValueError unless they are whole, increasing and not negative."""
    values = plain_numbers("at", at)
    if values.ndim != 1:
        raise ValueError(f"at must be a list of whole numbers of steps, got {values.tolist()!r:.60}.")
    steps = [int(step) if float(step).is_integer() else _not_whole(step) for step in values.tolist()]
    if not steps or steps[0] < 0 or any(later <= earlier for earlier, later in itertools.pairwise(steps)):
        raise ValueError(f"at must hold at least one step, increasing from 0 or later, got {steps[:10]}.")
    return steps


def _not_whole(step: float) -> NoReturn:
    raise ValueError(f"at must hold whole numbers of steps, got {step:g}: round it.")

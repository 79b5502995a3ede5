"""The problems that are timed: students of a teacher, many or one."""

from __future__ import annotations

import torch
from torch import Tensor

from lazyrich.tasks.student_teacher import draw_task, start


def students(
    dimension: int, samples: int, networks: int, dtype: torch.dtype, seed: int = 0
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return X (n, d), y (n,), W (B, 50, d), a (B, 50): students of one task with balances over the phase portrait."""
    task, directions, signs = draw_task(seed, dimension=dimension, width=50, samples=samples, dtype=dtype)
    W, a = start(directions, signs, torch.full((networks,), 0.3), torch.linspace(-1, 1, networks))
    return task.X, task.y, W, a

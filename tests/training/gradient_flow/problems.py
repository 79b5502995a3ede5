"""Problems for gradient flow: random networks with their data, and students of a teacher."""

from __future__ import annotations

import torch

from lazyrich.tasks.student_teacher import draw_task, start


def problem(networks=None, n=30, d=4, m=8, seed=0, size=0.5):
    """(X, y, W, a) in float64, drawn at random, with outputs that a linear map gives."""
    g = torch.Generator().manual_seed(seed)
    lead = () if networks is None else (networks,)

    def draw(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    X = draw(n, d)
    return X, X @ draw(d), size * draw(*lead, m, d), size * draw(*lead, m)


def student(tau, delta, n=60, d=8, m=10, seed=0):
    """(X, y, W, a): a student of a ReLU teacher."""
    task, directions, signs = draw_task(seed, dimension=d, width=m, samples=n)
    return task.X, task.y, *start(directions, signs, tau, delta)

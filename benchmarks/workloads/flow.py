"""Item 6: gradient flow against descent on the phase portrait's students, to the end of the authors' training."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.rounds import Rounds
from benchmarks.table import Row
from lazyrich.kernels import KernelDistance
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Descent, flow

D, N, M = 100, 1000, 50
STEPS = 100_000
BASE_RATE = 5e-3
"""The authors' number of steps, and their learning rate times tau^2."""

TAUS, DELTAS = (0.1, 0.45, 2.0), (-1.0, 0.0, 1.0)
"""Corners, edges and centre of the grid of Fig. 1(b)."""

CELL, AFFORDABLE = (0.2, -0.5), 10_000
"""A student between these, and a number of its steps that is small enough for a benchmark."""


def rows(rounds: Rounds) -> Iterator[Row]:
    task, directions, signs = draw_task(100, dimension=D, width=M, samples=N, dtype=torch.float32)
    tau, delta = torch.cartesian_prod(torch.tensor(TAUS), torch.tensor(DELTAS)).unbind(1)
    W, a = start(directions, signs, tau, delta)
    rates = BASE_RATE / tau**2
    gradients = flow(task.X, task.y, W, a, STEPS * rates[:, None]).gradients
    mean = float(gradients.float().mean())
    yield Row("6", "steps of descent over gradients of flow, 3 x 3 students to the end", STEPS / mean, 100)
    yield Row("6", "the same for the student that flow finds hardest", STEPS / float(gradients.max()))

    times = rounds.measure(
        {
            "flow": lambda count: [flow(task.X, task.y, W, a, STEPS * rates[:, None]) for _ in range(count)],
            "descent": Descent(task.X, task.y, W, a, rates / 100).advance,
        }
    )
    share = times.ratio("descent", "flow") * float(gradients.sum()) / len(tau)
    yield Row("6", "gradients a second: flow over descent, the same students", share)

    W, a = start(directions, signs, *CELL)
    rate = BASE_RATE / CELL[0] ** 2
    followed, run = flow(task.X, task.y, W, a, [AFFORDABLE * rate]), Descent(task.X, task.y, W, a, rate)
    run.advance(AFFORDABLE)
    distance = KernelDistance(task.X, W, a)
    ends = [(followed.W[0], followed.a[0]), (run.W, run.a)]
    S, S_descent = (distance(*end) for end in ends)
    loss, loss_descent = (float((two_layer(task.X_test, *end) - task.y_test).square().mean()) for end in ends)
    where = f"tau = {CELL[0]:g}, delta = {CELL[1]:g}, {AFFORDABLE:,} steps"
    yield Row("6", f"kernel distance, flow less descent, {where}", abs(S - S_descent), 0.02, at_most=True)
    yield Row("6", f"test loss, relative difference, {where}", abs(loss / loss_descent - 1), 0.03, at_most=True)

"""Eight cells of the phase portrait beside descent at the authors' own steps, at full size.

    python -m benchmarks.eight_cells

Each student of seed 100 (d = 100, n = 1000, m = 50) is trained to 10,000 steps of the authors' rate 0.005/tau^2 by flow
and by descent; at tau = 0.1, delta = 1, where that rate is not converged, descent uses a quarter of it. Test loss
should agree within 3 %, kernel distance within 0.02. Takes about a minute.
"""

from __future__ import annotations

import sys

import torch

from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, PhasePortrait
from lazyrich.kernels import KernelDistance
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Descent, flow, single_thread

STEPS = 10_000

CELLS = ((0, 16), (0, 8), (0, 0), (4, 12), (4, 4), (8, 8), (12, 2), (16, 14))
"""(index of tau, index of delta), spread over the grid of 17 x 17."""

FINER = {(0, 16): 4}
"""Cells -> the number by which the authors' steps are divided."""


def main() -> int:
    """Print the numbers of flow and descent, a line for each cell. Returns the number of cells that disagree."""
    single_thread()
    config = PhasePortrait()
    tau, delta = (
        torch.tensor([values[cell[axis]] for cell in CELLS], dtype=torch.float64)
        for axis, values in enumerate((config.x_values, config.y_values))
    )
    task, directions, signs = draw_task(100, dimension=100, width=50, samples=1000, dtype=torch.float32)
    W, a = start(directions, signs, tau, delta)
    rates = AUTHORS_RATE / tau**2
    followed = flow(task.X, task.y, W, a, STEPS * rates[:, None])
    ends: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    for finer in sorted({FINER.get(cell, 1) for cell in CELLS}):
        those = [number for number, cell in enumerate(CELLS) if FINER.get(cell, 1) == finer]
        run = Descent(task.X, task.y, W[those], a[those], rates[those] / finer)
        run.advance(STEPS * finer)
        ends |= {number: (run.W[place], run.a[place]) for place, number in enumerate(those)}
    print(f"{'tau':>6} {'delta':>6} {'S flow':>8} {'descent':>8} {'test loss':>10} {'descent':>10} {'gradients':>9}")
    wrong = 0
    for number, cell in enumerate(CELLS):
        distance = KernelDistance(task.X, W[number], a[number])
        both = [(followed.W[0, number], followed.a[0, number]), ends[number]]
        S, S_descent = (distance(*end) for end in both)
        loss, of_descent = (float((two_layer(task.X_test, *end) - task.y_test).square().mean()) for end in both)
        agree = abs(S - S_descent) <= 0.02 and abs(loss / of_descent - 1) <= 0.03
        wrong += not agree
        print(
            f"{tau[number]:6.3f} {delta[number]:6.3f} {S:8.4f} {S_descent:8.4f} {loss:10.3e} {of_descent:10.3e} "
            f"{int(followed.gradients[number]):5d} of {STEPS * FINER.get(cell, 1):,}" + ("" if agree else "  apart")
        )
    return wrong


if __name__ == "__main__":
    sys.exit(main())

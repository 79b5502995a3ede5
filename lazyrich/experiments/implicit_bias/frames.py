"""Frames of an ImplicitBias: a training to the end for each balance, beside the solution that theory predicts.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from lazyrich import theory
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.implicit_bias.config import FIT_TOLERANCE, MAX_STEPS, ImplicitBias, Problem
from lazyrich.frame import Frame, RunHeader
from lazyrich.moment import rounded
from lazyrich.training import Descent

PLAYBACK_RATE = 12
"""Balances a second at which the page plays them."""

CHECK_INTERVAL = 500
"""Steps between two checks of the loss."""


def frames(config: ImplicitBias) -> Iterator[Frame]:
    """See ImplicitBias.frames."""
    problem = config.problem()
    predicted = [_predicted(problem, delta) for delta in config.deltas]
    header: RunHeader | None = RunHeader(
        arrays={"X": problem.X, "y": problem.y, "beta0": problem.beta0},
        chart_data=_view(config, problem, predicted),
        environment=devices.environment(torch.device("cpu"), "float64"),
    )
    worst = 0.0
    for index, (delta, expected) in enumerate(zip(config.deltas, predicted, strict=True)):
        trained = _trained(config, problem, float(delta))
        numbers = _columns(problem, trained.beta, "") | _columns(problem, expected, "_exact")
        difference = float(np.linalg.norm(trained.beta - expected))
        worst = max(worst, difference) if np.isfinite(difference) else worst
        yield Frame(
            step=index,
            time=float(index),
            metrics={"delta": float(delta), **numbers, "difference": difference, "largest_difference": worst}
            | {"train_loss": trained.loss, "gradient_steps": trained.steps},
            arrays={"beta": trained.beta, "beta_exact": expected},
            chart_data={},
            verdict=_verdict(delta, difference, trained),
            header=header,
        )
        header = None


class Trained:
    """End of one training: beta (d,), its loss, the number of steps, and whether a changed its sign."""

    def __init__(self, beta: np.ndarray, loss: float, steps: int, flipped: bool):
        self.beta, self.loss, self.steps, self.flipped = beta, loss, float(steps), flipped

    @property
    def fits(self) -> bool:
        """Return whether training reached the loss at which it ends."""
        return self.steps < MAX_STEPS


def _trained(config: ImplicitBias, problem: Problem, delta: float) -> Trained:
    a0, w0 = theory.neuron_of(problem.beta0, delta)
    gram = float(np.linalg.eigvalsh(problem.X @ problem.X.T)[-1])
    # largest eigenvalue of the kernel at the start or the end, where |beta| is about the larger norm of both
    longest = max(1.0, float(np.linalg.norm(problem.beta0)))
    along, _ = theory.modulation_eigenvalues(longest, delta)
    rate = config.rate * 2 / (float(along) * gram)
    X, y = (
        torch.tensor(problem.X, dtype=torch.float64, device="cpu"),
        torch.tensor(problem.y, dtype=torch.float64, device="cpu"),
    )
    W, a = (
        torch.tensor(w0[None], dtype=torch.float64, device="cpu"),
        torch.tensor([a0], dtype=torch.float64, device="cpu"),
    )
    # Descent minimises the mean over the samples of the squared residual; half of their sum is n / 2 times as much
    descent = Descent(X, y, W, a, rate * len(y) / 2, leak=1.0)
    nothing = float((y**2).mean())
    steps = 0
    while steps < MAX_STEPS and float(descent.loss()) > FIT_TOLERANCE * nothing:
        descent.advance(CHECK_INTERVAL)
        steps += CHECK_INTERVAL
    beta = (descent.a[:, None] * descent.W)[0].numpy()
    return Trained(beta, float(descent.loss()), steps, float(descent.a) < 0)


def _predicted(problem: Problem, delta: float) -> np.ndarray:
    """Return the predicted solution; nan if the side on which the neuron leaves the saddle is undetermined."""
    try:
        return np.asarray(theory.implicit_bias(problem.X, problem.y, problem.beta0, float(delta)))
    except theory.UndecidedSign:
        return np.full_like(problem.beta0, np.nan)


def _columns(problem: Problem, beta: np.ndarray, suffix: str) -> dict[str, float]:
    length, start = float(np.linalg.norm(beta)), float(np.linalg.norm(problem.beta0))
    first, second = _axes(problem)
    return {
        f"beta_1{suffix}": float(beta @ first),
        f"beta_2{suffix}": float(beta @ second),
        f"length{suffix}": length,
        f"moved{suffix}": float(np.linalg.norm(beta - problem.beta0)),
        f"cosine{suffix}": float(beta @ problem.beta0) / (length * start),
    }


def _axes(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the plane of the picture: the shortest solution, and the part of the start orthogonal to it, perhaps 0."""
    lean = problem.beta0 - (problem.beta0 @ problem.shortest) * problem.shortest
    size = float(np.linalg.norm(lean))
    if size < 1e-9 * np.linalg.norm(problem.beta0):
        lean = np.eye(len(lean))[int(np.argmin(np.abs(problem.shortest)))]
        lean = lean - (lean @ problem.shortest) * problem.shortest
        size = float(np.linalg.norm(lean))
    return problem.shortest, lean / size


def _view(config: ImplicitBias, problem: Problem, predicted: list[np.ndarray]) -> dict[str, object]:
    columns = [_columns(problem, beta, "") for beta in predicted]
    exact = {name: [row[name] for row in columns] for name in columns[0]}
    first, second = _axes(problem)
    start = float(problem.beta0 @ first), float(problem.beta0 @ second)
    finite = np.isfinite(exact["beta_1"])
    x = [0.0, 1.0, start[0], *np.array(exact["beta_1"])[finite]]
    y = [0.0, start[1], *np.array(exact["beta_2"])[finite]]
    half = 0.58 * max(max(x) - min(x), max(y) - min(y))
    middle = (max(x) + min(x)) / 2, (max(y) + min(y)) / 2
    far = 20 * half
    lines = [{"label": "all solutions: X β = y", "role": "solutions", "x": [1, 1], "y": plain([-far, far])}]
    note = "" if config.dimension == 2 else "seen in the plane of the shortest solution and β₀"
    return {
        "sweep": plain([config.deltas[0], config.deltas[-1]]),
        "position": {"column": "delta", "symbol": "δ"},
        "pace": PLAYBACK_RATE,
        "exact": {"delta": plain(config.deltas)} | {name: plain(values) for name, values in exact.items()},
        "exact_by": "Predicted before training: the minimum of the potential Ψ_δ among all solutions.",
        "plane_lines": lines if config.dimension == 2 else [],
        "plane_points": [
            {"label": "start β₀", "role": "start", "x": plain(start[0]), "y": plain(start[1])},
            {"label": "shortest solution", "role": "target", "x": 1.0, "y": 0.0},
        ],
        "plane_range": {
            "x": plain([middle[0] - half, middle[0] + half]),
            "y": plain([middle[1] - half, middle[1] + half]),
        },
        "path_note": note,
    }


def _verdict(delta: float, difference: float, trained: Trained) -> str:
    where = f"δ = {rounded(delta, 3)}"
    if not trained.fits:
        return f"{where}: not at its end after {MAX_STEPS:,} steps"
    if not np.isfinite(difference):
        return f"{where}: on the edge of two basins, where theory names no side"
    flipped = ", with the other sign of a" if trained.flipped else ""
    near = rounded(difference, 1) if difference >= 1e-4 else "less than 0.0001"
    return f"{where}: training ended {near} from the predicted solution{flipped}"

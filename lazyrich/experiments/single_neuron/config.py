"""A single linear neuron f(x) = a w . x on whitened data: exact theory beside training.

The smallest network that can be lazy or rich (the paper's section on exact solutions; theory.md, sections 1 and 2). The
loss is half the sum of squares, so that one step of descent covers flow time `learning_rate`.

    for frame in SingleNeuron(delta=-1.0, angle=120).frames():
        print(frame.time, frame.metrics["mu"], frame.metrics["mu_exact"])
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from lazyrich.config.columns import Columns
from lazyrich.config.preview import PreviewCost, evenly_in_log
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import endings, schedule
from lazyrich.experiments.common.cost import OVERHEAD_SECONDS
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame
from lazyrich.geometry import conserved_delta, layer_norms


class SingleNeuron(Config):
    """One linear neuron, trained beside its exact solution. See theory.md, sections 1 and 2."""

    name: ClassVar[str] = "single-neuron"

    delta: float = parameter(
        0.0,
        "δ  balance",
        "How the initial size is shared between readout and first layer. Its sign decides on which hyperboloid the "
        "neuron stays: two sheets above 0 (upstream), one sheet below (downstream), a cone at 0. δ = a² − ‖w‖²; "
        "training keeps η_w a² − η_a‖w‖², which is δ at rates of 1.",
        ge=-10, le=10, step=0.05, main=True, preview=True, symbol="δ",
    )  # fmt: skip
    angle: float = parameter(
        110.0,
        "Initial angle",
        "Between w and the target β*. Above 90° the neuron starts out pointing away from it.",
        ge=0, le=180, step=1, unit="°", main=True, preview=True, symbol="angle",
    )  # fmt: skip
    tau: float = parameter(
        0.3,
        "τ  scale",
        "Overall size of the start. The neuron starts with |a|·‖w‖ = τ².",
        ge=0.01, le=10, scale="log", main=True, preview=True, symbol="τ",
    )  # fmt: skip
    sign: Literal["positive", "negative"] = parameter(
        "positive",
        "Sign of a",
        "Of the readout at the start. With a negative one the neuron computes the opposite of where w points.",
        main=True, preview=True, symbol="a",
    )  # fmt: skip
    eta_a: float = parameter(
        1.0,
        "η_a  rate of the readout",
        "Learning rate of a, relative to the common rate. A ratio of rates acts as a ratio of sizes does.",
        ge=0.01, le=100, scale="log", main=True, preview=True, symbol="ηₐ",
    )  # fmt: skip
    eta_w: float = parameter(
        1.0,
        "η_w  rate of the first layer",
        "Learning rate of w, relative to the common rate.",
        ge=0.01, le=100, scale="log", main=True, preview=True, symbol="η_w",
    )  # fmt: skip
    target: float = parameter(
        1.0,
        "Length of the target",
        "‖β*‖, the length of the linear function that is to be learned.",
        ge=0.1, le=10, scale="log", preview=True, symbol="‖β*‖",
    )  # fmt: skip
    dimension: int = parameter(
        2,
        "Input dimension d",
        "Of the inputs. On whitened data the neuron stays in the plane of w and β*, whatever d is; the kernel has d "
        "directions, so that it moves less in high dimension.",
        ge=2, le=5, step=1, preview=True, symbol="d",
    )  # fmt: skip
    data: Literal["whitened", "correlated"] = parameter(
        "whitened",
        "Training data",
        "Whitened data weigh all directions alike, and the flow has a closed form. For correlated data none is known: "
        "training is then compared with a flow that is integrated numerically.",
        preview=True,
        symbol="data",
    )
    condition: float = parameter(
        10.0,
        "Condition number",
        "Of correlated data: the largest eigenvalue of XᵀX over the smallest. β* leans equally to all eigenvectors. "
        "Whitened data have 1, whatever stands here.",
        ge=1, le=100, scale="log", preview=True, symbol="κ",
    )  # fmt: skip
    learning_rate: float = parameter(
        1e-3,
        "Learning rate",
        "Flow time that one step of descent covers. The exact curve is that of infinitely small steps, so the "
        "differences shown shrink in proportion to it.",
        ge=1e-6, le=1, scale="log", preview=True, symbol="rate",
    )  # fmt: skip
    steps: int = parameter(
        20_000, "Steps", "How many steps to train for.", ge=10, le=1_000_000, scale="log", preview=True, symbol="steps"
    )

    @property
    def schedule(self) -> list[int]:
        """Return the training steps at which a frame is recorded."""
        return schedule.logarithmic(self.steps)

    def preview_steps(self, frames: int) -> list[int]:
        """Return the steps of a preview, evenly spaced in log(step)."""
        return evenly_in_log(self.schedule, frames)

    @property
    def expected_frames(self) -> int:
        """Return the number of frames of a run that does not diverge."""
        return len(self.schedule)

    @property
    def conserved_delta(self) -> float:
        """Return the conserved quantity eta_w a^2 - eta_a |w|^2 at the start (theory.md, section 1)."""
        return float(conserved_delta(self.tau, self.delta, self.eta_a, self.eta_w))

    def start(self) -> Start:
        """Return the first weights, the target and the data, with the target along the first axis."""
        a_size, w_size = (float(size) for size in layer_norms(self.tau, self.delta))
        w = np.zeros(self.dimension)
        # cos and sin of an angle in degrees, without the rounding of pi
        w[0], w[1] = _cosine(self.angle) * w_size, _cosine(90.0 - self.angle) * w_size
        beta = np.zeros(self.dimension)
        beta[0] = self.target
        X = inputs(self.dimension, self.condition if self.data == "correlated" else 1.0)
        return Start(a_size if self.sign == "positive" else -a_size, w, beta, X)

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(outcome="loss")

    def work(self) -> Work:
        """Return the cost of the run on one core: the calls of the steps, as their computations cost almost nothing."""
        d, frames = self.dimension, self.expected_frames
        seconds = self.steps * OVERHEAD_SECONDS + frames * 40 * OVERHEAD_SECONDS
        return Work(flops=self.steps * 4.0 * d * d, bytes=frames * 8.0 * (d + 40), scratch=1e6, seconds=seconds)

    def preview_cost(self) -> PreviewCost:
        """Estimate what `frames_at` will cost: a flow without a closed form is integrated before the first frame."""
        a, w = layer_norms(self.tau, self.delta)
        stiffness = self.eta_w * a**2 + self.eta_a * w**2 + (self.eta_a * self.eta_w) ** 0.5 * self.target
        time = self.learning_rate * self.steps
        opening = 0.01 if self.data == "whitened" else 0.03 + 2e-5 * float(stiffness) * self.condition**0.5 * time
        return PreviewCost(opening, 0.0, self.work().seconds)

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        header = frames[0].header if frames else None
        scale = float(np.sum(header.arrays["y"] ** 2)) / 2 if header else 0.0
        return endings.of_one(frames, {"loss": "loss"}, scale)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run. Raises Diverged when the weights leave the finite numbers."""
        return experiment_module(SingleNeuron, "frames").frames(self)


class Start(NamedTuple):
    """a (), w (d,): weights. beta (d,): target. X (d, d): inputs, the outputs of which are X beta."""

    a: float
    w: np.ndarray
    beta: np.ndarray
    X: np.ndarray


def inputs(dimension: int, condition: float) -> np.ndarray:
    """Return X (d, d) such that X^T X has eigenvalues from 1 / sqrt(condition) to sqrt(condition).

    They are evenly spaced in their logarithm, and the first axis has the same angle to every eigenvector. X is the
    identity for condition = 1.
    """
    if condition == 1:
        return np.eye(dimension)
    # a reflection that maps the first axis to (1, ..., 1) / sqrt(d)
    mirror = np.eye(dimension)[0] - np.full(dimension, dimension**-0.5)
    vectors = np.eye(dimension) - 2 * np.outer(mirror, mirror) / (mirror @ mirror)
    eigenvalues = np.geomspace(condition**-0.5, condition**0.5, dimension)
    return np.sqrt(eigenvalues)[:, None] * vectors


def _cosine(degrees: float) -> float:
    turn = degrees % 360
    exact = {0.0: 1.0, 60.0: 0.5, 90.0: 0.0, 120.0: -0.5, 180.0: -1.0, 240.0: -0.5, 270.0: 0.0, 300.0: 0.5}
    return exact.get(turn, math.cos(math.radians(turn)))


def twin_by_rates(tau: float, ratio: float, angle: float) -> tuple[SingleNeuron, SingleNeuron]:
    """Return two runs with the same function at all times: (by sizes at unit rates, by rates from a balanced start).

    As for the student (theory.md, section 6), eta_w = ratio, eta_a = 1 / ratio and delta = 0 are equivalent to delta =
    tau^2 (ratio - 1 / ratio) at unit rates.
    """
    sizes = SingleNeuron(tau=tau, delta=round(tau**2 * (ratio - 1 / ratio), 12), angle=angle)
    rates = SingleNeuron(tau=tau, delta=0.0, eta_a=1 / ratio, eta_w=ratio, angle=angle)
    return sizes, rates


_SIZES, _RATES = twin_by_rates(0.3, 10.0, 110.0)

PRESETS: tuple[Preset[SingleNeuron], ...] = (
    Preset(
        "Downstream",
        "δ < 0, on the single sheet: first the length fits along the initial direction while the kernel rests; then, "
        "late, the direction turns and the kernel moves far. Delayed rich.",
        SingleNeuron(delta=-3.0, angle=60.0, steps=50_000),
    ),
    Preset(
        "Balanced",
        "δ = 0, on the cone: a wait near its tip, then direction and length change together. The kernel ends in the "
        "same place at any scale, S = sin²(angle)/(d + 3).",
        SingleNeuron(delta=0.0, tau=0.1),
    ),
    Preset(
        "Upstream",
        "δ > 0, on the upper of two sheets: w turns and grows at one common rate, β runs nearly straight to the "
        "target, and the kernel hardly moves.",
        SingleNeuron(delta=2.0),
    ),
    Preset(
        "Sign flip",
        "The neuron starts out pointing away from the target, and downstream it is a that gives way: it passes "
        "through 0 and comes out negative.",
        SingleNeuron(delta=-1.0, angle=150.0),
    ),
    Preset(
        "Saddle's edge",
        "A start 0.2° from the boundary of the two basins: the neuron runs along it to the saddle, where it computes "
        "0, stays for a while, and leaves to the side on which it began.",
        SingleNeuron(delta=-1.0, angle=93.0),
    ),
    Preset(
        "Sizes = rates",
        "The upstream start by sizes, and a balanced one with unequal learning rates: other hyperboloids, yet the "
        "same β, μ, φ and S at all times.",
        _SIZES,
        (_RATES,),
    ),
    Preset(
        "Large |δ|",
        "δ = −10: two time scales far apart, a moment for the length and a hundred times as long for the direction. "
        "All that the kernel moves comes with the second.",
        SingleNeuron(delta=-10.0, angle=60.0, steps=200_000),
    ),
)
"""The regimes of the paper's single neuron, its sign flip and its saddle (theory.md, section 1)."""

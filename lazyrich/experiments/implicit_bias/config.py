"""Implicit bias: which of all solutions a single neuron finds with fewer samples than dimensions, and why.

One linear neuron f(x) = a w . x starts at the function beta0 and is trained to the end, once for each of many balances
delta. Theory predicts the solution: the minimum of a potential Psi_delta (theory.md, section 3).

    for frame in ImplicitBias(points=21).frames():
        print(frame.metrics["delta"], frame.metrics["difference"])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common.cost import OVERHEAD_SECONDS
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame

FIT_TOLERANCE = 1e-11
"""Share of the loss of an output of zero at which training ends; the rest moves beta by 1e-5 at most."""

MAX_STEPS = 400_000
"""Largest number of steps of a training."""


class ImplicitBias(Config):
    """The same start and data at many balances: trained, and predicted. See theory.md, section 3."""

    name: ClassVar[str] = "implicit-bias"

    start_length: float = parameter(
        0.5,
        "Length of β₀",
        "The function at the start, β₀ = a₀w₀. It has to be visible: from near 0 every balance δ ≥ 0 finds the same, "
        "shortest solution. Below 0, w has a size of its own, and its direction counts however small β₀ is.",
        ge=0.001, le=5, scale="log", main=True, symbol="‖β₀‖",
    )  # fmt: skip
    start_angle: float = parameter(
        70.0,
        "Angle of β₀",
        "Between β₀ and the shortest solution. At 0° all balances agree.",
        ge=0, le=180, step=1, unit="°", main=True, symbol="angle",
    )  # fmt: skip
    reach: float = parameter(
        10.0,
        "Largest |δ|",
        "The balance goes from minus this to plus this, closer together near 0.",
        ge=0.1, le=30, scale="log", main=True, symbol="|δ| ≤",
    )  # fmt: skip
    points: int = parameter(
        41, "Balances", "How many values of δ are trained.", ge=3, le=101, step=2, main=True, symbol="points"
    )
    dimension: int = parameter(
        2,
        "Input dimension d",
        "With two, the solutions are a line and the picture is the whole space.",
        ge=2, le=20, step=1, symbol="d",
    )  # fmt: skip
    samples: int = parameter(
        1,
        "Training samples n",
        "Fewer than dimensions, so that many functions fit.",
        ge=1, le=19, step=1, symbol="n",
    )  # fmt: skip
    rate: float = parameter(
        0.02,
        "Step",
        "As a share of the largest stable one, 2/λ_max of the kernel at the end. The prediction is for infinitely "
        "small steps, so the difference shrinks with it.",
        ge=0.001, le=0.5, scale="log", symbol="step",
    )  # fmt: skip
    seed: int = parameter(
        0,
        "Seed",
        "Draws the inputs, the target and the direction in which β₀ leans away, in three dimensions and more.",
        ge=0, le=2**31 - 1, step=1, symbol="seed",
    )  # fmt: skip

    @field_validator("samples")
    @classmethod
    def _fewer_than_dimensions(cls, samples: int, info: Any) -> int:
        dimension = info.data.get("dimension", 20)
        if samples >= dimension:
            raise PydanticCustomError(
                "sentence",
                "`samples` must be fewer than the {dimension} dimensions, got {samples}: otherwise there is one "
                "solution and nothing to choose.",
                {"dimension": dimension, "samples": samples},
            )
        return samples

    @property
    def deltas(self) -> np.ndarray:
        """Return the balances (points,), increasing and symmetric about 0, with 0 among them if their number is odd."""
        # even steps of asinh: evenly spaced in delta near 0, and in its logarithm far away
        even = np.linspace(-1, 1, self.points)
        return np.sinh(even * np.arcsinh(self.reach / 0.3)) * 0.3

    @property
    def expected_frames(self) -> int:
        """Return the number of frames, one for each balance."""
        return self.points

    def problem(self) -> Problem:
        """Return inputs, outputs and the function at the start."""
        d, n = self.dimension, self.samples
        if d == 2:
            X = np.array([[1.0, 0.0]])
        else:
            rng = np.random.default_rng(self.seed)
            # rows of the size of whitened ones, so that rates mean the same at every n
            X = rng.standard_normal((n, d)) / d**0.5
        shortest = np.eye(d)[0] if d == 2 else _unit(np.linalg.pinv(X) @ (X @ rng.standard_normal(d)))
        lean = np.eye(d)[1] if d == 2 else rng.standard_normal(d)
        lean = _unit(lean - (lean @ shortest) * shortest)
        turn = np.radians(self.start_angle)
        return Problem(X, X @ shortest, self.start_length * (np.cos(turn) * shortest + np.sin(turn) * lean), shortest)

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("delta",), clock="", outcome="length")

    def work(self) -> Work:
        """Return the cost of all trainings on one core.

        The slowest are those far downstream, and those with several samples, which have slow directions (measured).
        """
        one = self.dimension == 2 or self.samples == 1
        steps = self.points * (2000 + 40 * self.reach**2) * (0.25 if one else 1.3) / self.rate * 0.02
        return Work(
            flops=steps * 4.0 * self.samples * self.dimension,
            bytes=self.points * 8.0 * (2 * self.dimension + 40),
            scratch=1e6,
            seconds=steps * OVERHEAD_SECONDS,
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        late = sum(frame.metrics["gradient_steps"] >= MAX_STEPS for frame in frames)
        if late:
            words = f"{late} of {len(frames)} trainings were not at their end after {MAX_STEPS:,} steps"
            return Ending("unknown", words, f"{late} not at their end")
        words = f"every loss is as good as zero, {FIT_TOLERANCE:g} of that of an output of 0"
        return Ending("flat", words, "losses as good as zero", True)

    def frames(self) -> Iterator[Frame]:
        """Yield a frame for each balance when its training has ended."""
        return experiment_module(ImplicitBias, "frames").frames(self)


class Problem(NamedTuple):
    """X (n, d), y (n,): data. beta0 (d,): start. shortest (d,): the solution of smallest norm, which is 1."""

    X: np.ndarray
    y: np.ndarray
    beta0: np.ndarray
    shortest: np.ndarray


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


PRESETS: tuple[Preset[ImplicitBias], ...] = (
    Preset(
        "From a visible start",
        "Every point of the line fits the one sample. Far upstream (δ ≫ 0) training ends at the point nearest to β₀; "
        "far downstream it keeps β₀'s direction.",
        ImplicitBias(),
    ),
    Preset(
        "From nearly zero",
        "The same, from a start a hundred times smaller: upstream and balanced starts all end at the shortest "
        "solution. Only downstream ones, which have a direction from the first, still differ.",
        ImplicitBias(start_length=0.005),
    ),
    Preset(
        "Pointing away",
        "β₀ points away from every solution: downstream the readout changes its sign, and the neuron comes out on the "
        "other side.",
        ImplicitBias(start_angle=120.0),
    ),
    Preset(
        "Ten dimensions",
        "Three samples in ten dimensions: the solutions fill seven dimensions, and the potential still names the one "
        "that is found.",
        ImplicitBias(dimension=10, samples=3),
    ),
)
"""Presets on the effects of start and balance (theory.md, section 3)."""

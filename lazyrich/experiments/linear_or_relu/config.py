"""Linear or ReLU: the claim of the paper's abstract as a picture.

Rapid rich learning needs balance in linear networks, and an upstream start in ReLU networks. Two students of the same
scale, one linear and one ReLU, each learn from a teacher of their own kind. For every balance delta they are trained
until the loss has fallen by nine tenths; the result is the time this takes, and how far the kernel has moved.

    for frame in LinearOrRelu(seeds=3).frames():
        print(frame.metrics["delta"], frame.metrics["time_relu"], frame.metrics["kernel_distance_relu"])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import endings
from lazyrich.experiments.common.preset import Preset
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import Frame

STUDENTS = {"linear": 1.0, "relu": 0.0}
"""Leak of each student, the slope of its activation below zero."""


class LinearOrRelu(Config):
    """Speed and kernel movement over the balance, for a linear and a ReLU student. See the paper's abstract."""

    name: ClassVar[str] = "linear-or-relu"
    array_content: ClassVar[str] = ""

    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the initial weights, the same at every balance. At a large scale everything is lazy. Every "
        "neuron starts with |a|·‖w‖ = τ².",
        ge=0.03, le=3, scale="log", main=True, symbol="τ",
    )  # fmt: skip
    reach: float = parameter(
        1.0,
        "Largest |δ|",
        "The balance goes from minus this to plus this, closer together near 0.",
        ge=0.05, le=2, scale="log", main=True, symbol="|δ| ≤",
    )  # fmt: skip
    points: int = parameter(
        13, "Balances", "How many values of δ are trained.", ge=3, le=41, step=2, main=True, symbol="points"
    )
    seeds: int = parameter(
        5,
        "Seeds",
        "Tasks and starts for each balance. The line is their median, the band reaches from the lowest to the highest.",
        ge=1, le=16, step=1, main=True, symbol="seeds",
    )  # fmt: skip
    width: int = parameter(
        50, "Student neurons m", "How many hidden neurons each student has. Even, as the start is symmetrised.",
        ge=2, le=200, step=2, symbol="m",
    )  # fmt: skip
    dimension: int = parameter(
        10, "Input dimension d", "Inputs lie on the unit sphere of this dimension.", ge=2, le=50, step=1, symbol="d"
    )
    samples: int = parameter(
        100, "Training samples n", "How many inputs the students are trained on.", ge=5, le=500, step=1, symbol="n"
    )
    teacher_width: int = parameter(
        3,
        "Teacher neurons",
        "How many neurons the teacher of the ReLU student has, and that of the linear one.",
        ge=1, le=20, step=1, symbol="m*",
    )  # fmt: skip
    seed: int = parameter(
        0, "First seed", "Tasks and starts are those of this seed and the next ones.", ge=0, le=2**31 - 17, step=1,
        symbol="seed",
    )  # fmt: skip

    @field_validator("width")
    @classmethod
    def _even(cls, width: int) -> int:
        if width % 2:
            raise PydanticCustomError(
                "sentence",
                "`width` must be even, because the start is symmetrised, got {width}: choose {below} or {above}.",
                {"width": width, "below": max(2, width - 1), "above": width + 1},
            )
        return width

    @property
    def deltas(self) -> np.ndarray:
        """Return the balances (points,), increasing and symmetric about 0."""
        # even steps of asinh: evenly spaced in delta up to about tau^2, where the balance begins to matter
        unit = max(self.tau**2, 0.02 * self.reach)
        return np.sinh(np.linspace(-1, 1, self.points) * np.arcsinh(self.reach / unit)) * unit

    @property
    def expected_frames(self) -> int:
        """Return the number of frames, one for each balance."""
        return self.points

    def student(self, delta: float, leak: float, seed: int) -> StudentTeacher:
        """Return the run behind one point of the chart, as a config of the playground."""
        return StudentTeacher(
            tau=self.tau, delta=delta, leak=leak, seed=seed, width=self.width, dimension=self.dimension,
            samples=self.samples, teacher_width=self.teacher_width, test_samples=1,
        )  # fmt: skip

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("delta", "student"), clock="", outcome="kernel_distance")

    def work(self) -> Work:
        """Return the cost on one core: a few hundred gradients a student, mostly calls, as the students are small."""
        runs = 2.0 * self.points * self.seeds
        gradient = 4.0 * self.samples * self.dimension * self.width
        kernels = 4.0 * self.samples**2 * (self.dimension + self.width)
        return Work(
            flops=runs * (500 * gradient + 3 * kernels),
            bytes=self.points * (2e3 + 200.0 * self.seeds),
            scratch=8.0 * (self.samples * (4 * self.width + self.samples) + 1e5),
            seconds=runs * (500 * (5e-5 + gradient / 1e10) + 3 * kernels / 1e10),
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        return endings.at_a_level("a tenth of the loss of an output of 0")

    def frames(self) -> Iterator[Frame]:
        """Yield a frame for each balance when all its students are trained."""
        return experiment_module(LinearOrRelu, "frames").frames(self)


PRESETS: tuple[Preset[LinearOrRelu], ...] = (
    Preset(
        "Small scale",
        "Left, linear: the kernel moves near δ = 0 only, and there learning is slowest; upstream is fast and lazy. "
        "Right, ReLU: upstream is fast and the kernel moves all the same.",
        LinearOrRelu(),
    ),
    Preset(
        "Large scale",
        "τ = 1: all starts are near a solution already. Both students are lazy at every balance, and quick.",
        LinearOrRelu(tau=1.0),
    ),
    Preset(
        "Two dimensions",
        "The playground's own setting, d = 2 and 20 samples: upstream the ReLU kernel moves less than at balance, but "
        "it does move, and learning is many times faster.",
        LinearOrRelu(dimension=2, samples=20),
    ),
)
"""Presets with and without the effect."""

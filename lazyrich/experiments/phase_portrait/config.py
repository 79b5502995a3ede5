"""Phase portrait: where students of every scale and balance end up between lazy and rich (the paper's Fig. 1(b)).

It trains students of a small teacher over a grid of two parameters, tau and delta unless others are chosen, by gradient
flow, and measures them after a few numbers of steps: test and training loss, and how far kernel, activations and
weights have moved.

    for frame in PhasePortrait(seeds=1, x_points=9, y_points=9).frames():
        print(frame.verdict)

`lazyrich.phase_portrait` computes the same on any number of cores or machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal

import numpy as np
from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter, show
from lazyrich.ending import Ending
from lazyrich.experiments.common.preset import Preset
from lazyrich.experiments.phase_portrait import cost
from lazyrich.experiments.phase_portrait.axes import (
    AXES,
    RANGE,
    AxisName,
    in_fields,
    listed,
    refused,
    setting,
    spaced,
)
from lazyrich.experiments.student_teacher.checks import odd_width
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import Frame

AUTHORS_RATE: Final = 5e-3
"""Base learning rate of the authors' sweep; a step covers this over tau^2 of flow time (theory.md, section 0)."""

MEASURES: Final = ("train_loss", "test_loss", "kernel_distance", "activation_flips", "parameter_distance")
"""Measures of every student at every time."""

NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class PhasePortrait(Config):
    """Loss and kernel movement of students over scale and balance. See the paper's Fig. 1(b); theory.md, 5, 6 and 8.

    Any two of the parameters in AXES may be the axes. Each can be given as (low, high, points):

        PhasePortrait(tau=(0.1, 2.0, 17), delta=(-1, 1, 17), base=StudentTeacher(dimension=100, samples=1000))
        PhasePortrait(eta_ratio=(0.01, 100, 9), tau=(0.1, 1, 9), delta=0.0)

    base: student from which all others differ only in the axes. Its steps, method and learning rate are ignored, as
    `at` counts steps of the authors' rate. Its dtype is used if it was given, float32 otherwise. Of its devices "cuda"
    is kept; all others become "cpu".
    """

    name: ClassVar[str] = "phase-portrait"
    array_content: ClassVar[str] = ""

    x: AxisName = parameter(
        "tau", "Across", "The parameter that changes from left to right.", main=True, of_settings=True
    )
    y: AxisName = parameter(
        "delta", "Up", "The parameter that changes from bottom to top.", main=True, of_settings=True
    )
    x_points: int = parameter(
        17, "Points across", "How many values the parameter across takes.", ge=2, le=65, step=1, main=True
    )
    y_points: int = parameter(
        17, "Points up", "How many values the parameter up takes.", ge=2, le=65, step=1, main=True
    )
    seeds: int = parameter(
        16,
        "Seeds",
        "Tasks and starts that every point of the grid is trained on; the picture shows their mean.",
        ge=1, le=256, step=1, main=True, symbol="seeds",
    )  # fmt: skip
    at: tuple[int, ...] = parameter(
        (100, 1000, 10_000, 100_000),
        "Looked at after",
        "The training times at which students are measured, in steps of the authors' base rate 0.005: step k is flow "
        "time t = 0.005 k/τ². A step of the playground, at its own base rate, is another.",
        ge=1, le=10_000_000, scale="log", unit="steps", entries=(1, 12), main=True, symbol="t",
    )  # fmt: skip
    symmetrised: bool = parameter(
        True, "Symmetrised start", StudentTeacher.parameters()["symmetrised"].help, symbol="symmetrised"
    )
    tau: tuple[float, ...] = setting("tau", 0.1, 2.0)
    delta: tuple[float, ...] = setting("delta", -1.0, 1.0)
    eta_ratio: tuple[float, ...] = parameter(
        (1.0,),
        "η_w/η_a  ratio of rates",
        "Learning rate of the first layer over that of the readout, on top of the two rates themselves, at the same "
        f"η_a η_w. It acts as a change of δ does. {RANGE}",
        ge=1e-4, le=1e4, scale="log", symbol="η_w/ηₐ", entries=(1, 2),
    )  # fmt: skip
    eta_a: tuple[float, ...] = setting("eta_a", 1.0)
    eta_w: tuple[float, ...] = setting("eta_w", 1.0)
    width: tuple[int, ...] = setting("width", 50)
    dimension: tuple[int, ...] = setting("dimension", 100)
    samples: tuple[int, ...] = setting("samples", 1000)
    teacher_width: tuple[int, ...] = setting("teacher_width", 3)
    leak: tuple[float, ...] = setting("leak", 0.0)
    first_seed: int = parameter(
        100,
        "First seed",
        "Tasks and starts are those of this seed and the next ones; the authors' are 100 to 115.",
        ge=0, le=2**31 - 300, step=1, symbol="first seed",
    )  # fmt: skip
    test_samples: int = parameter(
        1000, "Test samples", StudentTeacher.parameters()["test_samples"].help, ge=1, le=20_000, step=1, symbol="test n"
    )
    device: Literal["cpu", "cuda"] = parameter(
        "cpu", "Device", "Where to compute: on the cores of the machine or on its graphics card."
    )
    dtype: Literal["float64", "float32"] = parameter(
        "float32", "Precision", "float32 is enough for a picture and twice as fast; float64 is exact to 15 digits."
    )

    @model_validator(mode="before")
    @classmethod
    def _in_one_go(cls, given: Any) -> Any:
        return in_fields(given)

    @field_validator("y")
    @classmethod
    def _another(cls, y: str, info: Any) -> str:
        if y == info.data.get("x"):
            raise PydanticCustomError(
                "sentence", "`y` must be another parameter than `x`, got `{y}` for both.", {"y": y}
            )
        return y

    @field_validator("at")
    @classmethod
    def _in_order(cls, at: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(at)))

    @field_validator(*AXES)
    @classmethod
    def _value_or_range(cls, entries: tuple[Any, ...], info: Any) -> tuple[Any, ...]:
        """Return two different numbers in order for an axis, one otherwise, so that equal portraits compare equal."""
        name = info.field_name
        if len({"x", "y"} & info.data.keys()) < 2:
            return entries  # errors of the axes themselves are reported
        axis = next((axis for axis in ("x", "y") if info.data[axis] == name), None)
        if axis is None:
            if len(set(entries)) > 1:
                raise refused(
                    name, entries, "is no axis here, so it takes one value", f"one, or choose `{name}` for an axis"
                )
            if name == "width" and entries[0] % 2 and info.data.get("symmetrised", True):
                raise odd_width(entries[0])
            return entries[:1]
        if len(set(entries)) == 1:
            usual = f"{show(AXES[name].low)}, {show(AXES[name].high)}"
            raise refused(
                name, entries, "is an axis here, so it takes two values, from and to",
                f"two, such as {usual}, or choose another parameter for `{axis}`",
            )  # fmt: skip
        return tuple(sorted(entries))

    def changed(self, **settings: Any) -> PhasePortrait:
        """Return the same portrait with some settings changed.

        A parameter that becomes an axis, or stops being one, takes its default range or value.
        """
        return type(self)(**self.after_choice(dict(self) | settings, settings))

    @classmethod
    def after_choice(cls, values: Mapping[str, Any], chosen: Mapping[str, Any] = NONE) -> dict[str, Any]:
        """Leave out values that do not fit the axes and were not chosen together with them."""
        axes = (values["x"], values["y"])
        fits = {name: name in chosen or (len(listed(values[name])) > 1) == (name in axes) for name in AXES}
        return {name: value for name, value in values.items() if fits.get(name, True)}

    @property
    def x_values(self) -> np.ndarray:
        """Return the values across (nx,), increasing; distinct whole numbers for a whole-number parameter."""
        return self._values(self.x, self.x_points)

    @property
    def y_values(self) -> np.ndarray:
        """Return the values upwards (ny,), as x_values."""
        return self._values(self.y, self.y_points)

    def _values(self, name: str, points: int) -> np.ndarray:
        low, high = getattr(self, name)
        return spaced(name, low, high, points, even=name == "width" and self.symmetrised)

    def settings_at(self, x: float, y: float) -> dict[str, Any]:
        """Return settings of the student at (x, y), by name.

        The names are tau, delta, eta_a, eta_w, width, dimension, samples, teacher_width and leak.
        """
        found = {name: getattr(self, name)[0] for name in AXES} | {self.x: x, self.y: y}
        # plain numbers, as those of numpy do not belong into configs and their JSON
        found = {name: np.asarray(value).item() for name, value in found.items()}
        share = found.pop("eta_ratio") ** 0.5
        return found | {"eta_a": found["eta_a"] / share, "eta_w": found["eta_w"] * share}

    def student(self, x: float, y: float, seed: int) -> StudentTeacher:
        """Return a student of the grid as a run of the playground: same task and start, flow, the authors' rate.

        Raises:
            ValidationError: If the playground does not allow such rates.
        """
        return StudentTeacher(
            **self.settings_at(x, y), symmetrised=self.symmetrised, seed=seed, test_samples=self.test_samples,
            method="flow", learning_rate=AUTHORS_RATE, steps=max(10, self.at[-1]), dtype=self.dtype,
        )  # fmt: skip

    @property
    def base(self) -> StudentTeacher:
        """Return the student in the middle of the grid."""
        x, y = self.x_values, self.y_values
        return self.student(x[len(x) // 2], y[len(y) // 2], self.first_seed)

    @property
    def students(self) -> int:
        """Return the number of all students."""
        return len(self.x_values) * len(self.y_values) * self.seeds

    @property
    def expected_frames(self) -> int:
        """Return the number of frames: one before training, and one for each part."""
        return 1 + experiment_module(PhasePortrait, "parts").count(self)

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns((self.x, self.y), "at")

    def work(self) -> Work:
        """Return the cost of all students on one core."""
        return cost.work(self, len(MEASURES))

    def frames(self) -> Iterator[Frame]:
        """Yield a frame before training, then one for each part of the grid, coarse first."""
        return experiment_module(PhasePortrait, "frames").frames(self)

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return on how much of the map the losses have settled at the last time."""
        maps = experiment_module(PhasePortrait, "maps").Maps(self)
        for frame in frames:
            if frame.table is not None:
                maps.add(frame.table)
        found = experiment_module(PhasePortrait, "endings").Settling(self, maps, len(self.at) - 1)
        words = found.words[0].lower() + found.words[1:].rstrip(".")
        if not found.known.any():
            return Ending("unknown", words)
        if found.settled:
            return Ending("flat", words, "losses flat")
        return Ending("partly", words, f"test loss not settled on {100 * found.share('test_loss'):.0f} % of the map")

    def continuation(self, frames: Sequence[Frame]) -> Continuation:
        """Return the config that computes the frames of this portrait after these first ones."""
        return Continuation(self, tuple(frame.table for frame in frames if frame.table is not None))


@dataclass(frozen=True)
class Continuation:
    """The rest of a portrait: config for a worker that continues a stopped portrait.

    Its numbers equal those of an uninterrupted one. tables: tables of the existing frames, the first without rows.
    """

    config: PhasePortrait
    tables: tuple[Mapping[str, np.ndarray], ...]

    def frames(self) -> Iterator[Frame]:
        """Yield the remaining frames."""
        return experiment_module(PhasePortrait, "frames").frames(self.config, self.tables)


PRESETS: tuple[Preset[PhasePortrait], ...] = (
    Preset(
        "Scale and balance",
        "The paper's Fig. 1(b): rich at small scales only. Early the kernel has moved most upstream; in the end it "
        "has moved most a little below balance, while the smallest test loss is at balance.",
        PhasePortrait(seeds=1, x_points=9, y_points=9),
    ),
    Preset(
        "Scale and rates",
        "All starts have δ = 0 and the learning rates differ. A fast readout, below, acts as δ < 0 does and in the "
        "end moves the kernel most; a fast first layer, above, acts as δ > 0 does.",
        PhasePortrait(y="eta_ratio", x_points=9, y_points=9, delta=(0.0,), eta_ratio=(1e-2, 1e2), seeds=1),
    ),
    Preset(
        "Width and balance",
        "Small starts of every width: from the narrowest students to the widest the kernel moves ever less, at nearly "
        "every balance.",
        PhasePortrait(x="width", tau=(0.1,), width=(10, 200), x_points=7, y_points=9, seeds=1),
    ),
)
"""The paper's portrait, and two that are not in the paper."""

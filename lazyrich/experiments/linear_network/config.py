"""Linear networks on whitened data: wide, with several outputs, deep.

Scale and balance determine the order in which a target's modes are learned, and whether the kernel moves (theory.md,
sections 3 and 4). f = W_L ... W_1 x learns a linear map beta*, each singular value of which is a mode. The loss is half
the sum of squares, so that one step of descent covers flow time `learning_rate`.

    for frame in LinearNetwork(delta=10.0).frames():
        print(frame.time, frame.metrics["singular_1"], frame.metrics["singular_1_exact"])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np

from lazyrich.config.columns import Columns
from lazyrich.config.preview import PreviewCost, evenly_in_log
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import endings, schedule
from lazyrich.experiments.common.cost import GIGAFLOPS
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame, RunHeader
from lazyrich.geometry import layer_norms

CALL_SECONDS = 3e-6
"""Seconds of a product of two small matrices, its smallest cost at any size."""


class LinearNetwork(Config):
    """A linear network of any depth, beside its exact solution where there is one. See theory.md, sections 3 and 4."""

    name: ClassVar[str] = "linear-network"

    delta: float = parameter(
        0.0,
        "δ  balance",
        "How the initial size is shared: the last layer's size squared less the first one's. With two layers, equal "
        "rates and a start that is not random the conserved matrix is δ times the identity; a random start has about "
        "the sizes that δ asks for, and a conserved matrix of its own. In wide networks a large |δ| of either sign is "
        "lazy.",
        ge=-10, le=10, step=0.05, main=True, preview=True, symbol="δ",
    )  # fmt: skip
    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the start, whatever the depth. Every one of L layers starts at τ^(2/L), so that the whole "
        "network starts at τ².",
        ge=0.01, le=3, scale="log", main=True, preview=True, symbol="τ",
    )  # fmt: skip
    depth: int = parameter(
        2,
        "Depth L",
        "How many layers there are. From three on, δ shares the size between the first and the last layer only, and "
        "the exact solution needs a start aligned with the target, or one output and a start that is not random.",
        ge=2, le=6, step=1, main=True, preview=True, symbol="L",
    )  # fmt: skip
    start: Literal["isotropic", "aligned", "random"] = parameter(
        "isotropic",
        "Start",
        "isotropic: all directions of a layer have the same size, at random angles; with two layers and equal rates "
        "the conserved matrix is exactly δ times the identity on all that the network uses. aligned: the same, along "
        "the target's own directions. random: Gaussian weights.",
        main=True, preview=True, symbol="start",
    )  # fmt: skip
    layer_rates: tuple[float, ...] = parameter(
        (),
        "Learning rate of each layer",
        "Relative to the common one, from the input on; 1 where not given. Layers past the depth are left out.",
        ge=0.01, le=100, scale="log", entries=(0, 6), layers="depth", missing=1.0, main=True, preview=True, symbol="η",
    )  # fmt: skip
    layer_scales: tuple[float, ...] = parameter(
        (),
        "Initial size of each layer",
        "Multiplies what τ and δ give, from the input on; 1 where not given. Layers past the depth are left out.",
        ge=0.1, le=10, scale="log", entries=(0, 6), layers="depth", missing=1.0, preview=True, symbol="sizes",
    )  # fmt: skip
    width: int = parameter(
        20, "Width h", "How many neurons each hidden layer has.", ge=1, le=200, scale="log", preview=True, symbol="h"
    )
    outputs: int = parameter(
        3,
        "Outputs c",
        "How many numbers the network computes. The target has as many modes, at most one for each input.",
        ge=1, le=5, step=1, preview=True, symbol="c",
    )  # fmt: skip
    dimension: int = parameter(
        5,
        "Input dimension d",
        "Of the inputs, which are whitened: there are d of them, at right angles.",
        ge=1, le=30, step=1, preview=True, symbol="d",
    )  # fmt: skip
    target: float = parameter(
        1.0,
        "Strongest mode of the target",
        "The largest singular value of the linear map that is to be learned.",
        ge=0.1, le=10, scale="log", preview=True, symbol="s₁",
    )  # fmt: skip
    ratio: float = parameter(
        2.0,
        "Ratio of modes",
        "How much stronger each mode is than the next. A rich network learns the strong ones first.",
        ge=1, le=10, scale="log", preview=True, symbol="ratio",
    )  # fmt: skip
    learning_rate: float = parameter(
        1e-3,
        "Learning rate",
        "Flow time that one step of descent covers. The exact curve is that of infinitely small steps, so the "
        "differences shown shrink in proportion to it.",
        ge=1e-6, le=1, scale="log", preview=True, symbol="rate",
    )  # fmt: skip
    steps: int = parameter(
        30_000, "Steps", "How many steps to train for.", ge=10, le=1_000_000, scale="log", preview=True, symbol="steps"
    )
    seed: int = parameter(
        0,
        "Seed",
        "Draws the target's directions and, apart from them, the start. The same settings and seed give exactly the "
        "same run.",
        ge=0, le=2**31 - 1, step=1, preview=True, symbol="seed",
    )  # fmt: skip

    @property
    def rates(self) -> tuple[float, ...]:
        """Return the learning rate of each layer from the input on, (depth,)."""
        return self.by_layer("layer_rates")

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Return (outputs, inputs) of each layer from the input on."""
        inner = [self.width] * (self.depth - 1)
        return list(zip([*inner, self.outputs], [self.dimension, *inner], strict=True))

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
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(outcome="loss")

    def work(self) -> Work:
        """Return the cost of the run on one core: three products of matrices a layer and step, and a kernel a frame."""
        weights, frames = sum(rows * columns for rows, columns in self.shapes), self.expected_frames
        inner = (self.depth - 2) * self.width**3
        kernel = (self.dimension * self.outputs) ** 2
        step = 6.0 * weights * max(1, min(self.outputs, self.dimension)) * 1.5
        # the largest singular value of an inner layer, and the conserved matrices
        frame = 20.0 * inner + 4.0 * self.depth * (self.width**2 * self.dimension + 10 * kernel)
        speed = GIGAFLOPS["float64"] * 1e9 / 4
        seconds = self.steps * (3 * self.depth * CALL_SECONDS + step / speed) + frames * (
            200 * self.depth * CALL_SECONDS + frame / speed
        )
        held = frames * 8.0 * (weights + 40) + 8.0 * self.dimension * (self.dimension + self.outputs)
        scratch = 8.0 * (50 * 3 * kernel + 4 * weights + frames * 4 * (self.dimension + self.outputs) ** 2)
        return Work(flops=self.steps * step + frames * frame, bytes=held, scratch=scratch, seconds=seconds)

    def preview_cost(self) -> PreviewCost:
        """Estimate what `frames_at` will cost: the exact flow comes first, and takes longer the stiffer it is."""
        last, first = layer_norms(self.tau, self.delta)
        low, high = self.rates[0], self.rates[-1]
        stiffness = low * last**2 + high * first**2 + (low * high) ** 0.5 * self.target
        opening = 0.025 + 1e-5 * float(stiffness) * self.learning_rate * self.steps
        return PreviewCost(opening, 0.0, self.work().seconds)

    def zero_losses(self, header: RunHeader) -> dict[str, float]:
        """Return the loss of an output of 0: half the sum of squares of the map to be learned."""
        return {"loss": float(np.sum(header.arrays["Y"] ** 2)) / 2}

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        header = frames[0].header if frames else None
        scale = self.zero_losses(header)["loss"] if header else 0.0
        return endings.of_one(frames, {"loss": "loss"}, scale)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run. Raises Diverged when the weights leave the finite numbers."""
        return experiment_module(LinearNetwork, "frames").frames(self)


_UPSTREAM = LinearNetwork(delta=10.0, steps=2000, seed=1)
_ALIGNED = LinearNetwork(start="aligned")

PRESETS: tuple[Preset[LinearNetwork], ...] = (
    Preset(
        "Upstream",
        "δ = 10: the last layer is large, so nearly all the learning is the first one's. The three modes are learned "
        "together, strong or weak, and the kernel stays put.",
        _UPSTREAM,
    ),
    Preset(
        "Balanced",
        "δ = 0 and small: the modes are learned one after another, the strongest first, and the kernel moves far; it "
        "comes part of the way back as the weaker modes arrive.",
        LinearNetwork(delta=0.0, seed=1),
    ),
    Preset(
        "Downstream",
        "δ = −10: now the first layer is large. Loss and kernel lie on those of δ = 10, because a wide network is as "
        "lazy on this side; only the layers have changed places.",
        _UPSTREAM.changed(delta=-10.0),
        (_UPSTREAM,),
    ),
    Preset(
        "Random start",
        "Gaussian weights, 100 neurons: no closed form, yet a flow that the width does not enter is exact all the "
        "same. Small as they are, the modes come one after another here too.",
        LinearNetwork(start="random", width=100),
    ),
    Preset(
        "Deep",
        "Three layers against two, both aligned with the target: with three each mode waits more than twice as long "
        "before it rises. All layers do the same share.",
        _ALIGNED.changed(depth=3),
        (_ALIGNED,),
    ),
    Preset(
        "One fast layer",
        "Three layers, the first with ten times the rate: it starts out with five sixths of the speed and ends three "
        "times as large as the others, and every mode is learned sooner.",
        _ALIGNED.changed(depth=3, layer_rates=(10.0,)),
        (_ALIGNED.changed(depth=3),),
    ),
)
"""Wide networks on both sides of the balance, and deep ones (theory.md, sections 3 and 4)."""

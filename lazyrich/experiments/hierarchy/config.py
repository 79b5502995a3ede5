"""The random hierarchy model: how many examples a network needs to learn a grammar, by the balance of its layers.

A random grammar generates strings (lazyrich.tasks.hierarchy), and the class of a string is the symbol at the root of
its derivation. For every training-set size, seed and alpha a network is trained until its loss is small, and tested on
unseen strings. The data model is that of Cagnetta, Petrini, Tomasini, Favero, Wyart (arXiv 2307.02129).

    for frame in Hierarchy(alphas=(1.0, 4.0)).frames():
        print(frame.step, frame.verdict)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import field_validator

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import device_fields, endings, multi_network
from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS
from lazyrich.experiments.common.device_fields import Device, Dtype
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame

BATCH = 128
"""Number of strings in a training batch."""

RAW_RATE = 0.15
"""Unit of a raw learning rate: about the rate from the kernel for alpha = 1 in the first preset, so that switching
between both rules hardly changes that network."""

CONVERGED = 0.02
"""Mean training cross-entropy in nats at which a network counts as converged and stops."""

CHECK_INTERVAL = 25
"""Steps between two checks of convergence."""

MAX_PROBES, PROBE_ROWS = 64, 4096
"""Number of test strings on which kernels are compared, and largest number of strings times classes times patches."""

FRAMES, MAX_MARKS = 180, 12
"""Approximate number of frames of a run, and largest number in one training."""

WEIGHTS_BYTES = 48e6
"""Bytes of weights that a log may hold; beyond this it keeps only as many of the first layers as fit."""

MIN_STRINGS = 64
"""Number of strings below which a grammar has too few for a training and a test set."""


class Hierarchy(Config):
    """Sample complexity of the random hierarchy model for several balances of the layers. See the paper's Fig. 6."""

    name: ClassVar[str] = "hierarchy"

    alphas: multi_network.Alphas = multi_network.alphas((0.5, 1.0, 2.0, 4.0))
    sizes: tuple[int, ...] = parameter(
        (256, 512, 1024, 1536, 2048),
        "Training-set sizes P",
        "How many strings to learn from. Networks are trained anew for each, from the same start; smaller sets are "
        "the beginnings of larger ones.",
        ge=16, le=20_000, scale="log", entries=(1, 8), main=True, symbol="P",
    )  # fmt: skip
    seeds: int = multi_network.seeds()
    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the start. Larger starts are lazier and need more examples. Each layer's weights are "
        "multiplied by τ^(1/layers), so the outputs by τ.",
        ge=0.01, le=10, scale="log", main=True, symbol="τ",
    )  # fmt: skip
    rate_rule: Literal["kernel", "raw"] = parameter(
        "kernel",
        "Learning rate by",
        "kernel: a rate for each network, divided by its own kernel at the start, so that all begin at one speed. "
        "raw: one and the same rate for all α, 0.15, which is then too slow for some and too fast for others.",
        main=True, symbol="rate by",
    )  # fmt: skip
    student: Literal["cnn", "mlp"] = parameter(
        "cnn",
        "Student",
        "cnn: convolutions of kernel 2 and stride 2, a layer for each level, as the grammar is built. mlp: three dense "
        "hidden layers, which know nothing of it.",
        main=True, symbol="student",
    )  # fmt: skip
    vocabulary: int = parameter(
        8,
        "Vocabulary v",
        "Symbols at every level of the grammar; also the number of classes.",
        ge=2, le=16, step=1, main=True, symbol="v",
    )  # fmt: skip
    synonyms: int = parameter(
        8,
        "Synonyms m",
        "As how many pairs of symbols each symbol may be written; at most the vocabulary.",
        ge=2, le=16, step=1, main=True, symbol="m",
    )  # fmt: skip
    levels: int = parameter(
        2,
        "Levels L",
        "How often symbols are replaced by pairs: strings have 2^L symbols.",
        ge=1, le=4, step=1, main=True, symbol="L",
    )  # fmt: skip
    width: int = parameter(
        64,
        "Width",
        "Channels or neurons of each hidden layer. Narrow ones need a lower learning rate.",
        ge=8,
        le=128,
        scale="log",
        symbol="width",
    )
    learning_rate: float = parameter(
        1.0,
        "Learning rate",
        "By kernel: in units of 1/Θ, Θ the mean over strings and classes of the network's own kernel at the start. "
        "Raw: in units of 0.15. With momentum 0.9 on batches of 128.",
        ge=0.001, le=10, scale="log", symbol="rate",
    )  # fmt: skip
    steps: int = parameter(
        2000,
        "Steps",
        "How many gradient steps each training takes at most. It stops when the mean training cross-entropy is 0.02; "
        "one that does not get there is marked.",
        ge=10, le=2000, scale="log", symbol="steps",
    )  # fmt: skip
    test_samples: int = parameter(
        800, "Test strings", "How many strings, none of them trained on, the test error is measured on.",
        ge=16, le=5000, scale="log", symbol="test n",
    )  # fmt: skip
    seed: int = multi_network.seed()
    device: Device = device_fields.device()
    dtype: Dtype = device_fields.dtype()

    @field_validator("sizes")
    @classmethod
    def _ascending(cls, sizes: tuple[int, ...], info: Any) -> tuple[int, ...]:
        """Return each size once, smallest first, so that equal runs are equal configs."""
        return tuple(sorted(set(sizes)))

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Return (fan_in, fan_out) of each layer's weights, as in lazyrich.training.patches."""
        v, m = self.vocabulary, self.width
        if self.student == "cnn":
            return [(2 * v, m), *[(2 * m, m)] * (self.levels - 1), (m, v)]
        return [(2**self.levels * v, m), (m, m), (m, m), (m, v)]

    @property
    def strings(self) -> int:
        """Return the number of distinct strings of the grammar, v m^(2^L - 1)."""
        return self.vocabulary * self.synonyms ** (2**self.levels - 1)

    @property
    def probes(self) -> int:
        """Return the number of strings on which kernels are compared, the first of the test strings."""
        patches = 2 ** (self.levels - 1) if self.student == "cnn" else 1
        return min(self.test_samples, MAX_PROBES, PROBE_ROWS // (self.vocabulary * patches))

    @property
    def marks(self) -> list[int]:
        """Return the steps of a training at which a frame is recorded while any network is in training."""
        trainings = len(self.sizes) * self.seeds
        count = max(1, min(MAX_MARKS, FRAMES // trainings, int(WEIGHTS_BYTES / (trainings * self._frame_bytes[-1]))))
        spaced = np.geomspace(self.steps, min(CHECK_INTERVAL, self.steps), count)
        return (
            np.unique(np.minimum(CHECK_INTERVAL * np.rint(spaced / CHECK_INTERVAL).clip(1), self.steps))
            .astype(int)
            .tolist()
        )

    @property
    def expected_frames(self) -> int:
        """Return the largest number of frames; a training has fewer if all its networks converge early."""
        return 1 + len(self.sizes) * self.seeds * len(self.marks)

    @property
    def kept_layers(self) -> int:
        """Return the number of layers whose weights a frame holds, from the first on, so that the log stays small."""
        room = WEIGHTS_BYTES / self.expected_frames
        return sum(held <= room for held in self._frame_bytes)

    @property
    def step_flops(self) -> float:
        """Return the floating-point operations of a gradient step of one network: three products a layer."""
        return 6.0 * BATCH * self._products

    def fitting(self) -> dict[str, Any]:
        """Return the settings (name -> value) to change so that the grammar exists and has enough strings.

        Empty if no change is needed.
        """
        v, m, levels, sizes, tested = self.vocabulary, self.synonyms, self.levels, self.sizes, self.test_samples
        m = min(m, v)
        while v * m ** (2**levels - 1) < MIN_STRINGS:
            levels += 1
        strings = v * m ** (2**levels - 1)
        if max(sizes) + tested > strings:
            tested = min(tested, strings // 4)
            room = strings - tested
            sizes = tuple(size for size in sizes if size <= room)
            if len(sizes) < 3:
                sizes = tuple(sorted({max(16, room * part // 8) for part in (1, 2, 4, 6, 8)}))
        found = {"synonyms": m, "levels": levels, "sizes": sizes, "test_samples": tested}
        return {name: value for name, value in found.items() if value != getattr(self, name)}

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("alpha", "samples"), "", "test_error")

    def work(self) -> Work:
        """Return the cost of the run on one core, with the measured steps to convergence of such settings."""
        networks, trainings = len(self.alphas), len(self.sizes) * self.seeds
        number = 4 if self.dtype == "float32" else 8
        speed = GIGAFLOPS[self.dtype] * 1e9
        # measured: larger starts are slower, more layers and smaller sets faster
        typical = 400 * max(1.0, self.tau / 0.1) ** 1.2 * (3 / len(self.shapes)) ** 4 / min(1.0, self.learning_rate)
        each = np.clip(typical * np.minimum(1.0, np.array(self.sizes) / 1024) ** 0.6, 2 * CHECK_INTERVAL, None)
        steps = float(np.minimum(each, self.steps).mean())
        # two or three losses on all strings, and test errors
        looked = 3.0 * float(np.mean(self.sizes)) + len(self.marks) * self.test_samples
        rows = float(self.probes * self.vocabulary)
        patches = [
            2 ** (self.levels - 1 - layer) if self.student == "cnn" else 1 for layer in range(len(self.shapes) - 1)
        ]
        kernel = sum(rows * rows * p * p * (2.0 * self.width + 60) for p in patches)
        a_network = steps * self.step_flops + looked * 2.0 * self._products + kernel
        # about eight calls a layer, and the calls of another five layers for the batch and the loss
        calls = steps * 3 * (len(self.shapes) + 5) * OVERHEAD_SECONDS
        held = self._frame_bytes[self.kept_layers - 1] if self.kept_layers else 0.0
        shown = networks * (12.0 * 4 * len(self.sizes) + 200)
        drawn = float((max(self.sizes) + self.test_samples) * 2**self.levels)
        hidden = 512 * self.width * max(patches) * networks
        return Work(
            flops=trainings * networks * a_network,
            bytes=self.expected_frames * (held + shown) + drawn + 8.0 * drawn / 2**self.levels,
            scratch=number * (drawn * self.vocabulary * 2 + 4.0 * hidden + networks * (rows**2 + self._frame_bytes[-1]))
            + drawn * 8,
            seconds=trainings * (networks * a_network / speed + calls),
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        tables = [frame.table["converged"] for frame in frames if frame.table is not None]
        reached = np.concatenate([np.zeros(0), *tables])
        slow = int((reached == 0).sum())
        if not slow:
            return endings.at_a_level(f"a loss of {CONVERGED:g}")
        return Ending("unknown", f"{slow} of {len(reached)} trainings did not come to a loss of {CONVERGED:g}")

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run.

        Some are recorded during each training. Another one, when all networks of a size and seed are done, adds their
        rows to `Result.curves`.

        Raises:
            CannotRun: If the grammar does not have enough strings, or the device asked for does not exist.
            Diverged: If the networks of every alpha have failed, as too high a rate leaves all their units dead.
        """
        return experiment_module(Hierarchy, "frames").frames(self)

    @property
    def _products(self) -> float:
        """Return the multiplications of one network for one string."""
        patches = 2**self.levels * self.vocabulary / self.shapes[0][0]
        total = 0.0
        for (fan_in, fan_out), following in zip(self.shapes, [*self.shapes[1:], (1, 0)], strict=True):
            total += patches * fan_in * fan_out
            patches = patches * fan_out / following[0]
        return total

    @property
    def _frame_bytes(self) -> list[float]:
        """Return the size in bytes of the first layer, the first two, ..., all layers of a frame's networks."""
        number = 4 if self.dtype == "float32" else 8
        return [float(part) for part in np.cumsum([number * len(self.alphas) * i * o for i, o in self.shapes])]


PRESETS: tuple[Preset[Hierarchy], ...] = (
    Preset(
        "A grammar of two levels",
        "The larger α is, the further left its curve falls: α = 4 comes below 30 % error with about half the strings "
        "that α = 0.5 needs, while all fit their training strings alike. One grammar after the other, three in all.",
        Hierarchy(seeds=3),
    ),
    Preset(
        "Three levels, three grammars",
        "Grammars differ more from one another than the balances do, which the bands show; within each of the three, "
        "α = 4 needs fewer strings than α = 1.",
        Hierarchy(vocabulary=4, synonyms=4, levels=3, sizes=(128, 256, 512, 1024, 2048), learning_rate=0.3, seeds=3),
    ),
    Preset(
        "Dense network",
        "Without convolutions the network does not know which symbols belong together: every α needs more strings, and "
        "α still decides how many.",
        Hierarchy(student="mlp", learning_rate=0.2),
    ),
    Preset(
        "One rate for all",
        "A common learning rate is more than twice what α = 0.5 would have by its kernel: it needs fewer strings than "
        "at its own rate, its kernel moves most of all, and the curves lie closer together.",
        Hierarchy(rate_rule="raw"),
    ),
    Preset(
        "Few synonyms",
        "Two pairs for each symbol make an easy grammar: every α comes below 30 % error with 100 to 130 strings, and "
        "α = 4 needs hardly fewer than α = 1.",
        Hierarchy(synonyms=2, levels=3, sizes=(16, 32, 64, 128, 192), seeds=3),
    ),
    Preset(
        "Nothing to find",
        "With a single level no string shares its rule with another, so there is nothing in the training strings that "
        "tells of new ones: every α only remembers, and guesses.",
        Hierarchy(vocabulary=16, synonyms=16, levels=1, sizes=(32, 64, 96, 128), test_samples=128, seeds=3),
    ),
)
"""Presets in which the balance of the layers changes the number of examples needed, and in which it does not."""

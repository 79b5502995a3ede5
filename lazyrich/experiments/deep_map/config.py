"""Map of the rich regime of deep networks over scale tau and balance alpha, with a trained DeepNetwork in each cell.

for frame in DeepMap(task="parity").frames():
    print(frame.verdict)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import endings, multi_network
from lazyrich.experiments.common.preset import Preset
from lazyrich.experiments.deep_network.config import PARITY_TEST, DeepNetwork
from lazyrich.frame import Frame


class DeepMap(Config):
    """A map of deep networks over τ and α: how far each moved, and what it learned. Settings as in DeepNetwork."""

    name: ClassVar[str] = "deep-map"
    array_content: ClassVar[str] = "Data"

    task: Literal["digits", "parity"] = parameter(
        "parity",
        "Task",
        "digits: images of 8 × 8 pixels, odd against even. parity: the product of the first two of 20 random signs.",
        main=True, symbol="task",
    )  # fmt: skip
    taus: tuple[float, ...] = parameter(
        (0.1, 0.3, 1.0, 3.0, 10.0),
        "τ  scales",
        "Overall sizes of the start, a row of the map for each: outputs start at about τ.",
        ge=0.01, le=10, scale="log", entries=(1, 6), main=True, symbol="τ",
    )  # fmt: skip
    alphas: tuple[float, ...] = multi_network.alphas((0.1, 0.3, 1.0, 3.0, 10.0))
    depth: int = parameter(
        3,
        "Depth L",
        "How many layers of weights there are, the readout being the last.",
        ge=2, le=6, step=1, main=True, symbol="L",
    )  # fmt: skip
    width: int = parameter(
        96, "Width m", "How many neurons each hidden layer has.", ge=8, le=256, scale="log", symbol="m"
    )
    samples: int = parameter(
        512,
        "Training samples n",
        "How many inputs the networks are trained on.",
        ge=32, le=1000, scale="log", symbol="n",
    )  # fmt: skip
    seeds: int = multi_network.seeds()
    steps: int = parameter(
        500,
        "Steps",
        "How many gradient steps to train each network for at most; it rests at 1 % of its first loss.",
        ge=10, le=3000, scale="log", symbol="steps",
    )  # fmt: skip
    seed: int = multi_network.seed()

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Return (row, column) of each cell, tau and alpha, in the order in which they are trained."""
        return [(row, column) for row in range(len(self.taus)) for column in range(len(self.alphas))]

    @property
    def expected_frames(self) -> int:
        """Return the number of frames: one before training, and one after each cell."""
        return len(self.cells) + 1

    def cell(self, row: int, column: int) -> DeepNetwork:
        """Return the run of which a cell shows the final numbers."""
        return DeepNetwork(
            task=self.task,
            tau=self.taus[row],
            alphas=(self.alphas[column],),
            depth=self.depth,
            width=self.width,
            samples=self.samples,
            seeds=self.seeds,
            steps=self.steps,
            seed=self.seed,
            device="cpu",
        )

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("tau", "alpha"), "", "test_accuracy")

    def work(self) -> Work:
        """Return the cost of the run on one core: that of its cells, of which only the final numbers are kept."""
        # a cell's cost depends on its alpha, not on its tau
        costs = [self.cell(0, column).work() for column in range(len(self.alphas))] * len(self.taus)
        cells, inputs = len(costs), self.cell(0, 0).inputs
        held = self.expected_frames * (4 * 4 * cells + 100.0 * self.seeds)
        return Work(
            flops=sum(cost.flops for cost in costs),
            bytes=held + 4.0 * (self.samples + PARITY_TEST) * (inputs + 1),
            scratch=max(cost.scratch for cost in costs),
            seconds=sum(cost.seconds for cost in costs),
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        return endings.at_a_level(f"1 % of the first loss or {self.steps:,} steps")

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run, one for each cell trained."""
        return experiment_module(DeepMap, "frames").frames(self)


PRESETS: tuple[Preset[DeepMap], ...] = (
    Preset(
        "Parity",
        "Activations flip most where τ is small and α large, and accuracy falls with them up every column. From "
        "τ = 3 on hardly any flip, yet α = 3 is still learned: by the first layer's nearly fixed kernel.",
        DeepMap(),
    ),
    Preset(
        "Digits",
        "The same corner is rich, yet from α = 1 on all accuracies are within three points: this task can be learned "
        "without features.",
        DeepMap(task="digits", samples=256),
    ),
)
"""A task that needs features and one that does not."""

"""Grokking: networks memorise their training sums long before they generalise.

The balance of their layers shortens the delay. Two-layer networks without biases learn (a + b) mod p from a part of all
p^2 sums and are tested on the others, one network for every alpha and seed. The delay is counted from 95 % training
accuracy to 95 % test accuracy.

    for frame in Grokking(alphas=(1.0, 4.0)).frames():
        print(frame.step, frame.verdict)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import device_fields, endings, multi_network
from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS
from lazyrich.experiments.common.device_fields import Device, Dtype
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame

ACCURACY_THRESHOLD = 0.95
"""Accuracy from which a network is said to know its sums."""

MIN_EVALUATIONS, MAX_FRAMES = 60, 340
"""Smallest and largest number of frames: charts move even if evaluations are rare, and the log stays small."""

WEIGHTS_BYTES = 72e6
"""Bytes of weights that a log may hold. Beyond this it keeps only the weights of some neurons."""

STACK = 300_000
"""Number of pre-activations that training.modular_addition computes together on a CPU, repeated here for estimates
without torch."""

DRAWN_NEURONS, DRAWN_SUMS = 32, 31
"""Largest number of neurons whose spectrum is drawn, and largest side of the drawn table of sums."""


class Grokking(Config):
    """Modular addition by two-layer networks of several balances side by side. See theory.md, section 6."""

    name: ClassVar[str] = "grokking"

    alphas: multi_network.Alphas = multi_network.alphas((1.0, 2.0, 4.0, 8.0))
    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the start: both layers are multiplied by it. Small starts must learn features to fit "
        "anything; large ones can know the training sums by heart with the features they have.",
        ge=0.01, le=3, scale="log", main=True, symbol="τ",
    )  # fmt: skip
    weight_decay: float = parameter(
        5e-4,
        "Weight decay",
        "Pulls all weights towards 0; it is what makes a network that knows its sums by heart go on changing. With "
        "momentum and descent it is part of the gradient, with AdamW apart from it, where it has to be about 1. The "
        "smallest is as good as none.",
        ge=1e-9, le=10, scale="log", main=True, symbol="decay",
    )  # fmt: skip
    train_fraction: float = parameter(
        0.7,
        "Training fraction",
        "The share of the p² sums that the networks are trained on; they are tested on the others. With half of "
        "them there is too little to go by at p = 23.",
        ge=0.1, le=0.95, step=0.05, main=True, symbol="train",
    )  # fmt: skip
    seeds: int = multi_network.seeds()
    optimiser: Literal["momentum", "adamw", "descent"] = parameter(
        "momentum",
        "Optimiser",
        "momentum: full-batch descent with heavy-ball momentum 0.9. adamw: steps of a size of its own for each "
        "weight, which need a learning rate near 0.003. descent: without momentum.",
        main=True, symbol="optimiser",
    )  # fmt: skip
    loss: Literal["mse", "cross-entropy"] = parameter(
        "mse",
        "Loss",
        "mse: half the squared distance to the one-hot sum. cross-entropy: of the softmax, the usual one for classes.",
        main=True, symbol="loss",
    )  # fmt: skip
    activation: Literal["relu", "quadratic"] = parameter(
        "relu",
        "Activation",
        "Of the hidden neurons, max(z, 0) or z². With z² the last layer is multiplied by α², so that all start as the "
        "same function here too.",
        symbol="φ",
    )  # fmt: skip
    p: int = parameter(
        23,
        "Modulus p",
        "The sums are (a + b) mod p, and there are p² of them. Work grows like p³: from 53 on a run takes half a "
        "minute and more.",
        ge=5, le=97, step=2, symbol="p",
    )  # fmt: skip
    width: int = parameter(
        128, "Width h", "How many hidden neurons each network has.", ge=8, le=512, scale="log", symbol="h"
    )
    learning_rate: float = parameter(
        0.3,
        "Learning rate",
        "The same for every α. With τ = 1 or z² a third or less of the default keeps training stable.",
        ge=1e-5, le=10, scale="log", symbol="rate",
    )  # fmt: skip
    steps: int = parameter(2000, "Steps", "How many steps to train for.", ge=60, le=20_000, scale="log", symbol="steps")
    every: int = parameter(
        25,
        "Evaluate every",
        "Steps between two evaluations, and so the accuracy of the delays. There are at least 60 evaluations in a run.",
        ge=1, le=300, scale="log", symbol="every",
    )  # fmt: skip
    seed: int = multi_network.seed()
    device: Device = device_fields.device()
    dtype: Dtype = device_fields.dtype()

    @property
    def networks(self) -> int:
        """Return the number of networks."""
        return len(self.alphas) * self.seeds

    @property
    def frequencies(self) -> int:
        """Return the number of frequencies of a function of a number mod p, without the mean."""
        return self.p // 2

    @property
    def evaluations(self) -> list[int]:
        """Return the training steps after which the networks are evaluated, from 0 to the last."""
        apart = min(self.every, max(1, self.steps // MIN_EVALUATIONS))
        return [*range(0, self.steps, apart), self.steps]

    @property
    def schedule(self) -> list[list[int]]:
        """Return the evaluations that each frame adds, the first alone."""
        later = self.evaluations[1:]
        together = -(-len(later) // (MAX_FRAMES - 1))
        return [[0], *(later[start : start + together] for start in range(0, len(later), together))]

    @property
    def expected_frames(self) -> int:
        """Return the number of frames of a run in which not all networks diverge."""
        return len(self.schedule)

    @property
    def kept_neurons(self) -> int:
        """Return the number of neurons whose weights a frame holds: all, unless the log would exceed WEIGHTS_BYTES."""
        each = self.expected_frames * len(self.alphas) * 3 * self.p * self._number
        return max(1, min(self.width, int(WEIGHTS_BYTES / each)))

    @property
    def step_flops(self) -> float:
        """Return the floating-point operations of a step of one network: three products of p x h by h x p^2 numbers."""
        return 6.0 * self.p**3 * self.width

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("alpha",), "step", "test_accuracy")

    def work(self) -> Work:
        """Return the cost of the run on one core."""
        networks, evaluations, frames = self.networks, len(self.evaluations), self.expected_frames
        sums, weights = self.p**2, 3 * self.p * self.width
        speed = GIGAFLOPS[self.dtype] * 1e9
        # broadcast sums, threshold and backward sums pass over the activations, AdamW over the weights
        passes = sums * (6.0 * self.width + (8.0 * self.p if self.loss == "cross-entropy" else 2.0 * self.p))
        passes += weights * (14.0 if self.optimiser == "adamw" else 5.0)
        together = max(1, min(networks, STACK // (sums * self.width)))
        step = self.step_flops / speed + passes * self._number / 40e9 + 4 * OVERHEAD_SECONDS / together
        evaluation = step + 15 * OVERHEAD_SECONDS / networks + 8.0 * weights / 1e9
        view = len(self.alphas) * (min(self.p, DRAWN_SUMS) ** 2 + (min(DRAWN_NEURONS, self.width) + 6) * self.p)
        held = frames * (len(self.alphas) * 3.0 * self.p * self.kept_neurons * self._number + 4.0 * view)
        held += evaluations * networks * 80.0 + sums * (2.0 * self.p * self._number + 8)
        stack = float(max(STACK, sums * self.width))
        scratch = self._number * (networks * (6.0 * weights + 2.0 * sums) + 4 * stack) + 2 * held / frames
        return Work(
            flops=networks * self.steps * self.step_flops,
            bytes=held,
            scratch=scratch,
            seconds=networks * (self.steps * step + evaluations * evaluation),
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        losses = {"train_loss": "training loss", "test_loss": "test loss"}
        return endings.of_networks(frames, self.alphas, self.seeds, losses)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run.

        A frame's table has a row for each network and evaluation since the previous frame; delta_start is the mean over
        neurons of delta_i at the start (lazyrich.experiments.grokking.frames.conserved). Its arrays are the weights of
        the first seed's networks, W1 (alphas, neurons, 2 p) and W2 (alphas, p, neurons), of the first `kept_neurons`.
        Measurements of a network that diverges are nan from then on.

        Raises:
            Diverged: If all networks have diverged.
            CannotRun: If the device asked for does not exist.
        """
        return experiment_module(Grokking, "frames").frames(self)

    @property
    def _number(self) -> int:
        return 4 if self.dtype == "float32" else 8


PRESETS: tuple[Preset[Grokking], ...] = (
    Preset(
        "Grokking",
        "All know their training sums after about 100 steps, and can add only hundreds of steps later: with α = 4 "
        "far sooner than with α = 1 in each of three seeds, in the median after less than half the wait. Meanwhile "
        "each neuron takes up one frequency.",
        Grokking(seeds=3, every=6),
    ),
    Preset(
        "Best α",
        "Six balances, three seeds: the wait is shortest around α = 4, where the layers start about balanced (mean "
        "δᵢ near 0). Further upstream, at 16, it is longer again, in every seed.",
        Grokking(alphas=(0.5, 1.0, 2.0, 4.0, 8.0, 16.0), seeds=3, every=6),
    ),
    Preset(
        "No decay",
        "Without weight decay little drives the networks on once they know their sums by heart. After 5,000 steps "
        "α = 4 has found out most of the others, and α = 1 less than half.",
        Grokking(weight_decay=1e-9, steps=5000),
    ),
    Preset(
        "AdamW",
        "With AdamW and a strong decay all grok within 250 steps, and the balance hardly matters: the optimiser sets "
        "the pace of every weight itself.",
        Grokking(optimiser="adamw", learning_rate=3e-3, weight_decay=3.0, steps=600),
    ),
    Preset(
        "Cross-entropy",
        "With this loss a larger α does not help: all four find out the other sums slowly and side by side, "
        "and α = 4 is never far ahead of α = 0.5. The neurons take up single frequencies all the same.",
        Grokking(loss="cross-entropy", learning_rate=1.0, alphas=(0.5, 1.0, 2.0, 4.0), steps=3000),
    ),
    Preset(
        "Large τ",
        "A start ten times as large is lazy: every network comes to know its training sums by heart and stays there, "
        "no better than chance on the others, whatever α is.",
        Grokking(tau=1.0, learning_rate=0.03, steps=3000),
    ),
    Preset(
        "z² neurons",
        "With quadratic neurons the layers start about balanced at a smaller α, near 2, and there the wait is "
        "shortest, though the training sums take longest.",
        Grokking(activation="quadratic", learning_rate=0.1, alphas=(0.5, 1.0, 2.0, 4.0)),
    ),
    Preset(
        "Too little data",
        "Half of the sums instead of 70 %: all are known by heart within 100 steps, and no balance finds the rule.",
        Grokking(train_fraction=0.5),
    ),
)
"""The paper's claim that a start further upstream shortens grokking: where it holds, to what extent, and where not."""

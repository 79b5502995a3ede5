"""Deep ReLU networks: how the balance between layers determines which layers learn features, and whether that helps.

f(x) = W_L relu(W_{L-1} ... relu(W_1 x)), without biases, learns handwritten digits (odd against even) or a parity of
signs by full-batch descent on the mean squared error. There is one network for every alpha and seed. All alphas of a
seed start as the same function, which is added to the target, so that the initial residual is the labels themselves.

    for frame in DeepNetwork(task="parity", tau=1.0).frames():
        print(frame.step, frame.verdict)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import device_fields, endings, multi_network, schedule
from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS
from lazyrich.experiments.common.device_fields import Device, Dtype
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame

FRAMES = 88
"""Largest number of frames of a run, as the log holds the weights of every frame."""

WEIGHTS_BYTES = 64e6
"""Bytes of weights that a log may hold. Beyond this it keeps only the first and the last layer."""

PROBES = 128
"""Number of inputs, in neither training nor test, on which kernels and activations are compared."""

PIXELS, DIGITS = 64, 1797
"""Pixels of a digit's image, and number of digits."""

STEPS_UNTIL_REST = 1500.0
"""Approximate steps of a balanced network at the default pace; divided by alpha for others. Measured: 600 to over 1000
at alpha = 1, 100 to 700 at 3, 25 to 160 at 10, and over 1000 below 1."""

PACE = 0.5
"""Step in units of 1 / lambda_max: a quarter of the largest stable one."""

PARITY_TEST = 1000
"""Number of test inputs of the parity."""


class DeepNetwork(Config):
    """Deep ReLU networks of several balances side by side. See theory.md, sections 5 to 8."""

    name: ClassVar[str] = "deep-network"

    task: Literal["digits", "parity"] = parameter(
        "digits",
        "Task",
        "digits: scikit-learn's images of 8 × 8 pixels, odd (+1) against even (−1). parity: the product of the first "
        "two of many random signs, about which no single sign tells anything.",
        main=True, symbol="task",
    )  # fmt: skip
    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the start. Small starts must move their kernel to fit anything (rich); large ones hardly have "
        "to (lazy). Every layer is multiplied by τ^(1/L), so the network's outputs are of size τ.",
        ge=0.01, le=10, scale="log", main=True, symbol="τ",
    )  # fmt: skip
    alphas: multi_network.Alphas = multi_network.alphas((0.1, 1.0, 3.0, 10.0))
    depth: int = parameter(
        4,
        "Depth L",
        "How many layers of weights there are, the readout being the last: L − 1 layers of hidden neurons.",
        ge=2, le=6, step=1, main=True, symbol="L",
    )  # fmt: skip
    layer_rates: tuple[float, ...] = parameter(
        (),
        "Learning rate of each layer",
        "Relative to the common one, from the input on, on top of what α does; 1 where not given. Layers past the "
        "depth are left out.",
        ge=0.01, le=100, scale="log", entries=(0, 6), layers="depth", missing=1.0, main=True, symbol="η",
    )  # fmt: skip
    profile_by: Literal["sizes", "rates"] = parameter(
        "sizes",
        "α acts on",
        "sizes: the initial weights, first layer divided by α and last multiplied. rates: the learning rates, α² for "
        "the first layer and 1/α² for the last, from the start of α = 1. Both are exactly the same function at all "
        "times.",
        symbol="α on",
    )  # fmt: skip
    width: int = parameter(
        128, "Width m", "How many neurons each hidden layer has.", ge=8, le=256, scale="log", symbol="m"
    )
    samples: int = parameter(
        256,
        "Training samples n",
        "How many inputs the networks are trained on.",
        ge=32, le=1000, scale="log", symbol="n",
    )  # fmt: skip
    dimension: int = parameter(
        20,
        "Signs d",
        "Of the parity: how many random signs an input has. Digits have 64 pixels.",
        ge=12, le=40, step=1, symbol="d",
    )  # fmt: skip
    seeds: int = multi_network.seeds()
    steps: int = parameter(
        1000,
        "Steps",
        "How many gradient steps to train for at most. A network rests when its training loss is 1 % of the first.",
        ge=10, le=3000, scale="log", symbol="steps",
    )  # fmt: skip
    pace: float = parameter(
        PACE,
        "Step size",
        "In units of 1/λ_max of each network's own kernel, measured every five steps; 2 would be the edge of "
        "stability. A step that raises the loss by more than 2 % is taken back and halved.",
        ge=0.05, le=1.5, scale="log", symbol="pace",
    )  # fmt: skip
    seed: int = multi_network.seed()
    device: Device = device_fields.device()
    dtype: Dtype = device_fields.dtype()

    @property
    def widths(self) -> list[int]:
        """Return the number of inputs and the width of each layer, (depth + 1,)."""
        return [self.inputs, *[self.width] * (self.depth - 1), 1]

    @property
    def inputs(self) -> int:
        """Return the dimension of the inputs."""
        return PIXELS if self.task == "digits" else self.dimension

    @property
    def networks(self) -> int:
        """Return the number of networks."""
        return len(self.alphas) * self.seeds

    @property
    def rates(self) -> tuple[float, ...]:
        """Return the learning rate of each layer from the input on, without the factors of alpha, (depth,)."""
        return self.by_layer("layer_rates")

    @property
    def step_flops(self) -> float:
        """Return the operations of a step of one network: three products a layer, and at times lambda_max."""
        return 7.6 * self.samples * self._weights

    @property
    def kept_layers(self) -> list[int]:
        """Return the layers whose weights a frame holds, counted from 1: all, or first and last to save memory."""
        all_layers = list(range(1, self.depth + 1))
        whole = self.expected_frames * self._weight_bytes(all_layers)
        return all_layers if whole <= WEIGHTS_BYTES else [1, self.depth]

    @property
    def schedule(self) -> list[int]:
        """Return the training steps at which a frame is recorded, as long as a network is still training."""
        return schedule.logarithmic(self.steps, FRAMES)

    @property
    def expected_frames(self) -> int:
        """Return the largest number of frames; a run ends when all networks are at rest."""
        return len(self.schedule)

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("alpha",), "step", "test_accuracy")

    def work(self) -> Work:
        """Return the cost of the run on one core. The number of steps is a rough rule fitted to the presets."""
        frames, networks, number = self.expected_frames, self.networks, 4 if self.dtype == "float32" else 8
        hidden, layers = self.width * (self.depth - 1), self.depth
        tested = PARITY_TEST if self.task == "parity" else DIGITS - PROBES - self.samples
        step = self.step_flops
        # forward on test inputs; forward, back and the two products of a kernel on probes
        frame = 2.0 * tested * self._weights + 4.0 * PROBES * (self._weights + PROBES * (hidden + self.inputs))
        speed = GIGAFLOPS[self.dtype] * 1e9
        a_step = step / speed + (1 + layers) * OVERHEAD_SECONDS
        a_frame = frame / speed + 2 * layers * OVERHEAD_SECONDS
        held = frames * (self._weight_bytes(self.kept_layers) + networks * 8.0 * (12 + 2 * layers) + 2000)
        held += number * (self.samples + tested + PROBES) * (self.inputs + 1)
        data = (self.samples + tested + PROBES) * self.inputs * (self.seeds + 1) + self.samples * self.inputs * networks
        scratch = number * (
            data + networks * (5.0 * self._weights + PROBES**2) + 4.0 * (self.samples + tested) * hidden
        )
        steps = self.seeds * sum(self._until_rest(alpha) for alpha in self.alphas)
        return Work(
            flops=steps * step + networks * frames * frame,
            bytes=held,
            scratch=scratch,
            seconds=steps * a_step + networks * frames * a_frame,
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        if frames and frames[-1].metrics["resting"] == 1:
            return endings.at_a_level("1 % of the first loss")
        return endings.of_networks(frames, self.alphas, self.seeds, {"train_loss": "training loss"}, resting="resting")

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run; it ends early when all networks are at rest.

        A frame's arrays are the weights of the first seed, W1 (alphas, m, inputs), ..., of all layers, or of the first
        and the last if the log would exceed 64 MB otherwise. Training cannot diverge
        (lazyrich.training.adaptive_descent).

        Raises:
            CannotRun: If the device asked for does not exist.
        """
        return experiment_module(DeepNetwork, "frames").frames(self)

    def _until_rest(self, alpha: float) -> float:
        """Return an estimate of a network's steps: fewer, the faster its first layer is relative to its last."""
        effective = alpha * (self.rates[0] / self.rates[-1]) ** 0.25
        return min(self.steps, STEPS_UNTIL_REST * (PACE / self.pace) / effective)

    @property
    def _weights(self) -> int:
        return sum(into * out for into, out in zip(self.widths[:-1], self.widths[1:], strict=True))

    def _weight_bytes(self, layers: list[int]) -> float:
        """Return the size in bytes of these layers of the first seed's networks."""
        number = 4 if self.dtype == "float32" else 8
        return float(number * len(self.alphas) * sum(self.widths[layer - 1] * self.widths[layer] for layer in layers))


_PARITY = DeepNetwork(task="parity", tau=1.0, samples=512)
_FAST = tuple(_PARITY.changed(alphas=(1.0,), layer_rates=(1.0,) * layer + (100.0,)) for layer in range(4))
_SIZES = DeepNetwork(alphas=(0.1, 1.0, 10.0))

PRESETS: tuple[Preset[DeepNetwork], ...] = (
    Preset(
        "Digits",
        "Small start: α = 10 flips a quarter of its activations, α = 0.1 one in fifty and hardly any in the first "
        "layer. This task does not need it: at a training loss of 0.1 all test accuracies are within three points.",
        DeepNetwork(),
    ),
    Preset(
        "Parity",
        "Where features are needed: α = 10 gets nearly all test signs right, α = 1 nearly nine in ten, α = 0.1 not two "
        "in three. Part of it is speed, but at a training loss of 0.1 both 3 and 10 still beat 1 by five points.",
        _PARITY,
    ),
    Preset(
        "One fast layer",
        "Which layer has to learn? One of four has a hundred times the rate: the lower it lies, the better the parity "
        "is learned. With a fast last layer hardly an activation flips.",
        _FAST[0],
        _FAST[1:],
    ),
    Preset(
        "Large start",
        "τ = 10: lazy at every α, with less than one activation in a hundred flipped. The loss falls all the same; "
        "what differs between the α is which layer's nearly fixed kernel does it.",
        DeepNetwork(tau=10.0),
    ),
    Preset(
        "Kernel and flips",
        "Two layers: the kernel moves farthest at α = 1, yet α = 10 flips twice as many activations. Richness has more "
        "than one measure, and they need not agree.",
        DeepNetwork(depth=2),
    ),
    Preset(
        "Sizes = rates",
        "The same three networks twice, once by initial sizes and once by learning rates (α², 1, 1, 1/α²): the curves "
        "lie on top of each other, because it is the same function at all times.",
        _SIZES.changed(profile_by="rates"),
        (_SIZES,),
    ),
)
"""The paper's claim for deep networks: where it holds, where it makes no difference and where it does not hold."""

"""Filters: the features that the first layer of a convolutional network learns.

The balance of the layers decides whether the filters keep their initial noise. For every alpha and seed one small
network learns to classify images: gratings in noise, for which good filters are known, patches of photographs, or
CIFAR-10 if the user has its files. The page shows its 16 filters of 7 x 7 pixels.

    for frame in Filters(alphas=(0.1, 10.0)).frames():
        print(frame.step, frame.verdict)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments.common import device_fields, endings, multi_network
from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS
from lazyrich.experiments.common.device_fields import Device, Dtype
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame

CIFAR_VARIABLE = "LAZYRICH_CIFAR10"
"""Environment variable with the path of CIFAR-10's files, as in lazyrich.tasks.cifar.read. It is not a setting of the
run, because a setting can come from a web address, and an address must not name files of a server."""

COUNT, SIZE, WIDTH = 16, 7, 32
"""Number of filters of the first layer, pixels along each of their sides, and channels of both following layers."""

SIDE = 24
"""Pixels along each side of an image."""

CHANNELS, CLASSES = {"gratings": 1, "photographs": 3, "cifar10": 3}, {"gratings": 8, "photographs": 10, "cifar10": 10}
"""Number of channels and of classes for each kind of images."""

RATES: dict[str, dict[float, float]] = {
    "gratings": {0.1: 1.5e-3, 1.0: 8e-3, 3.0: 6e-3, 10.0: 4e-3},
    "photographs": {0.1: 5e-3, 1.0: 8e-3, 3.0: 3e-3, 10.0: 1.3e-3},
}
"""Learning rates by alpha that train in a few hundred steps without divergence; CIFAR-10 uses those of photographs.
They are fixed because a rate from the initial curvature varies ninefold between seeds, and some seeds diverge with
it."""

MOMENTUM = 0.9

MEASURED_IMAGES = 128
"""Number of training images, the first ones, on which the training loss and the flips of activations are measured."""

FRAMES = 60
"""Largest number of frames of a run."""

FLIPS_BYTES = COUNT * (SIDE - SIZE + 1) ** 2 * MEASURED_IMAGES
"""Size in bytes of the signs of a network's activations at the start."""


class Filters(Config):
    """First-layer filters of convolutional networks of several balances side by side. See the paper's Fig. 6 (b)."""

    name: ClassVar[str] = "filters"

    data: Literal["gratings", "photographs", "cifar10"] = parameter(
        "gratings",
        "Images",
        "gratings: stripes in noise, grey; tell which of eight orientations. photographs: colour patches of ten "
        f"photographs; tell which one. cifar10: where the server's {CIFAR_VARIABLE} says where its files are.",
        main=True, symbol="images",
    )  # fmt: skip
    alphas: multi_network.Alphas = multi_network.alphas((0.1, 1.0, 3.0))
    tau: float = parameter(
        1.0,
        "τ  scale",
        "Overall size of the start. Small starts take longer and turn the filters further. Each of the four layers is "
        "multiplied by τ^(1/4), so the outputs by τ.",
        ge=0.05, le=5, scale="log", main=True, symbol="τ",
    )  # fmt: skip
    shuffled: bool = parameter(
        False,
        "Shuffle labels",
        "Gives the training images each other's labels: nothing is left to be learned, but as much to be remembered. "
        "What filters still become then comes from the images alone.",
        main=True, symbol="shuffled",
    )  # fmt: skip
    seeds: int = multi_network.seeds()
    steps: int = parameter(
        600, "Steps", "How many gradient steps to train for.", ge=5, le=3000, scale="log", main=True, symbol="steps"
    )
    rate: float = parameter(
        1.0,
        "Rate multiplier",
        "Multiplies the learning rates, which are fixed for each α: between 0.0013 and 0.008, with momentum 0.9.",
        ge=0.05, le=20, scale="log", symbol="rate",
    )  # fmt: skip
    batch: int = parameter(64, "Batch size", "Images in each gradient step.", ge=8, le=256, scale="log", symbol="batch")
    samples: int = parameter(
        4000, "Training images", "How many images to learn from.",
        ge=MEASURED_IMAGES, le=20_000, scale="log", symbol="n",
    )  # fmt: skip
    test_samples: int = parameter(
        400, "Test images", "How many other images the test accuracy is measured on.",
        ge=100, le=2000, scale="log", symbol="test n",
    )  # fmt: skip
    seed: int = multi_network.seed()
    device: Device = device_fields.device()
    dtype: Dtype = device_fields.dtype()

    @property
    def networks(self) -> int:
        """Return the number of networks."""
        return len(self.alphas) * self.seeds

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Return the shapes of the weights of each layer, as in lazyrich.training.convolutions."""
        kinds = CHANNELS[self.data], CLASSES[self.data]
        return [(COUNT, kinds[0], SIZE, SIZE), (WIDTH, COUNT, 3, 3), (WIDTH, WIDTH, 3, 3), (kinds[1], WIDTH)]

    @property
    def learning_rates(self) -> tuple[float, ...]:
        """Return a rate for each alpha: RATES, times `rate`.

        Other alphas are interpolated and extrapolated linearly in log alpha and log rate.
        """
        table = RATES["gratings" if self.data == "gratings" else "photographs"]
        known, rates = np.log(list(table)), np.log(list(table.values()))
        found = []
        for alpha in np.log(self.alphas):
            left = int(np.clip(np.searchsorted(known, alpha) - 1, 0, len(known) - 2))
            slope = (rates[left + 1] - rates[left]) / (known[left + 1] - known[left])
            found.append(self.rate * float(np.exp(rates[left] + slope * (alpha - known[left]))))
        return tuple(found)

    @property
    def schedule(self) -> list[int]:
        """Return the steps of the frames, with growing distances, because filters turn most at the beginning."""
        return np.unique(np.rint(self.steps * np.linspace(0, 1, FRAMES) ** 2)).astype(int).tolist()

    @property
    def expected_frames(self) -> int:
        """Return the number of frames of a run in which not all networks diverge."""
        return len(self.schedule)

    @property
    def image_flops(self) -> float:
        """Return the floating-point operations of a forward pass of one network for one image."""
        return 2 * sum(self._products)

    @property
    def step_flops(self) -> float:
        """Return the floating-point operations of one step of one network: three passes, but two in the first layer."""
        return self.batch * (3 * self.image_flops - 2 * self._products[0])

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns(("alpha",), "step", "test_accuracy")

    def work(self) -> Work:
        """Return the cost of the run on one core."""
        number, frames = (4 if self.dtype == "float32" else 8), self.expected_frames
        # convolutions with so few channels, and pooling, are this much slower than matrix products
        speed = GIGAFLOPS[self.dtype] * 1e9 / 1.3
        looked = MEASURED_IMAGES + self.test_samples
        a_frame = looked * self.image_flops / speed + COUNT * 0.7e-3 + 50 * OVERHEAD_SECONDS
        steps = self.steps * (self.step_flops / speed + 50 * OVERHEAD_SECONDS)
        weights = sum(float(np.prod(shape)) for shape in self.shapes)
        pixels = CHANNELS[self.data] * SIDE**2
        shown = 4.0 * COUNT * (4 * CHANNELS[self.data] * SIZE**2 + 8) + 72
        rows = self.networks * 9 * 8.0
        # activations of a batch in the forward and backward pass, and of a block of images
        activations = COUNT * (SIDE - SIZE + 1) ** 2 * 3 * (self.batch + MEASURED_IMAGES)
        images = self.samples + self.test_samples
        return Work(
            flops=self.networks * (self.steps * self.step_flops + frames * looked * self.image_flops),
            bytes=frames * (len(self.alphas) * (number * weights + shown) + rows) + looked * (number * pixels + 8),
            scratch=number * (self.seeds * images * pixels * 2.0 + self.networks * 4 * weights + 4.0 * activations)
            + self.networks * FLIPS_BYTES
            + (200e6 if self.data == "cifar10" else 0),
            seconds=self.networks * (steps + frames * a_frame) + self.seeds * images * 4e-5,
        )

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        header = frames[0].header if frames else None
        guess = float(np.log(header.chart_data["classes"])) if header else float("inf")
        return endings.of_networks(frames, self.alphas, self.seeds, {"train_loss": "training loss"}, guess=guess)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run.

        A frame's table has a row for each network. Its arrays are the weights of the first seed's networks: filters
        (alphas, 16, channels, 7, 7), second (alphas, 32, 16, 3, 3), third (alphas, 32, 32, 3, 3) and readout (alphas,
        classes, 32). The header holds the images that are measured on: the first MEASURED_IMAGES training images
        X, and all test images X_test. A network that diverges is nan from then on.

        Raises:
            Diverged: If all networks have diverged, or their units are dead.
            CannotRun: If the images or the device asked for do not exist on this machine.
        """
        return experiment_module(Filters, "frames").frames(self)

    @property
    def _products(self) -> list[float]:
        """Return the multiplications of each layer of one network for one image."""
        first = SIDE - SIZE + 1
        places = [first**2, (first // 2) ** 2, (first // 4) ** 2, 1]
        return [float(place * np.prod(shape)) for place, shape in zip(places, self.shapes, strict=True)]


PRESETS: tuple[Preset[Filters], ...] = (
    Preset(
        "Gratings",
        "With α = 3 the filters turn from noise into smooth stripes, like Gabors; with α = 0.1 not one of them "
        "changes, and yet that network, too, learns to tell the orientations apart, if more slowly.",
        Filters(),
    ),
    Preset(
        "Photographs",
        "With α = 10 colour blobs and edges come out of the noise, with α = 0.1 the noise stays; which photograph a "
        "patch is from all three tell about equally well.",
        Filters(data="photographs", alphas=(0.1, 1.0, 10.0)),
    ),
    Preset(
        "Shuffled labels",
        "With labels that mean nothing the filters of α = 10 turn as well, but from noise to noise: it is the task "
        "that makes them smooth, not the motion.",
        Filters(shuffled=True, alphas=(0.1, 1.0, 10.0)),
    ),
    Preset(
        "Two extremes",
        "The filters of α = 0.1 stay what they were in every seed, and of those of α = 10 little is left; what has "
        "been learned, W(t) − W(0), is stripes in both.",
        Filters(alphas=(0.1, 10.0), seeds=3),
    ),
    Preset(
        "Photographs, shuffled",
        "Nothing can be learned from these labels, and still the filters of α = 10 become smoother: neighbouring "
        "pixels of photographs are alike, and this part of it needs no task.",
        Filters(data="photographs", shuffled=True, alphas=(0.1, 1.0, 10.0), rate=2.0),
    ),
    Preset(
        "Small τ",
        "From a start twenty times smaller nothing happens at α = 1 for the first 200 steps, while the filters of "
        "α = 10 turn within 100; in the end all are more like Gabors than from the usual start.",
        Filters(tau=0.05, alphas=(1.0, 3.0, 10.0)),
    ),
)
"""Presets in which the balance of the layers decides whether filters take shape, and in which they stay noise."""

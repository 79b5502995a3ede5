"""Frames of a Filters run.

The networks of all alphas and seeds advance frame by frame together, but each is trained separately, because grouped
convolutions are slower on one thread than single ones. Separate from the config because it imports torch, which the web
process never does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import islice

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.common.json_numbers import plain, two_digits_down
from lazyrich.experiments.filters.config import CIFAR_VARIABLE, MEASURED_IMAGES, MOMENTUM, SIZE, Filters
from lazyrich.experiments.filters.summary import verdict
from lazyrich.frame import CannotRun, Diverged, Frame, RunHeader
from lazyrich.metrics.filters import SMOOTH, GaborFit, filter_cosine, gabor_fit, low_frequency
from lazyrich.moment import rounded
from lazyrich.tasks import cifar, gratings, labelled, photographs
from lazyrich.tasks.labelled import Labelled, stream
from lazyrich.training.convolutions import BLOCK, ConvolutionalDescent, first_layer, outputs, rest_of_network
from lazyrich.training.patches import batches
from lazyrich.training.precision import repeatable_convolutions

LAYERS = ("filters", "second", "third", "readout")
"""Names of the weights in a frame's arrays."""

COLUMNS = ("train_loss", "test_accuracy", "filter_cosine", "low_frequency", "gabor_r2", "activation_flips")
"""Measures of each network."""

READINGS = {
    "cosine": "filter_cosine",
    "low": "low_frequency",
    "gabor": "gabor_r2",
    "flips": "activation_flips",
    "accuracy": "test_accuracy",
    "loss": "train_loss",
}
"""Reading on the page for each alpha -> its column."""

NOISE_GABOR = {1: 0.21, 3: 0.13}
"""Gabor fit R^2 of white noise of 7 x 7 pixels by the number of channels."""


@devices.guarded
def frames(config: Filters) -> Iterator[Frame]:
    """See Filters.frames."""
    device = devices.choose(config.device, config.networks * config.step_flops)
    trainings = [Training(config, seed, device) for seed in range(config.seed, config.seed + config.seeds)]
    results = ResultTable(config, trainings)
    header: RunHeader | None = trainings[0].header()
    done = 0
    for step in config.schedule:
        for training in trainings:
            training.advance(step - done)
        done = step
        results.measure(step)
        if (results.diverged | results.dead).all():
            raise _diverged(config, step)
        yield Frame(
            step=step,
            time=float(step),
            metrics=results.metrics(),
            arrays=results.arrays(),
            chart_data=results.chart_data(),
            verdict=results.verdict(),
            header=header,
            table=multi_network.table(config.alphas, config.seed, config.seeds, step, results.columns),
        )
        header = None


class Training:
    """One seed: its images, and a network for each alpha, all trained on the images in the same order."""

    def __init__(self, config: Filters, seed: int, device: torch.device):
        self.config = config
        self.task = draw(config, seed).to(device)
        start = initial(config, seed)
        self.descents = [
            ConvolutionalDescent([W[place].to(device) for W in start], rate, MOMENTUM)
            for place, rate in enumerate(config.learning_rates)
        ]
        self.running = [True] * len(self.descents)
        self._rows = batches(config.samples, config.batch, stream(seed, "filters batches"))
        self.start = [descent.now()[0] for descent in self.descents]
        with _repeatable(self.task):
            self._signs = [self._activations(W) > 0 for W in self.start]

    def advance(self, steps: int) -> None:
        """Train all networks that have not diverged for this many steps."""
        with _repeatable(self.task):
            for rows in islice(self._rows, steps):
                X, y = self.task.X[rows], self.task.y[rows]
                for descent, running in zip(self.descents, self.running, strict=True):
                    if running:
                        descent.step(X, y)

    def measure(self, place: int) -> tuple[dict[str, float], bool]:
        """Measure one network except the pictures of its filters: columns by name, and whether it is dead.

        Training of a network stops if its loss is not finite.
        """
        weights, task = self.descents[place].now(), self.task
        with _repeatable(task), torch.no_grad():
            Z = self._activations(weights[0])
            found = rest_of_network(Z, weights)
            loss = float(F.cross_entropy(found, task.y[: len(Z)]))
            flips = float(((Z > 0) != self._signs[place]).double().mean())
            tested = outputs(task.X_test, weights)
            accuracy = float((tested.argmax(1) == task.y_test).double().mean())
            dead = not bool(tested.any()) and not bool(found.any())
        self.running[place] = bool(np.isfinite(loss))
        return {"train_loss": loss, "test_accuracy": accuracy, "activation_flips": flips}, dead

    def header(self) -> RunHeader:
        """Return the page's data for the start, and the images used for measurements."""
        config, task = self.config, self.task
        watched = replace(task, X=task.X[:MEASURED_IMAGES], y=task.y[:MEASURED_IMAGES])
        channels = task.X.shape[1]
        return RunHeader(
            arrays={name: part.copy() for name, part in watched.arrays().items() if name != "probes"},
            chart_data={
                "alphas": plain(config.alphas),
                "seeds": config.seeds,
                "learning_rates": plain(config.learning_rates),
                "classes": task.classes,
                "chance": plain(1 / task.classes),
                "channels": channels,
                "filter_size": SIZE,
                "low_below": SMOOTH,
                "low_of_noise": plain(np.pi * SMOOTH**2),
                "gabor_of_noise": NOISE_GABOR[channels],
            },
            environment=devices.environment(task.X.device, config.dtype),
            spread=COLUMNS,
        )

    def _activations(self, filters: Tensor) -> Tensor:
        """Return the pre-activations of the first layer at the watched images."""
        return torch.cat([first_layer(part, filters) for part in self.task.X[:MEASURED_IMAGES].split(BLOCK)])


class ResultTable:
    """Measurements of all networks from frame to frame, and the contents of a frame."""

    def __init__(self, config: Filters, trainings: list[Training]):
        self.config, self.trainings = config, trainings
        self.shape = (len(config.alphas), config.seeds)
        self.diverged, self.dead = np.zeros(self.shape, dtype=bool), np.zeros(self.shape, dtype=bool)
        # (alphas, seeds, filters, channels, k, k)
        self.start = self._filters(lambda training, place: training.start[place])
        self.filters = self.start
        self.columns: dict[str, np.ndarray] = {}
        self.first: dict[str, np.ndarray] = {}
        self.step = 0

    def measure(self, step: int) -> None:
        """Measure the state after this step."""
        self.step = step
        columns = {name: np.full(self.shape, np.nan) for name in COLUMNS}
        for seed, training in enumerate(self.trainings):
            for place in range(self.shape[0]):
                if self.diverged[place, seed]:
                    continue
                found, self.dead[place, seed] = training.measure(place)
                for name, value in found.items():
                    columns[name][place, seed] = value
        self.diverged = ~np.isfinite(columns["train_loss"])
        self.filters = self._filters(lambda training, place: training.descents[place].now()[0])
        self.filters[torch.from_numpy(self.diverged)] = np.nan
        # for the first seed also the change by training; one search for all, as its cost is that of its calls
        every, added = self.filters.flatten(0, 1), (self.filters - self.start)[:, 0]
        fit = gabor_fit(torch.cat([every, added]))
        whole = GaborFit(*(part[: len(every)].unflatten(0, self.shape) for part in fit))
        self.fit = GaborFit(*(part[:, 0] for part in whole))
        self.fit_of_added = GaborFit(*(part[len(every) :] for part in fit))
        self.looks = {
            "filter_cosine": filter_cosine(self.start, self.filters),
            "low_frequency": low_frequency(self.filters),
            "gabor_r2": whole.r2,
        }
        for name, each in self.looks.items():
            columns[name] = each.double().mean(-1).numpy()
        self.columns = {name: np.where(self.diverged, np.nan, columns[name]) for name in COLUMNS}
        if step == 0:
            self.first = self.columns

    def metrics(self) -> dict[str, float]:
        """Return the page's readings: medians over seeds for each alpha."""
        read: dict[str, float] = {}
        for name, column in READINGS.items():
            read |= multi_network.numbered(name, self.columns[column])
        return read

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights of the first seed's networks, (alphas, ...) for each layer."""
        networks = [descent.now() for descent in self.trainings[0].descents]
        return {
            name: torch.stack(parts).cpu().numpy()
            for name, parts in zip(LAYERS, zip(*networks, strict=True), strict=True)
        }

    def chart_data(self) -> dict[str, np.ndarray]:
        """Return the data of the charts. Filters are those of the first seed."""
        filters, start = self.filters[:, 0], self.start[:, 0]
        pictures = {
            "filters": filters,
            "change": filters - start,
            "filter_cos": self.looks["filter_cosine"][:, 0],
            "filter_low": self.looks["low_frequency"][:, 0],
        }
        for name, fit in (("filter", self.fit), ("change", self.fit_of_added)):
            pictures |= {
                f"{name}_gabor": fit.r2,
                f"{name}_fit": fit.image,
                f"{name}_orientation": torch.rad2deg(fit.orientation),
                f"{name}_frequency": fit.frequency,
            }
        return {name: multi_network.spread(self.columns[name]) for name in COLUMNS} | {
            name: picture.to(torch.float32).numpy() for name, picture in pictures.items()
        }

    def verdict(self) -> str:
        """Return the current verdict."""
        classes = self.trainings[0].task.classes
        text = verdict(self.step, self.config.alphas, self.first, self.columns, classes, self.dead)
        return multi_network.with_seed_count(text, self.config.seeds)

    def _filters(self, of: Callable[[Training, int], Tensor]) -> Tensor:
        places = range(self.shape[0])
        return torch.stack(
            [torch.stack([of(training, place).cpu() for training in self.trainings]) for place in places]
        )


def draw(config: Filters, seed: int) -> Labelled:
    """Return the images of one seed.

    Raises:
        CannotRun: If they do not exist on this machine.
    """
    n, n_test, dtype = config.samples, config.test_samples, getattr(torch, config.dtype)
    if config.data == "gratings":
        task = gratings.draw(n, n_test, seed, dtype=dtype)
    elif config.data == "photographs":
        try:
            task = photographs.draw(n, n_test, seed, dtype=dtype)
        except (ModuleNotFoundError, FileNotFoundError) as missing:
            raise CannotRun(f"There are no photographs here: {missing}", {"data": "gratings"}) from missing
    else:
        task = _cifar(n, n_test, seed, dtype)
    return labelled.shuffled(task, seed) if config.shuffled else task


def initial(config: Filters, seed: int) -> list[Tensor]:
    """Return the weights (alphas, ...) of each layer at the start, the same draw for every alpha.

    Entries are normal with variance 2 / fan_in, for the readout 1 / fan_in. Each layer is scaled by tau^(1/4), and the
    first divided by alpha and the last multiplied by it, which gives the same function for every alpha.
    """
    generator, shapes = stream(seed, "filters start"), config.shapes
    alpha = np.array(config.alphas)
    found = []
    for layer, shape in enumerate(shapes):
        last = layer == len(shapes) - 1
        size = config.tau ** (1 / len(shapes)) * ((1 if last else 2) / np.prod(shape[1:])) ** 0.5
        W = size * generator.standard_normal(shape)
        balance = 1 / alpha if layer == 0 else alpha if last else np.ones_like(alpha)
        found.append(torch.from_numpy(np.multiply.outer(balance, W)).to(getattr(torch, config.dtype)))
    return found


def _cifar(n: int, n_test: int, seed: int, dtype: torch.dtype) -> Labelled:
    """Draw CIFAR-10 images. Messages contain no path, because visitors on the web read them."""
    path = os.environ.get(CIFAR_VARIABLE, "")
    if not path:
        raise CannotRun(
            f"There is no CIFAR-10 here: whoever runs this server sets the environment variable {CIFAR_VARIABLE} to "
            "the folder of its files, as docs/operate.md says. Photographs need no such files.",
            {"data": "photographs"},
        )
    try:
        return cifar.draw(path, n, n_test, seed, dtype=dtype)
    except (OSError, ValueError) as wrong:
        raise CannotRun(
            f"The files that {CIFAR_VARIABLE} names cannot be used as CIFAR-10; lazyrich.tasks.cifar.read says why. "
            "Photographs need no such files.",
            {"data": "photographs"},
        ) from wrong


def _repeatable(task: Labelled) -> AbstractContextManager[None]:
    """Ensure that equal settings give equal numbers on a graphics card, too."""
    return repeatable_convolutions if task.X.is_cuda else nullcontext()


def _diverged(config: Filters, step: int) -> Diverged:
    rate = max(two_digits_down(config.rate / 3), 0.05)
    message = (
        f"The networks of every α have diverged, or died at an output of 0, by step {step:,}: the rate multiplier was "
        f"{rounded(config.rate)}. A third of it, {rate:g}, is worth a try."
    )
    return Diverged(message, step, {"rate": rate})

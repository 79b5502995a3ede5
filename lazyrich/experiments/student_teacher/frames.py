"""The frames of a StudentTeacher: draws task and start, trains, and measures at every step of the schedule.

Kept apart from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich import geometry, kernels, metrics
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import verdict
from lazyrich.experiments.common.json_numbers import two_digits_down
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.experiments.student_teacher.learned_function import LearnedFunction
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.experiments.student_teacher.twin import TwinOfRun
from lazyrich.experiments.student_teacher.twin_remark import twin_remark
from lazyrich.experiments.student_teacher.user_arrays import check_dimensions, check_twin, own_start, own_task
from lazyrich.frame import CannotRun, Diverged, Frame, RunHeader
from lazyrich.moment import TIME_PER_STEP, moment
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import Task, draw
from lazyrich.theory import TooManySteps
from lazyrich.training import Descent, Flow
from lazyrich.training.gradient_flow.stiffness import Stiffness

ROUNDS = 2
"""Iterations a frame for the stiffest direction, which changes little from one to the next."""

EXPLODED = 1e6
"""A training loss this many times its first value does not come back: the run is called diverged."""


def frames(config: StudentTeacher, task: Any = None, start: Any = None) -> Iterator[Frame]:
    """Yield the frames of a run, see StudentTeacher.frames.

    The caller's own arrays are checked and copied at once, not when the first frame is asked for.
    """
    dtype = getattr(torch, config.dtype)
    data = None if task is None else own_task(task, dtype)
    weights = None if start is None else own_start(start, dtype)
    check_dimensions(config, data, weights)
    check_twin(config, data, weights)
    return _frames(config, data, weights)


@devices.guarded
def _frames(config: StudentTeacher, data: Task | None, weights: tuple[Tensor, Tensor] | None) -> Iterator[Frame]:
    drawn, start = draw(config, getattr(torch, config.dtype))
    problem, (W0, a0) = data or drawn, weights or start
    n, d = problem.X.shape
    device = devices.choose(config.device, 4.0 * n * d * W0.shape[0])
    problem, W0, a0 = problem.to(device), W0.to(device), a0.to(device)

    train = _training(config, problem, W0, a0)
    measure, tenth = Measure(config, problem, W0, a0), TimeToTenth()
    plane = Plane(problem)
    twin = TwinOfRun(config, problem, W0, a0, plane) if config.twin else None
    learned = LearnedFunction(problem, plane, config.leak, len(a0), twin)
    header: RunHeader | None = RunHeader(
        arrays=problem.arrays(),
        chart_data={
            **plane.header(problem, W0, a0),
            **(twin.header() if twin else {}),
            "function": learned.header(),
            TIME_PER_STEP: config.step_size,
        },
        environment=devices.environment(device, config.dtype),
    )
    calm = (W0, a0)
    so_far: list[Frame] = []
    schedule, to_the_end = config.schedule, config.until == "steps"
    for index, step in enumerate(schedule):
        W, a = train(step)
        numbers = measure(W, a)
        if has_exploded(numbers, measure.first_train):
            raise diverged(config, problem, step, calm)
        numbers["time_to_tenth"] = tenth(step * config.step_size, numbers["train_loss"])
        if twin:
            numbers |= twin.numbers(index, measure.test_outputs)
        if numbers["train_loss"] <= 2 * measure.first_train:
            calm = (W.clone(), a.clone())
        frame = Frame(
            step=step,
            time=step * config.step_size,
            metrics=numbers,
            arrays={"W": to_numpy(W), "a": to_numpy(a)},
            chart_data={
                "plane": plane.neurons(W, a),
                "sign": plane.signs(a),
                **(twin.arrays(index) if twin else {}),
                **learned.arrays(index, W, a),
            },
            verdict=measure.verdict(step, numbers),
            remark=twin_remark(step, numbers) if twin else "",
            header=header,
            # flow takes about as long for each frame, and nobody knows the last step of a run until it is flat
            done=None if to_the_end else index / (len(schedule) - 1),
        )
        yield frame
        header = None
        if not to_the_end:
            so_far.append(replace(frame, arrays={}, chart_data={}))
            if config.ending(so_far).settled:
                return


def _training(config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor) -> Callable[[int], tuple[Tensor, Tensor]]:
    """What brings the student to a step, never backwards, and gives its weights there: (W, a)."""
    rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
    if config.method == "descent":
        descent = Descent(problem.X, problem.y, W0, a0, config.step_size, leak=config.leak, **rates)

        def descend(step: int) -> tuple[Tensor, Tensor]:
            descent.advance(step - descent.steps)
            return descent.W, descent.a

        return descend

    flow = Flow(problem.X, problem.y, W0, a0, config.eta_a, config.eta_w, config.leak)

    def follow(step: int) -> tuple[Tensor, Tensor]:
        try:
            flow.to(step * config.step_size)
        except TooManySteps as error:
            raise no_further(config, step) from error
        return flow.W, flow.a

    return follow


class Measure:
    """The numbers of one frame, each against the start of its run."""

    def __init__(self, config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor):
        self.config, self.problem, self.W0, self.a0 = config, problem, W0.clone(), a0.clone()
        rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        self.rates = rates
        self.kernel_distance = kernels.KernelDistance(problem.X, W0, a0, leak=config.leak, **rates)
        self.stiffness = Stiffness(problem.X, config.leak)
        self.stiffest: Tensor | None = None
        self.test_outputs = problem.y_test
        """The student's outputs on the test inputs at the last frame, (n_test,)."""
        self.first_train = self._loss(self._outputs(problem.X, W0, a0), problem.y)
        # the loss of an output of 0: the scale on which a loss is large or small, however large the start was
        self.nothing = float(problem.y.square().mean())
        self.nothing_test = float(problem.y_test.square().mean()) if len(problem.y_test) else 0.0

    def __call__(self, W: Tensor, a: Tensor) -> dict[str, float]:
        """All metrics of a frame, the columns of `Result.curves` after step and time (theory.md, section 8)."""
        problem = self.problem
        conserved = geometry.conserved_quantity(a, W, **self.rates)
        self.test_outputs = self._outputs(problem.X_test, W, a)
        numbers = {
            "train_loss": self._loss(self._outputs(problem.X, W, a), problem.y),
            "test_loss": self._loss(self.test_outputs, problem.y_test),
            "kernel_distance": self.kernel_distance(W, a),
            "activation_flips": float(metrics.activation_flips(problem.X, self.W0, W)),
            "teacher_alignment": self._alignment(W, a),
            "parameter_distance": float(metrics.parameter_distance((self.W0, self.a0), (W, a))),
            "conserved_mean": float(conserved.mean()),
            "conserved_low": float(conserved.min()),
            "conserved_high": float(conserved.max()),
            "conserved_drift": float(metrics.conserved_drift((self.W0, self.a0), (W, a), **self.rates)),
            "effective_delta": float(conserved.mean()) / (self.config.eta_a * self.config.eta_w) ** 0.5,
        }
        if self.config.method == "descent":
            numbers["step_share"] = self._step_share(W, a)
        return numbers

    def verdict(self, step: int, numbers: dict[str, float]) -> str:
        """The verdict at one frame."""
        if step == 0:
            return "At the start"
        return ": ".join(parts_of_verdict(numbers, self.first_train, self.nothing, self.nothing_test))

    def _step_share(self, W: Tensor, a: Tensor) -> float:
        """A step of descent over the largest stable one, h λ_max((2/n) K) / 2 (theory.md, section 7).

        From below, and near: what was stiffest at the last frame is where the next one begins to look.
        """
        # sizes that have at unit rates the kernel that W and a have at theirs
        sizes = W * self.config.eta_a**0.5, a * self.config.eta_w**0.5
        with torch.inference_mode():
            v, rounds = (self.stiffness.guess, None) if self.stiffest is None else (self.stiffest, ROUNDS)
            largest, self.stiffest, _ = self.stiffness.measure(*sizes, v, rounds)
        return self.config.step_size * largest / len(self.problem.X)

    def _outputs(self, X: Tensor, W: Tensor, a: Tensor) -> Tensor:
        found: Tensor = two_layer(X, W, a, self.config.leak)
        return found

    @staticmethod
    def _loss(outputs: Tensor, y: Tensor) -> float:
        return float(torch.mean((outputs - y) ** 2)) if len(y) else float("nan")

    def _alignment(self, W: Tensor, a: Tensor) -> float:
        if not len(self.problem.teacher_a):
            return float("nan")
        return float(metrics.teacher_alignment(W, a, self.problem.teacher_W, self.problem.teacher_a))


def parts_of_verdict(
    numbers: Mapping[str, float], first_train: float, nothing: float, nothing_test: float
) -> tuple[str, str]:
    """Where the student stands between lazy and rich, and what it fits.

    Args:
        numbers: The metrics of a frame.
        first_train: Training loss at the start.
        nothing: Training loss of an output of 0.
        nothing_test: Its test loss; 0 without test inputs.
    """
    train = numbers["train_loss"] / nothing if nothing > 0 else 0.0
    test = numbers["test_loss"] / nothing_test if nothing_test > 0 else None
    rising = numbers["train_loss"] > 1.1 * first_train
    return verdict.regime(numbers["kernel_distance"]), verdict.fit(train, test, rising)


def to_numpy(tensor: Tensor) -> np.ndarray:
    """A copy on the host that later training steps do not touch."""
    return tensor.detach().to("cpu", copy=True).numpy()


def has_exploded(numbers: Mapping[str, float], first_train: float) -> bool:
    """Whether a run is not worth going on with.

    A number that must stay finite is not, or the training loss is far above its first value.
    """
    vital = ("train_loss", "kernel_distance", "parameter_distance", "conserved_drift")
    return not all(np.isfinite(numbers[name]) for name in vital) or numbers["train_loss"] > EXPLODED * first_train


def no_further(config: StudentTeacher, step: int) -> CannotRun:
    """What to say and to offer where gradient flow needs more gradients than a run may spend."""
    return CannotRun(
        f"Gradient flow came no further before {moment(step, step * config.step_size)}: every step of the "
        "integration is short there, as where activations flip to and fro. Descent takes its own steps "
        "whatever happens; the frames before it are kept.",
        {"method": "descent"},
    )


def diverged(config: StudentTeacher, problem: Task, step: int, calm: tuple[Tensor, Tensor]) -> Diverged:
    """What to say and to offer: the rate 2 / lambda_max at the last calm frame (theory.md, section 7)."""
    try:
        largest = kernels.largest_stable_rate(
            problem.X, *calm, eta_a=config.eta_a, eta_w=config.eta_w, leak=config.leak
        )  # fmt: skip
        base = two_digits_down(largest * config.tau**2)
    except ValueError:
        base = 0.0  # finite weights, whose kernel is not
    stable = f"the largest stable one here is about {base:g} (2/λ_max of the kernel)"
    if not 0 < base < config.learning_rate:
        base = two_digits_down(config.learning_rate / 3)
        stable = f"the kernel grew before it could be measured; a third of it, {base:g}, is worth a try"
    message = (
        f"Diverged at {moment(step, step * config.step_size)}: the base learning rate was {config.learning_rate:.2g}, "
        f"and {stable}. The frames before it are kept."
    )
    return Diverged(message, step, {"learning_rate": base})

"""Frames of a StudentTeacher: draw task and start, train, and measure at every step of the schedule.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich import kernels
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import two_digits_down
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.student_teacher.chunks import MAX_FRAMES, chunks
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.experiments.student_teacher.kernel_reading import KernelReading
from lazyrich.experiments.student_teacher.learned_function import LearnedFunction
from lazyrich.experiments.student_teacher.measure import Measure, has_diverged
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.experiments.student_teacher.twin import TwinOfRun
from lazyrich.experiments.student_teacher.twin_remark import twin_remark
from lazyrich.experiments.student_teacher.user_arrays import check_dimensions, check_twin, own_start, own_task
from lazyrich.frame import CannotRun, Diverged, Frame, PreviewTruncated, RunHeader
from lazyrich.moment import TIME_PER_STEP, moment, rounded
from lazyrich.tasks.student_teacher import Task, draw
from lazyrich.training import Descent, Flow
from lazyrich.training.small_network import is_small


def frames(
    config: StudentTeacher,
    task: Any = None,
    start: Any = None,
    only: Collection[int] | None = None,
    most_gradients: int | None = None,
) -> Iterator[Frame]:
    """Yield the frames of a run, see StudentTeacher.frames.

    The caller's own arrays are checked and copied immediately, not when the first frame is requested.

    Args:
        config: The settings.
        task: The caller's own data, if any.
        start: The caller's own start, if any.
        only: Steps of the schedule for which frames are wanted, all if None; see StudentTeacher.frames_at.
        most_gradients: Largest number of gradients of gradient flow; None for its default.
    """
    dtype = getattr(torch, config.dtype)
    data = None if task is None else own_task(task, dtype)
    weights = None if start is None else own_start(start, dtype)
    check_dimensions(config, data, weights)
    check_twin(config, data, weights)
    return _frames(config, data, weights, only, most_gradients)


@devices.guarded
def _frames(
    config: StudentTeacher,
    data: Task | None,
    weights: tuple[Tensor, Tensor] | None,
    only: Collection[int] | None,
    most_gradients: int | None,
) -> Iterator[Frame]:
    drawn, start = draw(config, getattr(torch, config.dtype))
    problem, (W0, a0) = data or drawn, weights or start
    n, d = problem.X.shape
    device = devices.choose(config.device, 4.0 * n * d * W0.shape[0])
    problem, W0, a0 = problem.to(device), W0.to(device), a0.to(device)

    small = is_small(1, len(W0), n, d, device)
    train = _training(config, problem, W0, a0, most_gradients)
    measure, tenth = Measure(config, problem, W0, a0, small), TimeToTenth()
    plane = Plane(problem)
    twin = TwinOfRun(config, problem, W0, a0, plane) if config.twin else None
    learned = LearnedFunction(problem, plane, config.leak, len(a0), twin)
    reading = KernelReading(config, problem, W0, a0) if config.read_kernel else None
    header: RunHeader | None = RunHeader(
        arrays=problem.arrays(),
        chart_data={
            **plane.header(problem, W0, a0),
            **(twin.header() if twin else {}),
            "function": learned.header(),
            **(reading.header() if reading else {}),
            TIME_PER_STEP: config.step_size,
        },
        environment=devices.environment(device, config.dtype),
    )
    last_stable = (W0, a0)
    so_far: list[Frame] = []
    schedule, to_the_end = config.schedule, config.until == "steps"
    # if the numbers of a frame depend on those of the previous frame, all are measured
    each = only is None or config.method == "descent" or not to_the_end
    wanted = frozenset(schedule if only is None else only)
    reached = 0
    # frames are only shown once the last one is done, and larger chunks need fewer calls
    most = MAX_FRAMES if small else 1
    parts = chunks(schedule, len(W0) * n * d, config.method == "descent", most) if each else [schedule]
    for steps in parts:
        W, a = train(steps)
        there = steps[: len(W)]
        tenths = [
            tenth(step * config.step_size, loss) for step, loss in zip(there, measure.train_losses(W, a), strict=True)
        ]
        places = [place for place, step in enumerate(there) if each or step in wanted]
        if len(places) < len(there):
            W, a = W[places], a[places]
        neurons, signs = plane.neurons(W, a), plane.signs(a)
        first_layers, readouts = to_numpy(W), to_numpy(a)
        for k, numbers in enumerate(measure(W, a) if places else ()):
            step, index = steps[places[k]], reached + places[k]
            if has_diverged(numbers, measure.first_train):
                raise diverged(config, problem, step, last_stable)
            numbers["time_to_tenth"] = tenths[places[k]]
            if twin:
                numbers |= twin.numbers(index, measure.test_outputs[k])
            if reading:
                numbers |= reading.numbers(W[k], a[k])
            if numbers["train_loss"] <= 2 * measure.first_train:
                last_stable = (W[k], a[k])
            frame = Frame(
                step=step,
                time=step * config.step_size,
                metrics=numbers,
                arrays={"W": first_layers[k], "a": readouts[k]},
                chart_data={
                    "plane": neurons[k],
                    "sign": signs[k],
                    **(twin.arrays(index) if twin else {}),
                    **learned.arrays(index, W[k], a[k]),
                    **(reading.arrays() if reading else {}),
                },
                verdict=measure.verdict(step, numbers),
                remark=twin_remark(step, numbers) if twin else "",
                header=header,
                # flow needs about the same time for each frame, and the last step of a run until it is flat is unknown
                done=None if to_the_end else index / (len(schedule) - 1),
            )
            if not to_the_end:
                so_far.append(replace(frame, arrays={}, chart_data={}))
            settled = not to_the_end and config.ending(so_far).settled
            if step in wanted or settled:
                yield frame
                header = None
            if settled:
                return
        reached += len(there)
        if len(there) < len(steps):
            if most_gradients is not None:
                raise PreviewTruncated
            raise gradient_limit_error(config, steps[len(there)])


def _training(
    config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor, most_gradients: int | None
) -> Callable[[list[int]], tuple[Tensor, Tensor]]:
    """Return a function that trains up to some steps, never backwards, and returns W (k, m, d), a (k, m) there.

    It returns fewer weights than steps if training cannot proceed.
    """
    rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
    if config.method == "descent":
        descent = Descent(problem.X, problem.y, W0, a0, config.step_size, leak=config.leak, **rates)

        def descend(steps: list[int]) -> tuple[Tensor, Tensor]:
            found = []
            for step in steps:
                descent.advance(step - descent.steps)
                found.append((descent.W, descent.a))
            W, a = zip(*found, strict=True)
            return torch.stack(W), torch.stack(a)

        return descend

    flow = Flow(problem.X, problem.y, W0, a0, leak=config.leak, most_gradients=most_gradients, **rates)

    def follow(steps: list[int]) -> tuple[Tensor, Tensor]:
        found = flow.record([step * config.step_size for step in steps], skip_stuck=True)
        # the loss is nan for moments that the student did not reach
        there = int(torch.isfinite(found.loss).sum()) if flow.stuck else len(steps)
        return found.W[:there], found.a[:there]

    return follow


def to_numpy(tensor: Tensor) -> np.ndarray:
    """Return a copy on the host that later training steps do not change."""
    return tensor.detach().to("cpu", copy=True).numpy()


def gradient_limit_error(config: StudentTeacher, step: int) -> CannotRun:
    """Return the error, with its remedy, for gradient flow that exceeds its largest number of gradients."""
    return CannotRun(
        f"Gradient flow came no further before {moment(step, step * config.step_size)}: every step of the "
        "integration is short there, as where activations flip to and fro. Descent takes its own steps "
        "whatever happens; the frames before it are kept.",
        {"method": "descent"},
    )


def diverged(config: StudentTeacher, problem: Task, step: int, last_stable: tuple[Tensor, Tensor]) -> Diverged:
    """Return the error; it suggests the rate 2 / lambda_max at the last stable frame (theory.md, section 7)."""
    try:
        largest = kernels.largest_stable_rate(
            problem.X, *last_stable, eta_a=config.eta_a, eta_w=config.eta_w, leak=config.leak
        )  # fmt: skip
        base = two_digits_down(largest * config.tau**2)
    except ValueError:
        base = 0.0  # finite weights with a kernel that is not finite
    stable = f"the largest stable one here is about {base:g} (2/λ_max of the kernel)"
    if not 0 < base < config.learning_rate:
        base = two_digits_down(config.learning_rate / 3)
        stable = f"the kernel grew before it could be measured; a third of it, {base:g}, is worth a try"
    message = (
        f"Diverged at {moment(step, step * config.step_size)}: the base learning rate was "
        f"{rounded(config.learning_rate)}, and {stable}. The frames before it are kept."
    )
    return Diverged(message, step, {"learning_rate": base})

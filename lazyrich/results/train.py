"""Train in this process: an iterator of frames, or the whole run at once.

    result = train(StudentTeacher(tau=0.1, delta=1.0))
    for frame in stream(StudentTeacher(tau=2.0)):
        print(frame.step, frame.verdict)

Both compute on one thread and restore the number of threads between frames. The networks here are small: with two
threads on a busy machine they are up to 50 times slower, and on one thread the same config gives bitwise the same
frames on every run. To use more cores, train several configs in several processes.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from lazyrich.config.schema import Config
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import CannotRun, Frame
from lazyrich.own_data import OwnData, OwnStudent
from lazyrich.results.result import Result, Status


class IncompleteRunWarning(RuntimeWarning):
    """Warning that a run ended before its last step; its Result has status "failed" and the frames before that."""


def stream(config: Config, task: Any = None, start: Any = None) -> Iterator[Frame]:
    """Yield the frames of a run, each as soon as it is computed.

    Args:
        config: Settings of an experiment, such as `StudentTeacher(tau=0.1)`.
        task: Data in place of the drawn ones: (X (n, d), y (n,)), (X, y, X_test, y_test) or a mapping with these names,
            numpy or torch; or the result of `own_data.read`, whose sizes then replace those of the settings.
        start: Initial weights (W (m, d), a (m,)) in place of the drawn ones.

    Raises:
        TypeError: If `config` is no config of an experiment, or the experiment takes no task or start.
        ValueError: If the task or the start does not fit.
        CannotRun: If the run cannot go on, for example `Diverged`.
    """
    if not isinstance(config, Config):
        given = f"the class {config.__name__}" if isinstance(config, type) else f"a {type(config).__name__}"
        raise TypeError(f"config must be an experiment's settings, such as StudentTeacher(tau=0.1), got {given}.")
    config, task = _with_data(config, task)
    own = {name: value for name, value in (("task", task), ("start", start)) if value is not None}
    if refused := [name for name in own if name not in inspect.signature(config.frames).parameters]:
        raise TypeError(f"{config.name} takes no {' or '.join(refused)} of your own.")
    return _on_one_thread(config.frames(**own))


def train(config: Config, task: Any = None, start: Any = None) -> Result:
    """Train to the end and return the whole run.

    Args:
        config: Settings of an experiment, such as `StudentTeacher(tau=0.1)`.
        task: Data in place of the drawn ones, as in `stream`.
        start: Initial weights in place of the drawn ones, as in `stream`.

    Returns:
        The run. If it ends early after its first frame (it diverged, say), its status is "failed" and its message the
        reason.

    Raises:
        TypeError: As in `stream`.
        ValueError: As in `stream`.
        CannotRun: If the run ends before its first frame.

    Warns:
        IncompleteRunWarning: With the message of a run that ends early.
    """
    frames: list[Frame] = []
    config, task = _with_data(config, task)
    status, message = gather(frames, stream(config, task, start))
    if status == "failed":
        warnings.warn(message, IncompleteRunWarning, stacklevel=2)
    own = [name for name, value in (("task", task), ("start", start)) if value is not None]
    return Result(config, frames, status, message, own=own)


def gather(into: list[Frame], frames: Iterable[Frame]) -> tuple[Status, str]:
    """Append all frames to `into` and return the status, "finished" or "failed", with its sentence.

    If a run yields no frame at all, its error is raised.
    """
    try:
        into.extend(frames)
    except CannotRun as error:
        if not into:
            raise
        return "failed", str(error)
    return "finished", ""


def _with_data(config: Config, task: Any) -> tuple[Config, Any]:
    """Put data of `own_data.read` into the config, whose sizes are then theirs; return any other task separately."""
    if isinstance(config, StudentTeacher) and isinstance(task, OwnData):
        return OwnStudent.of(config, task), None
    return config, task


def _on_one_thread(frames: Iterator[Frame]) -> Iterator[Frame]:
    from lazyrich.training.surroundings import fresh_modes
    from lazyrich.training.threads import one_thread

    while True:
        with one_thread(), fresh_modes():
            frame = next(frames, None)
        if frame is None:
            return
        yield frame

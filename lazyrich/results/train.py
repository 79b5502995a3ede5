"""Train here, in this process: an iterator of frames, or the whole run at once.

    result = train(StudentTeacher(tau=0.1, delta=1.0))
    for frame in stream(StudentTeacher(tau=2.0)):
        print(frame.step, frame.verdict)

Both compute on one thread and give the other threads back between frames. The networks here are small: with two threads
on a busy machine they are up to 50 times slower, and on one thread the same config gives bitwise the same frames on
every run. Use more cores by training several configs in several processes.
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
    """A run ended before its last step; its Result has status "failed" and keeps the frames before that."""


def stream(config: Config, task: Any = None, start: Any = None) -> Iterator[Frame]:
    """The frames of a run, each as soon as it is computed.

    task: your own data instead of the drawn ones: (X (n, d), y (n,)), (X, y, X_test, y_test) or a mapping with these
    names, numpy or torch; or what `own_data.read` gives, whose sizes then stand in place of those of the settings.
    start: your own initial weights (W (m, d), a (m,)).
    Raises TypeError if `config` is no config of an experiment or the experiment takes no task or start of yours,
    ValueError if these do not fit, Diverged or another CannotRun where the run cannot go on.
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
    """Train to the end and return the whole run. Arguments and errors are those of `stream`, with one exception.

    A run that ends early after its first frame (it diverged, say) is returned with status "failed" and the reason as
    its message, and an IncompleteRunWarning says the same sentence.
    """
    frames: list[Frame] = []
    config, task = _with_data(config, task)
    status, message = gather(frames, stream(config, task, start))
    if status == "failed":
        warnings.warn(message, IncompleteRunWarning, stacklevel=2)
    own = [name for name, value in (("task", task), ("start", start)) if value is not None]
    return Result(config, frames, status, message, own=own)


def gather(into: list[Frame], frames: Iterable[Frame]) -> tuple[Status, str]:
    """Append all frames to `into`; returns the status "finished" or "failed" and the sentence that goes with it.

    A run that yields no frame at all has nothing to keep: its error is raised.
    """
    try:
        into.extend(frames)
    except CannotRun as error:
        if not into:
            raise
        return "failed", str(error)
    return "finished", ""


def _with_data(config: Config, task: Any) -> tuple[Config, Any]:
    """Data of `own_data.read` go into the config, which then tells their sizes; any other task stays beside it."""
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

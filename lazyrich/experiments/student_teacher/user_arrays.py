"""Check a user's own data and start, which replace the drawn ones: `train(config, task=(X, y), start=(W, a))`.

All arrays are copied, so that changing them afterwards changes no run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import copies
from lazyrich.config.twin_size import twin_too_large
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.tasks.student_teacher import Task

NAMES = ("X", "y", "X_test", "y_test")


def own_task(given: Any, dtype: torch.dtype) -> Task:
    """Return a Task without a teacher from a user's data.

    Args:
        given: (X (n, d), y (n,)), (X, y, X_test, y_test) or a mapping with these names.
        dtype: Precision of its tensors.

    Returns:
        The task.

    Raises:
        ValueError: If arrays cannot be read (lazyrich.arrays), shapes do not fit or numbers are not finite; the message
            is a sentence for the user.
    """
    if isinstance(given, Mapping):
        parts = [given[name] for name in NAMES if name in given]
        parts = parts if list(NAMES[: len(parts)]) == [name for name in NAMES if name in given] else []
    else:
        parts = list(given) if isinstance(given, Sequence) and not isinstance(given, str | bytes) else []
    if len(parts) not in (2, 4):
        raise ValueError(
            "task must be (X, y), (X, y, X_test, y_test) or a mapping with these names, "
            f"got {_what(given)}: give inputs (n, d) and outputs (n,)."
        )
    X, y = _matrix("X", parts[0], dtype), _vector("y", parts[1], dtype)
    X_test, y_test = (
        (_matrix("X_test", parts[2], dtype), _vector("y_test", parts[3], dtype)) if parts[2:] else (X[:0], y[:0])
    )
    for name, inputs, outputs in (("y", X, y), ("y_test", X_test, y_test)):
        if len(inputs) != len(outputs):
            raise ValueError(f"{name} must have one number for each of the {len(inputs)} inputs, got {len(outputs)}.")
    if X_test.shape[1] != X.shape[1]:
        raise ValueError(f"X_test must have {X.shape[1]} columns like X, got {X_test.shape[1]}.")
    return Task(X, y, X_test, y_test, teacher_W=X.new_zeros(0, X.shape[1]), teacher_a=X.new_zeros(0))


def own_start(given: Any, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return (W (m, d), a (m,)) from a user's pair.

    Raises:
        ValueError: If they do not fit; the message is a sentence for the user.
    """
    if not isinstance(given, Sequence) or isinstance(given, str | bytes) or len(given) != 2:
        raise ValueError(
            "start must be a pair (W, a) with W of shape (width, dimension) and a of shape (width,), "
            f"got {_what(given)}."
        )
    W, a = _matrix("W", given[0], dtype), _vector("a", given[1], dtype)
    if len(W) != len(a):
        raise ValueError(f"a must have one number for each of the {len(W)} rows of W, got {len(a)}.")
    return W, a


def check_dimensions(config: StudentTeacher, task: Task | None, start: tuple[Tensor, Tensor] | None) -> None:
    """Check that the start fits the dimension of the task's inputs.

    Args:
        config: The settings.
        task: The caller's own data; None if they are drawn with the settings.
        start: The caller's own start; None if it is drawn with the settings.

    Raises:
        ValueError: If it does not; the message states what is allowed and what to do.
    """
    inputs = config.dimension if task is None else task.X.shape[1]
    width, d = (config.width, config.dimension) if start is None else start[0].shape
    if d == inputs:
        return
    bounds = config.parameters()["dimension"]
    if start is None:
        allowed = bounds.low <= inputs <= bounds.high
        todo = f"set dimension={inputs}" if allowed else _other_inputs(inputs, bounds.low, bounds.high)
        raise ValueError(f"task has inputs of dimension {inputs}, the settings have {d}: {todo}.")
    todo = f", or set dimension={d}" if task is None and bounds.low <= d <= bounds.high else ""
    raise ValueError(
        f"start must have W of shape (width, {inputs}) for inputs of dimension {inputs}, got ({width}, {d}): "
        f"give each neuron {inputs} {'weight' if inputs == 1 else 'weights'}{todo}."
    )


def check_twin(config: StudentTeacher, task: Task | None, start: tuple[Tensor, Tensor] | None) -> None:
    """Raise ValueError if a lazy twin is requested and the caller's own arrays are too large for one."""
    samples = config.samples if task is None else len(task.X)
    width, d = (config.width, config.dimension) if start is None else start[0].shape
    if config.twin and (too_large := twin_too_large(samples, width, d)):
        raise ValueError(f"twin {too_large}, or set twin=False.")


def _other_inputs(inputs: int, low: int, high: int) -> str:
    """Return the advice for inputs of a dimension that the settings cannot have."""
    if inputs > high:
        return f"{low} to {high} are allowed, so leave columns out"
    missing = low - inputs
    columns = "a column" if missing == 1 else f"{missing} columns"
    return (
        f"{low} to {high} are allowed, so add {columns} to X and X_test, such as a constant 1, which serves as a bias: "
        "numpy.column_stack([X, numpy.ones(len(X))])"
    )


def _matrix(name: str, given: Any, dtype: torch.dtype) -> Tensor:
    return _checked(name, given, 2, dtype)


def _vector(name: str, given: Any, dtype: torch.dtype) -> Tensor:
    return _checked(name, given, 1, dtype)


def _checked(name: str, given: Any, dimensions: int, dtype: torch.dtype) -> Tensor:
    (read,), _ = copies(**{name: given})
    tensor = read.to("cpu", dtype)
    if tensor.ndim != dimensions or not tensor.numel():
        flat = tensor.numel() and tensor.ndim == 2 and dimensions == 1 and tensor.shape[1] == 1
        todo = f": give {name}[:, 0], without its second axis" if flat else ""
        raise ValueError(
            f"{name} must be an array of {dimensions} {'dimension' if dimensions == 1 else 'dimensions'}, not empty, "
            f"got shape {tuple(tensor.shape)}{todo}."
        )
    if not torch.isfinite(tensor).all():
        if torch.isfinite(read).all():
            most = torch.finfo(dtype).max
            raise ValueError(
                f"{name} must hold numbers below {most:.1e}, the largest of {str(dtype).removeprefix('torch.')}, "
                "got larger ones: divide them by a number, or set dtype='float64'."
            )
        todo = "give a start without them" if name in ("W", "a") else "leave those samples out"
        raise ValueError(f"{name} must hold finite numbers only, got some that are not: {todo}.")
    return tensor


def _what(given: Any) -> str:
    if isinstance(given, Mapping):
        return f"a mapping with the names {', '.join(map(str, given)) or 'none'}"
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return f"{len(given)} of them"
    return f"a {type(given).__name__}"

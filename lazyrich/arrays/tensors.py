"""Arrays as torch tensors of one dtype on one device, and the way back: they go out as they came in, numpy or torch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lazyrich.arrays.plain_numbers import is_tensor, plain_numbers
from lazyrich.arrays.plain_tensor import checked_tensor

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["check_broadcast", "copies", "differentiable", "tensors"]

Back = Callable[["Tensor"], Any]


def tensors(**given: Any) -> tuple[list[Tensor], Back]:
    """Read arrays as torch tensors of one dtype on one device, without a history for autograd.

    Args:
        given: Arrays by the names of the caller's arguments: numbers, nested lists, arrays of numpy, torch or pandas;
            see `plain_numbers`. Memory is shared where nothing had to change.

    Returns:
        The tensors, and the way back for results. Their dtype is float64 if one of the arrays has it, float32 if all
        arrays of 32 or more bits have that, and float64 when there is none of either. Whole numbers, booleans, half
        precision (float16, bfloat16, float8) and Python's own numbers take the dtype of the arrays beside them: half
        precision has too few digits to sum in. The device is that of the first torch tensor. The way back makes a numpy
        array, or a numpy number of a result without axes, when no torch tensor was given.

    Raises:
        ValueError: For what cannot be read, in one sentence that names the argument.
    """
    if _are_ready(given):
        return list(given.values()), _as_it_is
    made, back = differentiable(**given)
    return [tensor.detach() if tensor.requires_grad else tensor for tensor in made], back


def _are_ready(given: dict[str, Any]) -> bool:
    """Return whether all are plain dense tensors of one dtype on one device without a history.

    Tensors in training are, and this check takes a microsecond.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    first: Any = None
    for value in given.values():
        if (
            type(value) is not torch.Tensor
            or value.requires_grad
            or value.layout is not torch.strided
            or value.is_neg()
        ):
            return False
        if first is None:
            first = value
            if value.dtype not in (torch.float64, torch.float32) or value.device.type == "meta":
                return False
        if value.dtype is not first.dtype or value.device != first.device or value.is_nested:
            return False
    return first is not None


def copies(**given: Any) -> tuple[list[Tensor], Back]:
    """Read arrays like `tensors`, into memory of their own: for what is kept after the call.

    Raises:
        ValueError: As `tensors`.
    """
    import torch

    made, back = tensors(**given)
    return [tensor.clone(memory_format=torch.contiguous_format) for tensor in made], back


def differentiable(**given: Any) -> tuple[list[Tensor], Back]:
    """Read arrays like `tensors`, but leave torch tensors their history, so that results can be differentiated.

    Raises:
        ValueError: As `tensors`.
    """
    import torch

    made: list[Tensor] = []
    first: Tensor | None = None
    wide = narrow = False
    for name, value in given.items():
        weak = type(value) in (float, int, bool)
        if is_tensor(value):
            tensor = checked_tensor(name, value)
            if first is None:
                first = tensor
        else:
            tensor = _from_numpy(plain_numbers(name, value))
        if not weak:
            wide, narrow = wide or tensor.dtype == torch.float64, narrow or tensor.dtype == torch.float32
        made.append(tensor)
    dtype = torch.float32 if narrow and not wide else torch.float64
    device = torch.device("cpu") if first is None else first.device
    made = [t if t.dtype == dtype and t.device == device else t.to(device, dtype) for t in made]
    return made, (_to_numpy if first is None else _as_it_is)


def check_broadcast(**given: Any) -> None:
    """Raises ValueError unless the shapes of arrays fit together, by numpy's rules of broadcasting."""
    shapes = [tuple(np.shape(array)) for array in given.values()]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError as error:
        named = ", ".join(f"{name} {shape}" for name, shape in zip(given, shapes, strict=True))
        raise ValueError(
            f"{' and '.join(given)} must have shapes that fit together, axis by axis from the last, got {named}."
        ) from error


def _from_numpy(array: np.ndarray) -> Tensor:
    import torch

    # torch refuses negative strides, and warns of memory that it must not write to
    usable = array.flags.writeable and all(stride >= 0 and stride % array.itemsize == 0 for stride in array.strides)
    return torch.from_numpy(array if usable else array.copy())


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _to_numpy(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy()[()]

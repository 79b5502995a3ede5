"""Conversion of arrays to torch tensors of one dtype on one device, and of results back to numpy or torch as given."""

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
    """Read arrays as torch tensors of one dtype on one device, without autograd history.

    Args:
        given: Arrays by the names of the caller's arguments: numbers, nested lists, arrays of numpy, torch or pandas;
            see `plain_numbers`. Memory is shared if nothing has to be converted.

    Returns:
        The tensors, and a function that converts results back. Their dtype is float64 if one of the arrays has it,
        float32 if all arrays of 32 or more bits have that, and float64 if there is none of either. Whole numbers,
        booleans, half precision (float16, bfloat16, float8) and Python's own numbers take the dtype of the other
        arrays: half precision has too few digits to sum in. The device is that of the first torch tensor. If no torch
        tensor was given, results are converted to a numpy array, or to a numpy number if they have no axes.

    Raises:
        ValueError: For what cannot be read, in one sentence that names the argument.
    """
    if _are_ready(given):
        return list(given.values()), _as_it_is
    made, back = differentiable(**given)
    return [tensor.detach() if tensor.requires_grad else tensor for tensor in made], back


def _are_ready(given: dict[str, Any]) -> bool:
    """Return whether all are plain dense tensors of one dtype on one device without autograd history.

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
    """Read arrays like `tensors`, but into new memory, for callers that keep them after the call.

    Raises:
        ValueError: As `tensors`.
    """
    import torch

    made, back = tensors(**given)
    return [tensor.clone(memory_format=torch.contiguous_format) for tensor in made], back


def differentiable(**given: Any) -> tuple[list[Tensor], Back]:
    """Read arrays like `tensors`, but keep the autograd history of torch tensors, to differentiate results.

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
    """Raise ValueError unless the shapes of arrays fit together, by numpy's rules of broadcasting."""
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

    # torch refuses negative strides, and warns about read-only memory
    usable = array.flags.writeable and all(stride >= 0 and stride % array.itemsize == 0 for stride in array.strides)
    return torch.from_numpy(array if usable else array.copy())


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _to_numpy(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy()[()]

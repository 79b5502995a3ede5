"""Arrays go out as they came in: numpy arrays are computed with as torch tensors and go back as numpy arrays.

(X, W), back = tensors(X, W)
return back(X @ W.T)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["tensors"]


def tensors(*given: Any) -> tuple[list[Tensor], Callable[[Tensor], Any]]:
    """The given arrays as torch tensors of one floating dtype on one device, and the way back for results.

    given: numpy arrays, nested lists or torch tensors of any shapes. The dtype is the widest floating one among them
    (float64 when there is none), the device that of the first torch tensor. Memory is shared where nothing had to
    change. The way back makes a numpy array, or a numpy number of a result without axes, when no torch tensor was
    given.
    """
    was_torch = [value for value in given if isinstance(value, Tensor)]
    made = [value if isinstance(value, Tensor) else _from_numpy(np.asarray(value)) for value in given]
    floating = [tensor.dtype for tensor in made if tensor.is_floating_point()]
    dtype = torch.float64 if not floating else floating[0]
    for other in floating[1:]:
        dtype = torch.promote_types(dtype, other)
    device = was_torch[0].device if was_torch else torch.device("cpu")
    return [tensor.to(device, dtype) for tensor in made], (_as_it_is if was_torch else _to_numpy)


def _from_numpy(array: np.ndarray) -> Tensor:
    # torch refuses negative strides, and warns of memory that it must not write to
    usable = array.flags.writeable and all(stride >= 0 for stride in array.strides)
    return torch.from_numpy(array if usable else array.copy())


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _to_numpy(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy()[()]

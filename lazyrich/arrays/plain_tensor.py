"""Conversion of a tensor of any kind to a plain one of real numbers, or one sentence on why it cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.arrays.wording import REAL

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["checked_tensor"]


def checked_tensor(name: str, given: Tensor) -> Tensor:
    """Return a tensor as a plain one of real numbers, with its autograd history, sharing its memory.

    Raises:
        ValueError: For complex, sparse, nested, quantised and masked tensors, those without numbers (device meta), and
            subclasses that are no plain tensors underneath.
    """
    import torch

    if type(given) is not torch.Tensor:
        given = _without_subclass(name, given)
    if given.layout is not torch.strided or given.is_nested:
        if given.is_nested:
            raise ValueError(f"{name} must have rows of one length, got a nested tensor: pad or cut its rows.")
        layout = str(given.layout).removeprefix("torch.")
        raise ValueError(f"{name} must be a dense tensor, got one of layout {layout}: give {name}.to_dense().")
    if given.device.type == "meta":
        raise ValueError(f"{name} must hold numbers, got a tensor on the device meta, which has none: make it anew.")
    dtype = given.dtype
    if dtype == torch.float64 or dtype == torch.float32:
        if given.is_inference() and not torch.is_inference_mode_enabled():
            given = given.clone()
        return given.resolve_neg()
    if dtype.is_complex:
        raise ValueError(f"{name} must be an array of real numbers, got complex numbers ({dtype}): {REAL}.")
    if given.is_quantized:
        raise ValueError(f"{name} must be an array of real numbers, got a quantised one: give {name}.dequantize().")
    try:
        torch.empty(1, dtype=dtype, device="cpu").to(torch.float64)
    except RuntimeError as error:
        raise ValueError(
            f"{name} must be an array of real numbers, got a tensor of {dtype}: give {name}.to(torch.float64)."
        ) from error
    return given


def _without_subclass(name: str, given: Tensor) -> Tensor:
    """Return a tensor of a subclass as a plain tensor. Refuse subclasses that override torch's functions."""
    import torch
    from torch.nn.parameter import is_lazy

    if is_lazy(given):
        raise ValueError(f"{name} must hold numbers, got a parameter that has none yet: call its module once first.")
    kind = type(given)
    if kind.__torch_dispatch__ is not torch.Tensor.__torch_dispatch__:
        what = "masked values cannot be computed with" if kind.__name__ == "MaskedTensor" else "it may hold more"
        raise ValueError(f"{name} must be a plain tensor, got a {kind.__name__}: {what}, give the numbers alone.")
    return given.as_subclass(torch.Tensor)

"""Which device a run is computed on, and what it was computed with."""

from __future__ import annotations

import platform
from typing import Literal

import torch

from lazyrich.frame import CannotRun
from lazyrich.version import __version__

ENOUGH_FLOPS = 5e6
"""A gradient step below this many operations is no faster on a graphics card: the launch of its kernels costs more."""


def choose(asked: Literal["auto", "cpu", "cuda"], flops_per_step: float) -> torch.device:
    """The device for a run. auto takes CUDA when there is one and a step has enough work for it."""
    there = torch.cuda.is_available()
    if asked == "cuda" and not there:
        raise CannotRun("device was cuda, but this machine has no CUDA device: choose auto or cpu.", {"device": "auto"})
    if asked == "cpu" or not there:
        return torch.device("cpu")
    return torch.device("cuda" if asked == "cuda" or flops_per_step >= ENOUGH_FLOPS else "cpu")


def environment(device: torch.device, dtype: str) -> dict[str, str]:
    """What a run was computed with: versions, device and precision."""
    return {
        "lazyrich": __version__,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "dtype": dtype,
    }

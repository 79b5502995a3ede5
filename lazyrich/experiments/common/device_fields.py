"""Config fields for device and precision, shared by all experiments.

device: Device = computing.device()
dtype: Dtype = computing.dtype()
"""

from __future__ import annotations

from typing import Any, Literal

from lazyrich.config.schema import parameter

Device = Literal["auto", "cpu", "cuda"]
Dtype = Literal["float32", "float64"]


def device() -> Any:
    """Return the config field `device`."""
    return parameter(
        "auto",
        "Device",
        "Where to compute. auto takes the graphics card when there is one and the work is large enough to gain from "
        "it.",
    )


def dtype() -> Any:
    """Return the config field `dtype`, for networks that float32 is accurate enough for."""
    return parameter("float32", "Precision", "float32 is faster; float64 is exact to 15 digits.")

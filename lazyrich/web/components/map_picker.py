"""Map as a control: a heat map over two parameters, with a dot that the visitor moves by mouse, touch or keys.

    distances = Map(deltas, angles, S, x_title="balance δ", y_title="initial angle", z_title="S(0, ∞)", y_unit="°")

    def take():
        if picked := read_pick(st.session_state["where"], distances):
            ...                         put both numbers into the state of the widgets
    picker(distances, at=(1.0, 90.0), key="where", on_pick=take)

The dot is at `at`. While it is dragged, the browser moves it without the server; one pick is sent at the end.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from lazyrich import palette
from lazyrich.config.schema import Parameter
from lazyrich.web.components.assets import STUB
from lazyrich.web.stream.routes import asset

__all__ = ["Map", "Mark", "Moments", "picker", "read_pick"]

MOST: Final = 200_000
"""Largest count of numbers on a map, as it is sent to the browser at every rerun of its page, four bytes each."""

_component = st.components.v2.component("lazyrich_picker", js=STUB, isolate_styles=False)


@dataclass(frozen=True, eq=False)
class Mark:
    """A thin line on a map, through x, y (n,), in the map's units; nan interrupts it.

    Its label is at the last point that is not nan, elsewhere along the line if another label is there, and left out
    without room; a single point is a label alone.

    Raises:
        ValueError: If x and y differ in length, or are empty.
    """

    label: str
    x: Any
    y: Any

    def __post_init__(self) -> None:
        """Check and convert."""
        x, y = (np.asarray(given, dtype=np.float64) for given in (self.x, self.y))
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(
                f"x and y of the mark {self.label!r} must be of one length, got shapes {x.shape} and {y.shape}."
            )
        if np.isinf(x).any() or np.isinf(y).any() or not np.isfinite(x + y).any():
            raise ValueError(f"The mark {self.label!r} must have finite points, with nan only between them.")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)


@dataclass(frozen=True)
class Moments:
    """Moments of a map that follows the live chart of its page.

    steps: increasing training steps, one for each of the map's tables; the one nearest in ratio to the chart's step is
    shown. names: text after the readout's number, such as "after 100 steps".
    """

    steps: Sequence[float]
    names: Sequence[str]


@dataclass(frozen=True, eq=False)
class Map:
    """A function of two parameters on a grid, and how to show it.

    Titles name the quantities, units follow their numbers, and symbols replace titles if there is little room.

    Args:
        x, y: The grid (nx,), (ny,), increasing.
        z: The numbers (ny, nx), or (moments, ny, nx) with `moments`; nan for missing ones.
        x_log, y_log: Whether an axis is logarithmic.
        x_ticks, y_ticks: Places of numbers on the axes; plotly's choice if empty.
        z_range: Range of the colours; that of z if None.
        contours: Levels of z at which a line is drawn.
        aspect: Width over height of the whole, for a height between 240 and 320 px (90 and 320 if small).
        digits: Significant digits of z in the readout.
        z_note: Text after z in the readout.
        file: Name of the saved image; without a name the map cannot be saved.
        lines: Lines on its settings in a saved image.
        small: Whether to draw it for a sidebar, with narrow margins, without contours, marks and colour bar.
        moments: Moments at which z is given, if it follows the live chart.
        settings: Names of the settings x and y of its dot, if the live chart of the page follows it while it moves.

    Raises:
        ValueError: If shapes do not fit, a grid does not increase or a number is infinite, with a sentence.
    """

    x: Any
    y: Any
    z: Any
    x_title: str
    y_title: str
    z_title: str
    x_symbol: str = ""
    y_symbol: str = ""
    z_symbol: str = ""
    x_unit: str = ""
    y_unit: str = ""
    z_unit: str = ""
    z_note: str = ""
    x_log: bool = False
    y_log: bool = False
    x_ticks: Sequence[float] = ()
    y_ticks: Sequence[float] = ()
    z_range: tuple[float, float] | None = None
    contours: Sequence[float] = ()
    marks: Sequence[Mark] = ()
    aspect: float = 1.25
    digits: int = 2
    file: str = ""
    lines: Sequence[str] = ()
    small: bool = False
    moments: Moments | None = None
    settings: tuple[Parameter, Parameter] | None = None

    def __post_init__(self) -> None:
        """Check and convert."""
        for name in ("x", "y"):
            object.__setattr__(self, name, _grid(name, getattr(self, name), getattr(self, f"{name}_log")))
        z = np.asarray(self.z, dtype=np.float64)
        if z.shape[-2:] != (len(self.y), len(self.x)) or z.ndim != (3 if self.moments else 2):
            raise ValueError(
                f"z must have a row for each y and a column for each x, {(len(self.y), len(self.x))}, got {z.shape}."
            )
        if self.moments and not (len(z) == len(self.moments.steps) == len(self.moments.names) and self.small):
            raise ValueError(
                f"A small map has a table, steps and a name for each of its moments, got {len(z)} tables, "
                f"{len(self.moments.steps)} steps and {len(self.moments.names)} names."
            )
        if z.size > MOST:
            raise ValueError(f"A map may have {MOST:,} numbers, got {z.size:,}: take a coarser grid.")
        if np.isinf(z).any():
            raise ValueError("z must be finite, or nan where there is no value, but it holds an infinite number.")
        object.__setattr__(self, "z", z)
        if self.z_range is not None and not (np.isfinite(self.z_range).all() and self.z_range[0] < self.z_range[1]):
            raise ValueError(f"z_range must be two finite numbers, the lower one first, got {self.z_range}.")
        for name in ("x_ticks", "y_ticks", "contours"):
            if not np.isfinite(np.asarray(getattr(self, name), dtype=np.float64)).all():
                raise ValueError(f"{name} must be finite numbers, got {list(getattr(self, name))}.")
        if not (math.isfinite(self.aspect) and self.aspect > 0):
            raise ValueError(f"aspect is width over height and must be above 0, got {self.aspect}.")
        if self.digits not in range(1, 8):
            raise ValueError(f"digits must be from 1 to 7, got {self.digits}.")


def picker(map: Map, at: tuple[float, float], key: str, on_pick: Callable[[], None] | None = None) -> Any:
    """Mount the map with its dot.

    Args:
        map: The map.
        at: Place (x, y) of the dot, in the map's units; a dot beyond the edges is marked as outside.
        key: Fixed for a page, so that the map is never remounted.
        on_pick: Called before the page runs again for a pick.

    Returns:
        The component's result. Its `.pick` holds the browser's data for `read_pick`; so does that of
        `st.session_state[key]` while `on_pick` runs.

    Raises:
        ValueError: If `at` is not finite.
    """
    here = [float(value) for value in at]
    if len(here) != 2 or not np.isfinite(here).all():
        raise ValueError(f"at must be two finite numbers, x and y, got {at}.")
    return _component(
        key=key,
        data={
            "module": asset("entry/picker.js"),
            "css": asset("css/picker.css"),
            "plotly": asset("plotly.min.js"),
            "map": _described(map),
            "at": here,
            # Sent even if `at` does not change, because the browser learns of a refusal only by a change of data.
            "answered": _number(_sent(st.session_state.get(key)).get("serial")),
        },
        on_pick_change=on_pick or _nothing,
    )


def read_pick(result: Any, map: Map) -> tuple[float, float] | None:
    """Return the picked point.

    Args:
        result: Result of `picker`, or `st.session_state[key]`; a browser can send anything.
        map: The map.

    Returns:
        (x, y) within the map; None if nothing was picked or the data are not a point of the map.
    """
    pick = _sent(result)
    x, y = _number(pick.get("x")), _number(pick.get("y"))
    if x is None or y is None:
        return None
    return float(np.clip(x, map.x[0], map.x[-1])), float(np.clip(y, map.y[0], map.y[-1]))


def _nothing() -> None:
    """Do nothing; without a callback the result would have no `.pick`."""


def _sent(result: Any) -> Mapping[str, Any]:
    pick = result.get("pick") if isinstance(result, Mapping) else getattr(result, "pick", None)
    return pick if isinstance(pick, Mapping) else {}


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    try:
        value = float(given)
    except OverflowError:  # a whole number of JSON can have any length
        return None
    return value if math.isfinite(value) else None


def _grid(name: str, given: Any, log: bool) -> np.ndarray:
    values = np.asarray(given, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"{name} must be at least two numbers in a row, got shape {values.shape}.")
    if not np.isfinite(values).all() or not (np.diff(values) > 0).all():
        raise ValueError(f"{name} must be finite numbers, each larger than the one before it.")
    if log and values[0] <= 0:
        raise ValueError(f"{name} must be above 0 on an axis in decades, got {values[0]:g}.")
    return values


def _described(map: Map) -> dict[str, Any]:
    """Return the map as JSON. z travels as float32, little endian, row after row in base64: JSON has no nan."""
    axes = {
        name: {
            "values": getattr(map, name).tolist(),
            "title": getattr(map, f"{name}_title"),
            "symbol": getattr(map, f"{name}_symbol") or getattr(map, f"{name}_title"),
            "unit": getattr(map, f"{name}_unit"),
            "log": getattr(map, f"{name}_log"),
            "ticks": [float(tick) for tick in getattr(map, f"{name}_ticks")],
        }
        for name in ("x", "y")
    }
    z = {
        "values": base64.b64encode(map.z.astype("<f4").tobytes()).decode(),
        "title": map.z_title,
        "symbol": map.z_symbol or map.z_title,
        "unit": map.z_unit,
        "note": map.z_note,
        "range": _colour_range(map),
        "digits": map.digits,
    }
    return {
        **axes,
        "z": z,
        "contours": [float(level) for level in map.contours],
        "marks": [{"label": m.label, "x": _with_gaps(m.x), "y": _with_gaps(m.y)} for m in map.marks],
        "aspect": float(map.aspect),
        "colours": palette.SEQUENTIAL,
        "file": map.file,
        "lines": list(map.lines),
        "small": map.small,
        "settings": map.settings and [{"name": one.name, "step": one.step} for one in map.settings],
        "moments": map.moments
        and {"steps": [float(step) for step in map.moments.steps], "names": list(map.moments.names)},
    }


def _colour_range(map: Map) -> list[float]:
    if map.z_range is not None:
        return [float(map.z_range[0]), float(map.z_range[1])]
    known = map.z[np.isfinite(map.z)]
    if not known.size:
        return [0.0, 1.0]
    low, high = float(known.min()), float(known.max())
    # a map of one number needs a range of colours around it
    return [low, high] if low < high else [low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)]


def _with_gaps(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]

"""Small picture of a run, drawn from its table of curves: the column that its experiment compares runs by, over time.

    picture = picture_of(StudentTeacher(), curves)
    picture.svg, picture.words                      "<svg ...", "test loss over time, 0.9 to 0.0012"

Which column is drawn is not chosen for looks: it is `config.columns.outcome`, by which `compare` compares too. Several
seeds are drawn as their median, several networks as a line each; where each row is the end of a training, ends are
drawn over what tells the networks apart. Losses, errors and times have logarithmic axes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from lazyrich.config.schema import Config
from lazyrich.moment import significant
from lazyrich.palette import GHOST as FRAME
from lazyrich.palette import NETWORK_COLOURS
from lazyrich.studies.ensemble import extended_to_last_moment
from lazyrich.studies.measure import measure_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Picture", "picture_of"]

logger = logging.getLogger(__name__)

WIDTH, HEIGHT, EDGE = 120, 56, 4
MAX_POINTS: Final = 80
"""Points of a line: more than there are pixels would be drawn on top of each other."""

MAX_LINES: Final = 6
"""Lines; of more networks every so many is left out."""

NOT_OUTCOMES: Final = ("step", "time", "seed")


class Picture(NamedTuple):
    """A picture, and what it shows in words, for those who do not see it."""

    svg: str
    words: str


@dataclass(frozen=True)
class _Lines:
    """Lines to draw. points: (x, y) of each line. dots: whether they are apart."""

    points: list[tuple[np.ndarray, np.ndarray]]
    x_name: str
    y_name: str
    x_log: bool
    dots: bool


def picture_of(config: Config | None, curves: pd.DataFrame | None) -> Picture:
    """Draw a run.

    Args:
        config: Its settings; None if they are not known here.
        curves: Its table; None if it is not there.

    Returns:
        The picture; an empty frame where there is nothing to draw, or where a table from outside cannot be drawn.
    """
    try:
        return _drawn(config, curves)
    except Exception:  # a table may come from anywhere, and a page lists many: one must not break it
        logger.exception("A run has no picture.")
        return _EMPTY


def _drawn(config: Config | None, curves: pd.DataFrame | None) -> Picture:
    lines = None if config is None or curves is None else _lines(config, curves)
    drawn = [] if lines is None else list(_on_paper(lines))
    if lines is None or not drawn:
        return _EMPTY
    values = np.concatenate([y for _, y in lines.points])
    values = values[np.isfinite(values)]
    ends = " to ".join(significant(float(value)) for value in (values[0], values[-1]))
    words = f"{lines.y_name.replace('_', ' ')} over {lines.x_name.replace('_', ' ')}, {ends}"
    return Picture(_svg(drawn), words)


def _lines(config: Config, curves: pd.DataFrame) -> _Lines | None:
    columns = config.columns
    outcome = next(
        (
            name
            for name in (columns.outcome, "train_loss", "loss", *map(str, curves))
            if name in curves and name not in NOT_OUTCOMES and _numbers(curves, name).size
        ),
        None,
    )
    if outcome is None:
        return None
    networks = [name for name in columns.networks if name in curves]
    clock = columns.clock if columns.clock in curves else ""
    count = len(curves.drop_duplicates(networks)) if networks else 1
    if not clock or (networks and count > 2 * MAX_LINES):
        # each row is an end; or there are too many networks for a line each, and their ends are drawn
        rows = curves[curves[clock] == curves[clock].max()] if clock else curves
        axes = [name for name in networks if _numbers(rows, name).size == len(rows)]
        if not axes:
            return None
        axis = max(axes, key=lambda name: int(rows[name].nunique()))
        others = [name for name in networks if name != axis]
        points = _medians(rows, others, axis, outcome)
        positive = float(rows[axis].min()) > 0
        return _Lines(points, axis, outcome, positive and axis != "seed", dots=axis == "seed")
    points = [(x[x > 0], y[x > 0]) for x, y in _medians(_held(config, curves, clock), networks, clock, outcome)]
    return _Lines(points, clock, outcome, x_log=True, dots=False)


def _numbers(curves: pd.DataFrame, name: str) -> np.ndarray:
    """Return the finite numbers of a column; none if it holds texts."""
    column = curves[name].to_numpy()
    if column.dtype.kind not in "biuf":
        return np.empty(0)
    numbers = column.astype(np.float64)
    return numbers[np.isfinite(numbers)]


def _held(config: Config, curves: pd.DataFrame, clock: str) -> pd.DataFrame:
    """Return the table with the last row of each seed repeated, if a seed that has ended did so with flat losses.

    A table with more seeds or moments than its config makes is not such a run, and stays as it is: it comes from
    outside, and each seed would get a row for each moment.
    """
    if getattr(config, "until", "steps") != "flat" or "seed" not in curves:
        return curves
    if curves["seed"].nunique() > getattr(config, "seeds", 1) or curves[clock].nunique() > config.expected_frames:
        return curves
    return extended_to_last_moment(curves, [name for name in config.columns.networks if name in curves], clock)


def _medians(rows: pd.DataFrame, groups: list[str], x: str, y: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a line for each group: the median of y at each x."""
    parts = [part for _, part in rows.groupby(groups, sort=True)] if groups else [rows]
    found = []
    for part in parts[:: max(1, -(-len(parts) // MAX_LINES))]:
        median = part.groupby(x, sort=True)[y].median()
        found.append((median.index.to_numpy(dtype=np.float64), median.to_numpy(dtype=np.float64)))
    return found


def _on_paper(lines: _Lines) -> Iterator[str]:
    """Give an element for each line, in pixels."""
    y_log = lines.y_name == "ratio" or measure_of(lines.y_name).ratio
    scaled = []
    for x, y in lines.points:
        with np.errstate(all="ignore"):
            x = np.log10(x) if lines.x_log else x
            y = np.log10(y) if y_log else y
        there = np.isfinite(x) & np.isfinite(y)
        scaled.append((x[there], y[there]))
    if not any(len(x) for x, _ in scaled):
        return
    spans = [_span(np.concatenate([line[axis] for line in scaled])) for axis in (0, 1)]
    step = max(1, -(-len(scaled) // len(NETWORK_COLOURS)))
    for number, (x, y) in enumerate(scaled):
        keep = np.unique(np.linspace(0, len(x) - 1, min(len(x), MAX_POINTS)).round().astype(int))
        (x_low, x_high), (y_low, y_high) = spans
        across = EDGE + (x[keep] - x_low) / (x_high - x_low) * (WIDTH - 2 * EDGE)
        down = HEIGHT - EDGE - (y[keep] - y_low) / (y_high - y_low) * (HEIGHT - 2 * EDGE)
        # of few lines, the colours of the first and of the one most unlike it
        colour = NETWORK_COLOURS[(number * step) % len(NETWORK_COLOURS) if len(scaled) > 1 else 1]
        places = [f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True)]
        if lines.dots or len(places) == 1:
            yield "".join(
                f'<circle cx="{place.replace(",", chr(34) + " cy=" + chr(34))}" r="2" fill="{colour}"/>'
                for place in places
            )
        elif places:
            yield f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _span(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def _svg(drawn: list[str]) -> str:
    frame = f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="3" fill="none" stroke="{FRAME}" '
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'{frame}stroke-opacity=".5"/>{"".join(drawn)}</svg>'
    )


_EMPTY: Final = Picture(_svg([]), "no curve to show")

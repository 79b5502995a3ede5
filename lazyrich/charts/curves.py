"""Curves of scalars over flow time, training steps or another column: all runs on one chart."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import BoundedAxis, Chart, Column, Dash, Part, Setting


class CurvesAxis(BoundedAxis):
    """The value axis of curves."""

    span: float | None = None
    """The axis is at least this long, so that rounding does not look like a movement."""

    also: tuple[Column, ...] = ()
    """Further columns that the axis has room for: those of a chart beside it that is compared with this one."""


class Abscissa(Part):
    """A column other than time to draw curves over."""

    column: Column
    """The column."""

    title: str
    """What stands below the axis."""

    log: bool = False
    """Whether the axis is logarithmic. If not, it covers `sweep` of the header's chart data."""

    end: Setting | None = None
    """The setting that says where a logarithmic axis will end, such as `steps`."""


class Series(Part):
    """A line for each run: runs are told apart by colour, series by dash."""

    column: Column
    """What is drawn."""

    label: str = ""
    """What the caption and the tooltip call it; empty for no entry in the caption."""

    dash: Dash = "solid"
    """How the line is broken."""

    exact: bool = False
    """Whether to draw the exact solution below it, which the header's chart data has under `exact`."""

    network: int | None = None
    """The network that it is of, of several that train side by side: it has that network's colour."""

    thin: bool = False
    """Whether it is a companion of another series: without a disc at its end."""

    faint: bool = False
    """Whether it is one of many that another series sums up: a thin, pale line of the current run alone."""


class Band(Part):
    """What lies between two columns, filled."""

    low: Column
    """Lower edge."""

    high: Column
    """Upper edge."""

    label: str = ""
    """What the caption calls it; empty for no entry in the caption."""

    network: int | None = None
    """As in Series. Bands of networks are drawn for the current run alone."""


class CaptionNumber(Part):
    """A number in the caption that follows the playback position."""

    column: Column
    """The number."""

    label: str
    """What stands before it."""

    after: str = ""
    """What stands after it."""

    optional: bool = False
    """Whether some runs have no such column: the caption of theirs is without the number."""


class CaptionSetting(Part):
    """A setting in the caption on which the numbers of the chart depend: "at d = 2"."""

    name: Setting
    """The setting."""

    symbol: str
    """How the caption writes it."""


class Curves(Chart):
    """Curves of scalars: a line for each run and series, which grows while the run plays."""

    kind: Literal["curves"] = "curves"

    x: Abscissa | None = None
    """What to draw over. If it is absent, flow time or steps, as the visitor chooses; the axis is logarithmic and is
    shared by all such charts of a column."""

    y: CurvesAxis = CurvesAxis()
    """The value axis."""

    series: tuple[Series, ...]
    """The lines."""

    bands: tuple[Band, ...] = ()
    """Areas behind the lines."""

    caption: tuple[CaptionNumber, ...] = ()
    """Numbers in the caption."""

    settings: tuple[CaptionSetting, ...] = ()
    """Settings in the caption."""

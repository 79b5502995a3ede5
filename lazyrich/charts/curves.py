"""Curves of scalars over flow time, training steps or another column: all runs on one chart."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import BoundedAxis, Chart, Column, Dash, Part, Setting


class CurvesAxis(BoundedAxis):
    """The value axis of curves."""

    span: float | None = None
    """Smallest length of the axis, so that rounding does not look like a movement."""

    also: tuple[Column, ...] = ()
    """Further columns that the axis makes room for, such as those of a neighbouring chart to compare with."""


class Abscissa(Part):
    """A column other than time to draw curves over."""

    column: Column
    """The column."""

    title: str
    """Title below the axis."""

    log: bool = False
    """Whether the axis is logarithmic. If not, it covers `sweep` of the header's chart data."""

    end: Setting | None = None
    """The setting that determines the end of a logarithmic axis, such as `steps`."""


class Series(Part):
    """A line for each run: runs are told apart by colour, series by dash."""

    column: Column
    """The column to draw."""

    label: str = ""
    """Name in the caption and the tooltip; empty for no entry in the caption."""

    dash: Dash = "solid"
    """Dash pattern of the line."""

    exact: bool = False
    """Whether to draw the exact solution below it, which the header's chart data has under `exact`."""

    network: int | None = None
    """Index of its network, if several train side by side: the line has that network's colour."""

    thin: bool = False
    """Whether it accompanies another series: it then has no disc at its end."""

    faint: bool = False
    """Whether it is one of many that another series summarises: a thin, pale line, for the current run alone."""


class Band(Part):
    """The filled area between two columns."""

    low: Column
    """Lower edge."""

    high: Column
    """Upper edge."""

    label: str = ""
    """Name in the caption; empty for no entry in the caption."""

    network: int | None = None
    """As in Series. Bands of networks are drawn for the current run alone."""


class CaptionNumber(Part):
    """A number in the caption that follows the playback position."""

    column: Column
    """The column of the number."""

    label: str
    """Text before the number."""

    after: str = ""
    """Text after the number."""

    optional: bool = False
    """Whether some runs have no such column: their caption then omits the number."""


class CaptionSetting(Part):
    """A setting in the caption on which the numbers of the chart depend: "at d = 2"."""

    name: Setting
    """The setting."""

    symbol: str
    """Name of the setting in the caption."""


class Curves(Chart):
    """Curves of scalars: a line for each run and series, which grows while the run plays."""

    kind: Literal["curves"] = "curves"

    x: Abscissa | None = None
    """Column of the horizontal axis. If it is absent, flow time or steps, as the visitor chooses; the axis is then
    logarithmic and is shared by all such charts of a column."""

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

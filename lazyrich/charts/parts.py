"""Parts of chart specifications: names of a run's data, axes, and the base of every chart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict


class Source(Enum):
    """Place of the data that a specification names; see `lazyrich.charts.reads`."""

    COLUMN = "column"
    ARRAY = "array"
    DATA = "chart data"
    TABLE = "array or chart data"
    SETTING = "setting"


Column = Annotated[str, Source.COLUMN]
"""A scalar of each frame: "step", "time" or a metric. Of an array with spread, network k has the columns "NAME[k]" for
its median, "NAME[k].low" and "NAME[k].high"."""

Array = Annotated[str, Source.ARRAY]
"""An array of `Frame.chart_data`."""

Data = Annotated[str, Source.DATA]
"""A key of `RunHeader.chart_data`."""

Table = Annotated[str, Source.TABLE]
"""An array of each frame, or a key of the header's chart data."""

Setting = Annotated[str, Source.SETTING]
"""A field of the run's config."""

Places = Data | tuple[float | str, ...]
"""Positions of points or cells on an axis: a key of the header's chart data, or the numbers or words themselves."""

Dash = Literal["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]
"""Dash pattern of a line."""


Place = Literal["main", "wide", "middle", "right", "below"]
"""Place of a chart on the page."""


class Part(BaseModel):
    """A frozen piece of a specification; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    def wire(self) -> dict[str, Any]:
        """Return the JSON values that the browser reads, without the fields that are None."""
        return self.model_dump(mode="json", exclude_none=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; unlike pydantic's own method, this validates them."""
        return type(self).model_validate({**dict(self), **(update or {})})


class Chart(Part):
    """A chart on a page."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Keys of the header's chart data that this kind of chart always reads."""

    id: str
    """Unique on the page; names the chart's element and its saved files."""

    title: str
    """Heading of the chart and of its saved pictures."""

    place: Place = "right"
    """The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
    the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
    where the page is longer than the screen."""

    folded: bool = False
    """Whether it is shown only when the visitor asks for it."""

    grow: float | None = None
    """Share of the height of its column, relative to 1 for the others."""


class Axis(Part):
    """An axis of values that grows with what is drawn."""

    log: bool = False
    """Whether it is logarithmic."""

    title: str = ""
    """Title beside the axis."""

    short: str | None = None
    """Shorter title for narrow charts."""

    least: float | None = None
    """Smallest upper end of the axis, so that a small change looks small."""


class BoundedAxis(Axis):
    """An axis that can also be limited to possible values, such as 0 to 1 for a share."""

    floor: float | None = None
    """Lower end of the axis unless a number lies below."""

    ceiling: float | None = None
    """The axis ends just above this unless a number lies above."""


class NetworkLabels(Part):
    """Names for the networks that train side by side."""

    labels: tuple[str, ...] = ()
    """Names of the networks, in the order of the arrays' first axis."""

"""What chart specifications are built from: names of what a run brings, axes, and the base of every chart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict


class Source(Enum):
    """Where a run has what a specification names; see `lazyrich.charts.reads`."""

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
"""Where points or cells stand on an axis: a key of the header's chart data, or the numbers or words themselves."""

Dash = Literal["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]
"""How a line is broken."""


Place = Literal["main", "wide", "middle", "right", "below"]
"""Where a chart stands on the page."""


class Part(BaseModel):
    """A frozen piece of a specification; a field that it does not have is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    def wire(self) -> dict[str, Any]:
        """Return what the browser reads: JSON values, without the fields that are None."""
        return self.model_dump(mode="json", exclude_none=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return the same with some fields changed; unlike pydantic's own, they are checked as at first."""
        return type(self).model_validate({**dict(self), **(update or {})})


class Chart(Part):
    """A chart on a page."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Keys of the header's chart data that this kind of chart reads, whatever its specification says."""

    id: str
    """Unique on the page; names the chart's element and its saved files."""

    title: str
    """Heading of the chart and of its saved pictures."""

    place: Place = "right"
    """The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
    which is a row below the pictures where there are two. What is below stands in a row of its own under the playback
    bar, where the page is longer than the screen."""

    folded: bool = False
    """Whether it is shown only when the visitor asks for it."""

    grow: float | None = None
    """Share of the height of its column, relative to 1 for the others."""


class Axis(Part):
    """An axis of values that grows with what is drawn."""

    log: bool = False
    """Whether it is logarithmic."""

    title: str = ""
    """What stands beside it."""

    short: str | None = None
    """Stands in for the title where there is little room."""

    least: float | None = None
    """The axis reaches at least this far up, so that a small change looks small."""


class BoundedAxis(Axis):
    """An axis that can also be kept within what is possible, such as 0 to 1 for a share."""

    floor: float | None = None
    """The axis begins here unless a number lies below."""

    ceiling: float | None = None
    """The axis ends just above this unless a number lies above."""


class NetworkLabels(Part):
    """Names for the networks that train side by side."""

    labels: tuple[str, ...] = ()
    """What the networks are called, in the order of the arrays' first axis."""

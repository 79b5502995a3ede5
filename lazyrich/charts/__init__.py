"""The grammar of charts: typed specifications of what a page can draw from its runs.

An experiment describes its charts with these models; the browser reads their JSON and draws them with the painter of
the same name in `lazyrich/web/static/charts/`. Each option is documented only here: `json_schema()` exports it for
other programs, and `python -m docs.chart_specs` writes the types that the JavaScript is checked against.

    Curves(id="loss", title="Loss", y=CurvesAxis(log=True), series=(Series(column="train_loss", label="train"),))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from lazyrich.charts.bars import Bars
from lazyrich.charts.curves import Abscissa, Band, CaptionNumber, CaptionSetting, Curves, CurvesAxis, Series
from lazyrich.charts.function import Function
from lazyrich.charts.grammar import Grammar
from lazyrich.charts.heat import Heat, Measure, Portrait
from lazyrich.charts.images import FilterNumber, Images, Variant
from lazyrich.charts.lines import Guide, Lines
from lazyrich.charts.parts import Axis, BoundedAxis, Chart, Dash, Part, Source
from lazyrich.charts.path import Path, PathKey
from lazyrich.charts.plane import Plane
from lazyrich.charts.reading import Reading
from lazyrich.charts.reads import reads
from lazyrich.charts.space import Space

__all__ = [
    "Abscissa",
    "Axis",
    "Band",
    "Bars",
    "BoundedAxis",
    "CaptionNumber",
    "CaptionSetting",
    "Chart",
    "ChartSpec",
    "Curves",
    "CurvesAxis",
    "Dash",
    "FilterNumber",
    "Function",
    "Grammar",
    "Guide",
    "Heat",
    "Images",
    "Lines",
    "Measure",
    "Part",
    "Path",
    "PathKey",
    "Plane",
    "Portrait",
    "Reading",
    "Series",
    "Source",
    "Space",
    "Variant",
    "json_schema",
    "read",
    "reads",
]

ChartSpec = Annotated[
    Bars | Curves | Function | Grammar | Heat | Images | Lines | Path | Plane | Portrait | Space,
    Field(discriminator="kind"),
]
"""A chart of any kind, discriminated by its `kind`."""

_ADAPTER: TypeAdapter[ChartSpec] = TypeAdapter(ChartSpec)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the data sent to the browser: `$defs` has each model, the root {charts, readings}."""

    class View(Part):
        charts: tuple[ChartSpec, ...]
        readings: tuple[Reading, ...]

    return TypeAdapter(View).json_schema(mode="serialization")


def read(spec: Mapping[str, Any]) -> ChartSpec:
    """Return the chart that a mapping describes, such as one read from JSON.

    Args:
        spec: Fields of a chart by name, `kind` among them.

    Raises:
        pydantic.ValidationError: If the kind or a field is unknown, or a value is not allowed.
    """
    return _ADAPTER.validate_python(spec)

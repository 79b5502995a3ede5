"""The grammar of charts refuses unknown kinds and options, and lists the data that a specification reads."""

import json

import pytest
from pydantic import ValidationError

from docs import chart_specs
from lazyrich import charts
from lazyrich.charts import Curves, Heat, Lines, Reading, Series, Source, reads

CURVES = {"kind": "curves", "id": "loss", "title": "Loss", "series": [{"column": "train_loss"}]}


def test_a_written_specification_reads_back_equal():
    spec = charts.read(CURVES)
    assert spec == Curves(id="loss", title="Loss", series=(Series(column="train_loss"),))
    assert charts.read(json.loads(json.dumps(spec.wire()))) == spec


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "curve"},
        {"grows": 2},
        {"place": "left"},
        {"series": [{"column": "train_loss", "dashes": "dot"}]},
        {"series": [{"column": "train_loss", "dash": "dotted"}]},
        {"y": {"least": float("nan")}},
    ],
    ids=str,
)
def test_an_unknown_kind_field_or_value_is_an_error(change):
    with pytest.raises(ValidationError):
        charts.read(CURVES | change)


def test_a_specification_cannot_be_changed():
    with pytest.raises(ValidationError):
        charts.read(CURVES).title = "Another"


def test_a_copy_is_checked_as_the_first_one_was():
    spec = charts.read(CURVES)
    copy = spec.model_copy(update={"series": spec.series[:0]})
    assert (copy.series, copy.title) == ((), spec.title)
    with pytest.raises(ValidationError):
        spec.model_copy(update={"series": [{"colum": "train_loss"}]})


def test_all_sources_of_a_specification_are_found_at_any_depth():
    curves = Curves(
        id="a",
        title="A",
        x={"column": "c1", "title": "steps", "end": "s1"},
        y={"also": ["c2"]},
        series=[{"column": "c3"}],
        bands=[{"low": "c4", "high": "c5", "label": "band"}],
        caption=[{"column": "c6", "label": "drift"}],
        settings=[{"name": "s2", "symbol": "d"}],
    )
    assert set(reads(curves)) == {(Source.COLUMN, f"c{k}") for k in range(1, 7)} | {
        (Source.SETTING, "s1"),
        (Source.SETTING, "s2"),
    }
    lines = Lines(id="a", title="A", array="a1", x="d1", x_title="size", hollow="a2", labels=["one"])
    assert set(reads(lines)) == {(Source.ARRAY, "a1"), (Source.ARRAY, "a2"), (Source.DATA, "d1")}
    heat = Heat(id="a", title="A", array="a1", x=("left", "right"), outline="t1")
    assert set(reads(heat)) == {(Source.ARRAY, "a1"), (Source.TABLE, "t1")}
    assert list(reads(Reading(column="c1", label="loss", help=""))) == [(Source.COLUMN, "c1")]


def test_every_option_is_documented():
    undocumented = {
        f"{name}.{field}"
        for name, model in charts.json_schema()["$defs"].items()
        for field, schema in model["properties"].items()
        if "description" not in schema and field != "kind"
    }
    assert undocumented == set()


def test_the_types_for_javascript_agree_with_the_grammar():
    written = chart_specs.FILE.read_text(encoding="utf-8")
    assert written == chart_specs.document(), "python -m docs.chart_specs writes it anew"

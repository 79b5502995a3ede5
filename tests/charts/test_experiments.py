"""Charts and readings name only columns and arrays that the frames of their experiment hold."""

import re
from importlib import import_module

import numpy as np
import pytest

from harness.small_runs import SMALL
from lazyrich import StudentTeacher
from lazyrich.charts import Curves, Source, reads
from lazyrich.client.protocol import describe_run
from lazyrich.experiments import registry
from lazyrich.experiments.student_teacher import charts as playground


def beside(config, name):
    """The module of this name in the folder of a config."""
    return import_module(f"{type(config).__module__.removesuffix('.config')}.{name}")


def quick(config):
    """The same with few steps and small networks; two of them where several train side by side."""
    several = {"alphas": (0.5, 2.0)} if "alphas" in config.parameters() else {}
    small = SMALL.get(config.name, {}) | several
    axes = {getattr(config, side, None) for side in ("x", "y")}  # of a portrait
    return config.changed(**{name: value for name, value in small.items() if name not in axes})


def brought(header):
    """Return the names of a run's data, by source."""
    columns, arrays, data = set(header["columns"]), dict(header["arrays"]), set(header["chart_data"])
    for name in header["spread"]:
        if len(arrays[name]) == 2:
            columns |= {f"{name}[{k}]{end}" for k in range(arrays[name][0]) for end in ("", ".low", ".high")}
    return {
        Source.COLUMN: columns,
        Source.ARRAY: set(arrays),
        Source.DATA: data,
        Source.TABLE: data | set(arrays),
        Source.SETTING: set(header["config"]),
    }


def missing(parts, header):
    """Return the names that specifications read and the run lacks."""
    there = brought(header)
    return {name for part in parts for source, name in reads(part) if name not in there[source]}


def first_frame(config, task=None):
    first = next(iter(config.frames() if task is None else config.frames(task)))
    return first, describe_run(first, config.expected_frames, config.model_dump(mode="json"))


def numbers(charts):
    """All numbers in captions."""
    return [number for chart in charts if isinstance(chart, Curves) for number in chart.caption]


SYMBOLS = re.compile(r"[\u0370-\u03ff\u1d40-\u1dbf\u2016\u2080-\u209c\u00b2\u00b3\u00b7\u221a\u27e8\u27e9=|]")
"""Greek, raised and lowered letters, norms, roots and the equals sign."""


@pytest.mark.parametrize("name", registry)
def test_help_texts_of_numbers_have_no_symbols_and_the_formula_apart(name):
    config = registry[name]()
    for reading in beside(config, "charts").readings(config):
        assert reading.help.endswith(".") and not SYMBOLS.search(reading.help), reading
    for parameter in registry[name].parameters().values():
        if parameter.name in ("tau", "delta") and parameter.main:
            first = parameter.help.partition(". ")[0]
            assert first and not SYMBOLS.search(first), parameter.help


@pytest.mark.parametrize("name", registry)
def test_charts_and_readings_use_only_data_of_the_run(name):
    default = registry[name]()
    module = beside(default, "charts")
    optional, columns = set(), set()
    for config in dict.fromkeys(quick(preset.config) for preset in beside(default, "config").PRESETS):
        charts, readings = module.charts(config), module.readings(config)
        first, header = first_frame(config)
        may_miss = {number.column for number in numbers(charts) if number.optional}
        assert missing([*charts, *readings], header) <= may_miss, config
        assert len({chart.id for chart in charts}) == len(charts) > 0
        optional |= may_miss
        columns |= brought(header)[Source.COLUMN]
        for spread in header["spread"]:
            median, low, high = np.moveaxis(first.chart_data[spread], -1, 0)
            there = np.isfinite(median)
            assert (low[there] <= median[there]).all() and (median[there] <= high[there]).all()
    assert optional <= columns, "some run has what is optional"


@pytest.mark.parametrize("tested", [True, False])
def test_charts_and_readings_on_own_data_use_only_data_of_the_run(tested):
    config = StudentTeacher(steps=10, width=4)
    rng = np.random.default_rng(0)
    task = {"X": rng.normal(size=(6, 2)), "y": rng.normal(size=6)}
    if tested:
        task |= {"X_test": rng.normal(size=(3, 2)), "y_test": rng.normal(size=3)}
    first, header = first_frame(config, task)
    charts, readings = playground.charts_on_own_data(config, tested), playground.readings_on_own_data(config, tested)
    assert missing([*charts, *readings], header) == set()
    drawn = {series.column for chart in charts if isinstance(chart, Curves) for series in chart.series}
    shown = {reading.column for reading in readings}
    assert all(np.isfinite(first.metrics[column]) for column in drawn | shown - {"time_to_tenth"})
    assert ("test_loss" in drawn, "test_loss" in shown) == (tested, tested)

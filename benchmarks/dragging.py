"""Dragged sliders beside visitors whose runs play, and a class that presses one key at the same moment.

`python -m benchmarks.lecture_hall --drag` prints these rows. Each pair of crowds is compared on one server, one after
the other with the same visitors, so that other load hardly changes the ratios.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping

import numpy as np

from benchmarks.table import Row
from harness.load.crowd import Crowd
from harness.load.hall import Report, measure

ROAMING = 10
"""Number of visitors who move a control at times, and whose frames are counted."""

PAUSE = 4.5
"""Seconds between two of their controls."""

CLASS = 30
"""Number of visitors who press the same key at the same moment."""


def rows(seconds: float, settings: Mapping[str, str]) -> Iterator[Row]:
    """Measure and yield the table. seconds: how long each crowd stays. settings: environment of the servers."""
    roaming = {"sessions": ROAMING, "together": 0, "seconds": seconds, "pause": PAUSE, "heavy": False}
    alone = measure(Crowd(**roaming), **settings)
    before = _frames(alone)
    yield Row("drag", f"{ROAMING} who roam alone: frames/s, median", statistics.median(before))
    yield Row("drag", f"{ROAMING} who roam alone: frames/s, slowest", before[0])
    beside = measure(Crowd(**roaming, dragging=20), **settings)
    now = _frames(beside)
    yield Row("drag", "beside 20 who drag problems of their own: frames/s over alone", _ratio(now, before), 0.6)
    yield Row("drag", "beside 20 who drag problems of their own: frames/s, slowest", now[0], 8.0)
    yield from _dragged("20 who drag problems of their own", beside)
    yield from _dragged(
        "50 who drag on one link", measure(Crowd(0, 0, seconds=seconds, dragging=50, alike=True), **settings), 12.0
    )
    for previews in (False, True):
        crowd = Crowd(CLASS, CLASS, seconds=seconds, every=max(6.0, seconds / 4), previews=previews)
        report = measure(crowd, **settings)
        seen = _pictures(report) if previews else report.controls(together=True)
        how = "by a preview" if previews else "by a run of the page"
        yield Row("drag", f"the next seed of {CLASS} at once, {how}: median, s", float(np.percentile(seen, 50)))
        limit = (1.0, True) if previews else ()
        yield Row(
            "drag", f"the next seed of {CLASS} at once, {how}: 95 of 100, s", float(np.percentile(seen, 95)), *limit
        )


def _dragged(who: str, report: Report, least: float | None = None) -> Iterator[Row]:
    rates = sorted(len(visit.pictures) / visit.dragged for visit in report.visits if visit.dragged)
    waited = _pictures(report)
    yield Row("drag", f"{who}: settings/s each, median", statistics.median(rates), least)
    yield Row("drag", f"{who}: settings/s each, slowest", rates[0])
    yield Row("drag", f"{who}: move to picture, median, ms", 1000 * float(np.percentile(waited, 50)))
    yield Row("drag", f"{who}: move to picture, 95 of 100, ms", 1000 * float(np.percentile(waited, 95)))
    computed = report.looks[-1].counts["previews_computed"]
    yield Row("drag", f"{who}: pictures for each that was computed", len(waited) / max(1.0, computed))


def _frames(report: Report) -> list[float]:
    """Return the new frames a second of each roaming visitor, slowest first."""
    return sorted(rate for role in report.roles if role != "dragger" for rate in report.rates(role))


def _pictures(report: Report) -> list[float]:
    return sorted(seconds for visit in report.visits for seconds in visit.pictures)


def _ratio(now: list[float], before: list[float]) -> float:
    return statistics.median(now) / statistics.median(before)

"""`python -m benchmarks.lecture_hall [--sessions 50] [--seconds 60] [--churn MINUTES | --drag]`: load of one server.

A class opens one link, others move controls on several pages. The app is started on loopback, and one process without
browsers simulates all visitors (harness.load). Without --churn all arrive at the same moment and stay. With it they
arrive within a minute, and for the given minutes those who move controls are replaced by others after a few moves,
which tests the memory. The numbers are absolute, so keep the machine idle. Always exits with 0.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks import dragging
from benchmarks.table import Row, print_heading, print_row
from harness.load.crowd import Crowd
from harness.load.hall import MB, Report, measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lecture_hall", description="What one container holds.")
    parser.add_argument("--sessions", type=int, default=50, help="visitors, three in five of them the class")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they stay")
    parser.add_argument("--over", type=float, default=0.0, help="seconds within which they come; 0: all at once")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two controls")
    parser.add_argument("--light", action="store_true", help="no pages whose frames take long to compute")
    parser.add_argument("--churn", type=float, default=0.0, metavar="MINUTES", help="instead: come and go, so long")
    parser.add_argument("--drag", action="store_true", help="instead: sliders that are dragged, and a key for a class")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="environment of the server")
    given = parser.parse_args()
    crowd = Crowd(
        sessions=given.sessions,
        together=round(0.6 * given.sessions),
        over=given.over,
        seconds=given.seconds,
        pause=given.pause,
        heavy=not given.light,
    )
    if given.churn:
        crowd = dataclasses.replace(crowd, over=60.0, seconds=60 * given.churn, leave=3)
    settings = dict(setting.split("=", 1) for setting in given.set)
    if given.drag:
        print_heading()
        for row in dragging.rows(given.seconds, settings):
            print_row(row)
        return
    report = measure(crowd, every=5.0 if given.churn else 1.0, **settings)
    print_heading()
    for row in rows(report):
        print_row(row)
    for sentence in report.trouble:
        print("said:", sentence)


def rows(report: Report) -> Iterator[Row]:
    """Yield the table of a report."""
    visits, first = report.visits, report.first
    yield Row("seen", "visitors who saw a frame, of all", len(first) / len(visits), 1.0)
    yield Row("seen", "first frame, median, s", _share(first, 50))
    yield Row("seen", "first frame, 95 of 100, s", _share(first, 95))
    yield Row("seen", "first frame, the last, s", max(first), 5.0, True)
    for who, together in (("a control of those who roam", False), ("the class's next seed, all at once", True)):
        controls = report.controls(together)
        moved = len(controls) + sum(visit.lost for visit in visits if (visit.role == "class") is together)
        yield Row("seen", f"{who}: moved", moved)
        yield Row("seen", f"{who}: to first frame, median, s", _share(controls, 50))
        # The same limit holds for the class, although thirty visitors who press one key at once are the worst case.
        yield Row("seen", f"{who}: to first frame, 95 of 100, s", _share(controls, 95), 2.0, True)
        yield Row("seen", f"{who}: no frame before the next, %", 100 * (1 - len(controls) / max(1, moved)))
    scripts = sorted(took for visit in visits for took in visit.scripts)
    yield Row("seen", "the page's script, median, s", _share(scripts, 50))
    yield Row("seen", "the page's script, 95 of 100, s", _share(scripts, 95))
    for role in report.roles:
        rates = report.rates(role)
        if rates:
            name = f"{role} ({len(rates)})"
            yield Row("seen", f"{name}: new frames/s, median", statistics.median(rates))
            yield Row("seen", f"{name}: new frames/s, slowest", rates[0], 5.0)
            yield Row("seen", f"{name}: slowest over median", rates[0] / statistics.median(rates), 1 / 3)
    gaps = sorted(max(s.longest for s in visit.watched) for visit in visits if visit.watched)
    yield Row("seen", "longest wait for a new frame in mid-run, median of visitors, s", _share(gaps, 50))
    yield Row("seen", "longest wait for a new frame in mid-run, of all, s", gaps[-1])
    runs, configs = report.runs
    yield Row("runs", "different configs watched", configs)
    yield Row("runs", "runs trained for each of them", runs / configs)
    yield Row("runs", "runs under way at once, most", max(look.counts["active"] for look in report.looks))
    yield Row("runs", "runs waiting for a place, most", max(look.counts["waiting"] for look in report.looks))
    yield from _machine(report)


def _machine(report: Report) -> Iterator[Row]:
    looks, left, before = report.looks, report.left, report.before
    assert left is not None
    prints = [look.footprint for look in looks]
    yield Row("host", "health address, 95 of 100, ms", 1000 * _share(sorted(look.health for look in looks), 95))
    yield Row("host", "memory of all its processes, before, MB", before.footprint.memory / MB)
    yield Row("host", "memory, peak, MB", report.peak_mb, 3000, True)
    if report.seconds > 120:
        yield Row("host", "memory, growth in the second half, MB a minute", report.slope(0.5))
    yield Row("host", "memory, after all have gone, MB", left.footprint.memory / MB)
    yield Row("host", "threads of the web process, most", max(p.threads for p in prints))
    yield Row("host", "files and sockets open, most", max(p.files for p in prints))
    spent = (prints[-1].web - prints[0].web) / (looks[-1].at - looks[0].at)
    yield Row("host", "cores taken by the web process", spent)
    trained = (prints[-1].cpu - prints[0].cpu) / (looks[-1].at - looks[0].at) - spent
    yield Row("host", "cores taken by training", trained)
    yield Row("host", "cores taken by the visitors' process (the load itself)", report.load / report.seconds)
    yield Row("left", "runs", left.counts["active"] + left.counts["waiting"], 0, True)
    yield Row("left", "viewers", left.counts["viewers"], 0, True)
    yield Row("left", "sessions", report.sessions, 0, True)
    yield Row("left", "sockets more than before", left.footprint.sockets - before.footprint.sockets, 0, True)
    yield Row("left", "files more than before", left.footprint.files - before.footprint.files, 0, True)
    yield Row("left", "threads more than before", left.footprint.threads - before.footprint.threads)


def _share(ordered: Sequence[float], percent: float) -> float:
    return float(np.percentile(ordered, percent)) if ordered else float("nan")


if __name__ == "__main__":
    main()

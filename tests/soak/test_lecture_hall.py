"""A class opens one link while others move controls: all receive frames, and the server keeps nothing of them."""

import json
import statistics
from collections import defaultdict

import numpy as np

from harness.load.crowd import Crowd
from harness.load.hall import measure


def test_a_class_and_roaming_visitors_see_frames_and_leave_no_resources(long, figure, tmp_path):
    crowd = Crowd(seconds=60, every=15, dragging=5, previews=True)
    if not long:
        crowd = Crowd(sessions=10, together=6, seconds=8, every=4, heavy=False, dragging=2, previews=True)
    report = measure(
        crowd,
        tmp_path / "log.txt",
        LAZYRICH_GRACE_SECONDS="2",
        STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="3",
    )

    # every visitor saw each run that they asked for, and no error
    assert report.trouble == []
    assert len(report.visits) == len(report.first) == crowd.sessions + crowd.dragging
    # draggers have seen pictures; the class has seen the picture of each next seed before the page ran for it
    assert all(visit.pictures for visit in report.visits if visit.role == "dragger")
    assert all(len(visit.pictures) >= len(visit.controls) for visit in report.visits if visit.role == "class")

    # each run of the class is trained once, and all of the class watch this one run
    lessons = defaultdict(set)
    for visit in report.visits:
        if visit.role == "class":
            assert visit.controls or crowd.seconds < crowd.every
            for stretch in visit.watched:
                lessons[json.loads(stretch.config.removeprefix("playground: "))["seed"]].add(stretch.run)
    assert len(lessons) >= 2
    assert all(len(runs) == 1 for runs in lessons.values())

    # all share one run, so no visitor may fall behind the others, even on a slow machine
    rates = report.rates("class")
    if rates:
        assert rates[0] >= statistics.median(rates) / 3

    # all visitors have left, and the server has freed their resources
    left, before = report.left, report.before
    assert (left.counts["active"], left.counts["waiting"], left.counts["viewers"], report.sessions) == (0, 0, 0, 0)
    assert left.footprint.sockets <= before.footprint.sockets
    assert left.footprint.files <= before.footprint.files
    assert left.footprint.processes == before.footprint.processes
    # fewer threads than visitors: those of a thread pool are started when needed, and stay
    assert left.footprint.threads - before.footprint.threads < min(8, crowd.sessions)
    assert left.counts["previews_waiting"] == 0

    figure("first frame, the last of all", f"{report.first[-1]:.2f} s")
    pictures = [seconds for visit in report.visits for seconds in visit.pictures]
    figure("wish to picture, 95 of 100", f"{np.percentile(pictures, 95):.2f} s of {len(pictures)}")
    for who, together in (("those who roam", False), ("the class, all at once", True)):
        waited = report.controls(together)
        figure(f"control to first frame, 95 of 100, {who}", f"{np.percentile(waited, 95):.2f} s of {len(waited)}")
    for role in report.roles:
        if rates := report.rates(role):
            figure(
                f"new frames/s, {role}: median, slowest of {len(rates)}",
                f"{statistics.median(rates):.1f}, {rates[0]:.1f}",
            )
    runs, configs = report.runs
    figure("runs trained, different configs watched", f"{runs}, {configs}")
    figure("memory, peak of all processes", f"{report.peak_mb:.0f} MB")
    figure("cores taken by the load itself", f"{report.load / report.seconds:.2f}")

"""Sliders dragged while workers are killed and connections are cut: drags continue, and nothing is left behind."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress

from websockets.exceptions import ConnectionClosed

from harness.experiments import Counter
from harness.routes_server import Server
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.experiments.student_teacher.config import StudentTeacher

LINK = StudentTeacher(method="flow", seed=2, steps=1000)


class Hand(threading.Thread):
    """A visitor who drags a slider until `stop` is set, and whose line is cut now and then.

    pictures: number of previews received. refusals: reasons for those that were refused.
    """

    def __init__(self, server: Server, number: int, stop: threading.Event):
        super().__init__()
        self.server, self.number, self.stop = server, number, stop
        self.visit = server.visit(LINK)
        self.pictures, self.refusals, self.cuts = 0, set[str](), 0
        self.error: Exception | None = None

    def run(self) -> None:
        chance = random.Random(self.number)
        try:
            while not self.stop.is_set():
                with suppress(ConnectionClosed), self.server.viewer(self.visit.token) as viewer:
                    for serial in range(chance.randrange(5, 30)):
                        self.move(viewer, serial, round(chance.uniform(-1, 1), 2))
                    # leaving the block cuts the line during a request
                    viewer.request_preview(self.visit.runs[0].id, 100, delta=round(chance.uniform(-1, 1), 3))
                self.cuts += 1
        except Exception as error:
            self.error = error

    def move(self, viewer, serial: int, delta: float) -> None:
        # every other hand has a problem of its own
        viewer.request_preview(self.visit.runs[0].id, serial, delta=delta, seed=2 if self.number % 2 else self.number)
        while (preview := viewer.preview(30)).serial != serial:
            pass
        if preview.entry:
            self.pictures += 1
        else:
            self.refusals.add(preview.why)


def test_killed_workers_and_cut_lines_end_no_drag_and_no_other_run(long, figure):
    server = Server(Limits(workers=2, grace_seconds=0.5))
    server.start()
    try:
        stop = threading.Event()
        hands = [Hand(server, number, stop) for number in range(20 if long else 4)]
        runs = [server.pool.request(Counter(steps=50_000, seed=seed)) for seed in range(3)]
        for run in runs:
            server.pool.watch(run)
        for hand in hands:
            hand.start()
        lost = 0
        for _ in range(20 if long else 2):
            all_go_on(hands)
            eventually(lambda: server.pool.healthy, seconds=30)
            # kill a worker that computes a preview, if there is one within a second
            end = time.monotonic() + 1
            while not (pid := at_preview(server)) and time.monotonic() < end:
                time.sleep(0.002)
            os.kill(pid or server.pool.worker_pids[0], signal.SIGKILL)
            lost += 1
        eventually(lambda: server.pool.healthy, seconds=30)
        all_go_on(hands)
        stop.set()
        for hand in hands:
            hand.join(60)
            assert not hand.is_alive() and hand.error is None, hand.error
            assert all("computed this picture ended" in why for why in hand.refusals), hand.refusals
            assert hand.pictures
        # a run fails only if its worker was killed while computing it
        assert sum(run.over for run in runs) <= lost
        for run in runs:
            assert [frame.step for frame in run.frames] == list(range(len(run.frames)))
            server.pool.stop_run(run)
            server.pool.unwatch(run)
        eventually(lambda: server.pool.counts()["previews_waiting"] == 0)
        eventually(lambda: server.tasks() <= server.idle_tasks)
        counts = server.pool.counts()
        assert counts["preview_mb"] <= server.pool.limits.kept_preview_mb
        figure(
            "pictures sent, computed, lines cut, workers killed",
            f"{sum(hand.pictures for hand in hands)}, "
            f"{counts['previews_computed']:.0f}, {sum(hand.cuts for hand in hands)}, {lost}",
        )
    finally:
        server.stop()


def all_go_on(hands: list[Hand]) -> None:
    """Wait until each hand has received another picture."""
    before = [hand.pictures for hand in hands]
    eventually(lambda: all(hand.pictures > count for hand, count in zip(hands, before, strict=True)), seconds=60)


def at_preview(server: Server) -> int | None:
    """Return the process id of a worker that is computing a preview, None if there is none."""
    supervisor = server.pool._supervisor
    assert supervisor is not None
    return next((worker.pid for worker in supervisor.workers if worker.turn()[1] == "preview"), None)

"""Measure a lecture hall: a server, a crowd in a separate process, and samples of the server meanwhile.

report = measure(Crowd(sessions=50), log, LAZYRICH_LOG_MB="200")
report.first, report.controls(together=False), report.rates("class"), report.peak_mb, report.left
"""

from __future__ import annotations

import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.load.crowd import Crowd, gather, read
from harness.load.footprint import Footprint, footprint
from harness.load.recorded_visitor import Visit
from harness.server import Server

LOOK: Final = 1.0
"""Seconds between two samples of the server."""

MB: Final = 1e6


@dataclass(frozen=True)
class Look:
    """Sample of the server. at: seconds since the crowd started. health: response time of the health address in s."""

    at: float
    health: float
    counts: dict[str, float]
    footprint: Footprint


@dataclass
class Report:
    """Report of a measurement. before: sample after the first visitor and before the crowd. left: sample after all had
    gone. sessions: sessions that Streamlit then counts as open. seconds: duration of the crowd. load: computing time of
    the crowd itself in seconds."""

    crowd: Crowd
    before: Look
    looks: list[Look] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    seconds: float = 0.0
    load: float = 0.0
    left: Look | None = None
    sessions: int = 0

    @property
    def first(self) -> list[float]:
        """Return the seconds from connecting to the first frame, for visitors who saw one."""
        return sorted(visit.first for visit in self.visits if visit.first is not None)

    def controls(self, together: bool) -> list[float]:
        """Return the seconds from a control to the first frame of its run, for the class, which moves the same control
        at the same moment, or for the others."""
        return sorted(w for visit in self.visits if (visit.role == "class") is together for w in visit.controls)

    def rates(self, role: str) -> list[float]:
        """Return the new frames a second of each visitor of this role, slowest first."""
        rates = [visit.rate for visit in self.visits if visit.role == role]
        return sorted(rate for rate in rates if rate is not None)

    @property
    def roles(self) -> list[str]:
        """Return the roles of the visitors, the class first."""
        return sorted({visit.role for visit in self.visits}, key=lambda role: (role != "class", role))

    @property
    def runs(self) -> tuple[int, int]:
        """Return the number of watched runs, and of different configs among them."""
        watched = [stretch for visit in self.visits for stretch in visit.watched]
        return len({stretch.run for stretch in watched}), len({stretch.config for stretch in watched})

    @property
    def trouble(self) -> list[str]:
        """Return a sentence on each error, each once."""
        return sorted({sentence for visit in self.visits for sentence in visit.trouble})

    @property
    def peak_mb(self) -> float:
        """Return the largest memory of all processes of the server together."""
        return max(look.footprint.memory for look in self.looks) / MB

    def slope(self, since: float) -> float:
        """Return the growth of memory in MB a minute (least squares) after this share of the time."""
        points = [(look.at / 60, look.footprint.memory / MB) for look in self.looks if look.at >= since * self.seconds]
        minutes = sum(at for at, _ in points) / len(points)
        over = sum((at - minutes) * memory for at, memory in points)
        return over / sum((at - minutes) ** 2 for at, _ in points)


class _Watch:
    """Sampler of a server, with one connection to its health address."""

    def __init__(self, server: Server):
        self.server = server
        self.start = time.monotonic()
        self.first: Look | None = None

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def look(self) -> Look:
        asked = time.monotonic()
        counts = json.loads(self.get("/lazyrich/health"))
        took = time.monotonic() - asked
        return Look(asked - self.start, took, counts, footprint(self.server.process.pid))

    def sessions(self) -> int:
        metrics = self.get("/_stcore/metrics?families=active_sessions")
        return int(float(re.findall(r"^active_sessions\S* (\S+)$", metrics, re.MULTILINE)[0]))

    def _remains(self, look: Look) -> bool:
        files = self.first is not None and look.footprint.files > self.first.footprint.files
        return files or bool(look.counts["viewers"] or look.counts["active"] or self.sessions())

    def gone(self) -> Look:
        """Return a sample after all visitors and sessions have gone, or after a long timeout.

        Streamlit keeps a closed session for half a minute, for a browser that comes back, and with it some open files.
        """
        end = time.monotonic() + 90
        while self._remains(look := self.look()):
            if time.monotonic() > end:
                break
            time.sleep(0.5)
        return look


def measure(crowd: Crowd, log: Path | None = None, every: float = LOOK, **settings: str) -> Report:
    """Send the crowd to a server with these settings. every: seconds between two samples of it.

    Raises ValueError if the crowd ended without an answer.
    """
    with Server(log, **settings) as server:
        watch = _Watch(server)
        # The first visitor causes all one-time setup.
        read(gather(server.url, Crowd(sessions=1, together=1, seconds=1)), 120)
        report = Report(crowd, watch.gone())
        watch.first = report.before
        watch.start = time.monotonic()
        load = gather(server.url, crowd)
        with ThreadPoolExecutor(1) as thread:
            # Read while it runs: the final output of the crowd is larger than the buffer of a pipe.
            reading = thread.submit(read, load, crowd.over + crowd.seconds + 180)
            try:
                while not reading.done():
                    report.looks.append(watch.look())
                    wait([reading], every)
                report.seconds = time.monotonic() - watch.start
                report.visits, report.load = reading.result()
            finally:
                load.kill()
                load.wait()
        report.left = watch.gone()
        report.sessions = watch.sessions()
    return report

"""One visitor of a crowd: moves controls or drags a slider, and records what the page and its chart answer."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from harness.visitor import OVER, Visitor

PAINT: Final = 1 / 60
"""Smallest time between two requests of a browser in seconds."""

PATIENCE: Final = 60.0
"""Seconds for which a visitor waits at the end for a requested frame."""

STOPS: Final = 60
"""Stops of a slider passed in a second of dragging."""

HAND: Final = [round(stop / 20, 2) for stop in [*range(-40, 41), *range(39, -40, -1)]]
"""Positions of the dragged slider: all stops of δ, to and fro."""

CONTROLS: Final[dict[str, dict[str, list[Any]]]] = {
    "playground": {
        "student-teacher.delta": [-1.0, -0.5, 0.0, 0.5, 1.0],
        "student-teacher.tau": ["0.1", "0.2", "0.5", "1", "2"],
        "student-teacher.eta_a": ["0.1", "1", "10"],
        "student-teacher.seed": [1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
    "exact-solutions": {
        "single-neuron.delta": [-3.0, -1.0, 0.0, 1.0, 3.0],
        "single-neuron.angle": [30.0, 60.0, 90.0, 120.0],
    },
    "linear-networks": {
        "linear-network.delta": [-5.0, -1.0, 0.0, 1.0, 5.0],
        "linear-network.seed": [1, 2, 3, 4],
    },
    "deep-networks": {"deep-network.seed": [1, 2, 3], "deep-network.depth": [2.0, 3.0]},
    "grokking": {"grokking.seed": [1, 2, 3], "grokking.seeds": [1.0, 2.0, 3.0]},
}
"""Page -> key of a control -> its values, as a browser sends them."""


@dataclass
class Watched:
    """Interval in which one run was watched, from its first answer until it was over or the visitor moved on.

    config: page and settings, as text. frames: number received after the first answer, which brings all earlier ones.
    longest: longest time without a new frame in seconds.
    """

    run: str
    config: str
    frames: int = 0
    seconds: float = 0.0
    longest: float = 0.0


@dataclass
class Visit:
    """Record of one visit.

    Attributes:
        role: "class", or the page on which the visitor roamed.
        first: Seconds from connecting to the first frame; None if none came.
        controls: Seconds from each control to the first frame of its run.
        lost: Number of controls without a frame before the next control.
        scripts: Seconds of each run of the page's script.
        pictures: Seconds from each request for a preview to its answer.
        dragged: Seconds for which the visitor dragged a slider.
        trouble: Errors reported by the page or the sockets.
    """

    role: str
    first: float | None = None
    controls: list[float] = field(default_factory=list)
    lost: int = 0
    scripts: list[float] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    dragged: float = 0.0
    watched: list[Watched] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float | None:
        """Return the new frames a second while runs trained; None if none was watched for long enough."""
        stretches = [stretch for stretch in self.watched if stretch.seconds >= 1.0]
        return sum(s.frames for s in stretches) / sum(s.seconds for s in stretches) if stretches else None


class RecordedVisitor:
    """A visitor with a record of the visit. The page and the chart are two sockets, each with its own task."""

    def __init__(self, url: str, role: str, query: str, random: random.Random):
        self.visit = Visit(role)
        self._page = "playground" if role in ("class", "dragger") else role
        self._visitor = Visitor(url, query, self._page)
        self._random = random
        self._moves = 0
        self._asked: float | None = None
        self._before: set[str] = set()
        self._values: dict[str, Any] = {}

    async def stay(self, until: float, controls: Any) -> None:
        """Connect, and stay until then. controls: coroutine function of (visitor) that moves the controls."""
        try:
            async with asyncio.timeout(until - time.monotonic() + 2 * PATIENCE):
                self._asked = time.monotonic()
                async with self._visitor:
                    watching = asyncio.create_task(self._watch())
                    try:
                        await self._script(self._visitor.run())
                        await self._wait_for_what_is_due()
                        await controls(self)
                        await asyncio.sleep(until - time.monotonic())
                        await self._wait_for_what_is_due()
                    finally:
                        watching.cancel()
                        with suppress(asyncio.CancelledError):
                            await watching
        except Exception as error:
            self.visit.trouble.append(f"{type(error).__name__}: {error}"[:200])

    async def move(self, key: str, value: Any) -> None:
        """Move a control, and wait for the end of the page's script before the next move."""
        self.visit.lost += self._asked is not None
        self._before = {run["id"] for run in self._visitor.chart["runs"]}
        self._asked = time.monotonic()
        self._moves += 1
        await self._script(self._visitor.set(key, value))
        if {run["id"] for run in self._visitor.chart["runs"]} == self._before:
            self._asked = None  # the control had this value already, and the run continues

    async def await_preview(self, **settings: Any) -> None:
        """Wait for the preview of these settings."""
        asked = time.monotonic()
        header = await self._visitor.request_preview(**settings)
        if header["preview"] is None:
            self.visit.trouble.append(header["why"])
        else:
            self.visit.pictures.append(time.monotonic() - asked)

    async def drag(self, until: float) -> None:
        """Hold the slider of δ and move it to and fro, a stop sixty times a second, until then."""
        began = time.monotonic()
        start = self._random.randrange(len(HAND))
        shown = None
        while (now := time.monotonic()) < until:
            delta = HAND[(start + int((now - began) * STOPS)) % len(HAND)]
            if delta == shown:
                await asyncio.sleep(1 / STOPS / 4)
                continue
            await self.await_preview(delta=delta, steps=100_000)
            shown = delta
        self.visit.dragged = time.monotonic() - began

    async def open(self) -> None:
        """Unfold the folded parts of the page, such as the one with the seed."""
        await self._script(self._visitor.open())

    async def _wait_for_what_is_due(self) -> None:
        """Wait for the frame that was requested last, so that late frames are recorded: a visitor does not play before
        the first frame."""
        end = time.monotonic() + PATIENCE
        while self._asked is not None:
            if time.monotonic() > end:
                self.visit.trouble.append(f"no frame within {PATIENCE:g} s")
                return
            await asyncio.sleep(0.02)

    async def move_random_control(self) -> None:
        """Move some control of the page to some other value."""
        key = self._random.choice(list(CONTROLS[self._page]))
        value = self._random.choice([v for v in CONTROLS[self._page][key] if v != self._values.get(key)])
        self._values[key] = value
        await self.move(key, value)

    async def _script(self, running: Any) -> None:
        started = time.monotonic()
        await running
        self.visit.scripts.append(time.monotonic() - started)
        self.visit.trouble += [*self._visitor.texts("exception"), *self._visitor.texts("alert")]

    async def _watch(self) -> None:
        await self._visitor.charted.wait()
        stretch, began, last = Watched("", ""), 0.0, 0.0
        async with aclosing(self._visitor.watch(stay=True)) as answers:
            async for entries in answers:
                now, entry = time.monotonic(), entries[0]
                if entry["id"] != stretch.run and entry["count"]:
                    config = json.dumps(entry["header"]["config"]) if "header" in entry else ""
                    stretch = Watched(entry["id"], f"{self._page}: {config}")
                    self.visit.watched.append(stretch)
                    began = last = now
                    self._note(entry["id"], now)
                elif entry["id"] == stretch.run and (entry["count"] or entry["status"] not in OVER):
                    stretch.seconds = now - began
                    stretch.longest = max(stretch.longest, now - last)
                    if entry["count"]:
                        stretch.frames += entry["count"]
                        last = now
                await asyncio.sleep(now + PAINT - time.monotonic())

    def _note(self, run: str, now: float) -> None:
        """Record the arrival of a run's first frame after the last control, or after connecting."""
        if self._asked is None or run in self._before:
            return
        waited, self._asked = now - self._asked, None
        if self._moves:
            self.visit.controls.append(waited)
        else:
            self.visit.first = waited

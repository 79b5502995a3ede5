"""Many visitors at once, in a separate process: the load of a lecture hall, and a record of each visit.

    visits, cpu = read(gather(url, Crowd(sessions=50, together=30, seconds=60)), timeout)

The first `together` of them are the class: all open the same link, and take the next seed at the same moment. The
others each open a page and move its controls at random, among a bounded set of values. All request frames as a browser
does: after painting, at most 60 times a second.

    python -m harness.load.crowd URL '{"sessions": 50, ...}'        prints a JSON object: visits, and seconds of CPU

It runs alone in its process, so that its computing time can be separated from the server's.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final

from harness.load.recorded_visitor import RecordedVisitor, Visit, Watched

LINK: Final = "tau=0.1&delta=1&eta_a=1&eta_w=1&method=flow&seed={seed}"
"""Link of the class: the playground's first preset with a seed."""

FIRST_SEED: Final = 2

LIGHT: Final = ("playground", "exact-solutions", "playground", "linear-networks", "playground")
HEAVY: Final = (*LIGHT, "playground", "deep-networks", "playground", "exact-solutions", "grokking")
"""Pages opened by roaming visitors, in turn; with HEAVY, frames of one in five take a tenth of a second."""


@dataclass(frozen=True)
class Crowd:
    """A crowd of visitors.

    Attributes:
        sessions: Number of visitors.
        together: Number of these in the class, on one link.
        over: Seconds within which they come; 0 for the same moment.
        seconds: Seconds for which they stay after that.
        every: Seconds between two seeds of the class.
        pause: Seconds between two controls of a roaming visitor.
        heavy: Whether some open pages with frames that take long to compute.
        leave: Mean number of controls after which a roaming visitor is replaced by another; 0 for never.
        dragging: Number of further visitors who drag a slider of the playground all the time.
        alike: Whether these have one link, rather than a problem each.
        previews: Whether the class requests the next seed as a preview first, as a browser does, and then by the page.
        seed: Of all random choices.
    """

    sessions: int = 50
    together: int = 30
    over: float = 0.0
    seconds: float = 60.0
    every: float = 15.0
    pause: float = 2.0
    heavy: bool = True
    leave: int = 0
    dragging: int = 0
    alike: bool = False
    previews: bool = False
    seed: int = 0


async def visits(url: str, crowd: Crowd) -> list[Visit]:
    """Send the crowd; return the record of each visit once all have left."""
    chance = random.Random(crowd.seed)
    start = time.monotonic()
    until = start + crowd.over + crowd.seconds
    seen: list[Visit] = []
    everybody = crowd.sessions + crowd.dragging

    async def follow_class(visitor: RecordedVisitor) -> None:
        await visitor.open()
        lesson = 1
        while (at := start + crowd.over + lesson * crowd.every) < until:
            await asyncio.sleep(at - time.monotonic())
            if crowd.previews:
                await visitor.await_preview(seed=FIRST_SEED + lesson)
            await visitor.move("student-teacher.seed", FIRST_SEED + lesson)
            lesson += 1

    async def roam(visitor: RecordedVisitor) -> None:
        moves = 1 + int(chance.expovariate(1 / crowd.leave)) if crowd.leave else sys.maxsize
        while moves and time.monotonic() + crowd.pause < until:
            await asyncio.sleep(crowd.pause * chance.uniform(0.5, 1.5))
            await visitor.move_random_control()
            moves -= 1

    async def come(number: int) -> None:
        await asyncio.sleep(crowd.over * number / everybody)
        if number < crowd.together:
            visitor = RecordedVisitor(url, "class", LINK.format(seed=FIRST_SEED), chance)
            seen.append(visitor.visit)
            await visitor.stay(until, follow_class)
            return
        if number >= crowd.sessions:
            # short runs, which slow down the runs of others for a short time only
            link = f"{LINK.format(seed=1000 if crowd.alike else 1000 + number)}&steps=20"
            visitor = RecordedVisitor(url, "dragger", link, chance)
            seen.append(visitor.visit)
            await visitor.stay(until, lambda visitor: visitor.drag(until))
            return
        pages = HEAVY if crowd.heavy else LIGHT
        while time.monotonic() < until:
            visitor = RecordedVisitor(url, pages[number % len(pages)], "", chance)
            seen.append(visitor.visit)
            await visitor.stay(time.monotonic() if crowd.leave else until, roam)
            number += 1

    order = list(range(everybody))
    chance.shuffle(order)
    await asyncio.gather(*(come(number) for number in order))
    return seen


def gather(url: str, crowd: Crowd) -> subprocess.Popen[bytes]:
    """Start the crowd in its process; `read` waits for it."""
    command = [sys.executable, "-m", "harness.load.crowd", url, json.dumps(asdict(crowd))]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def read(crowd: subprocess.Popen[bytes], seconds: float) -> tuple[list[Visit], float]:
    """Return the visits of a crowd that `gather` started, and the seconds of computing time of its process.

    Raises:
        subprocess.TimeoutExpired: If it is still running after `seconds`.
        ValueError: If it ended without an answer.
    """
    printed, _ = crowd.communicate(timeout=seconds)
    found = json.loads(printed)
    seen = [
        Visit(**{**visit, "watched": [Watched(**stretch) for stretch in visit["watched"]]}) for visit in found["visits"]
    ]
    return seen, found["cpu"]


def main() -> None:
    url, plan = sys.argv[1:]
    seen = asyncio.run(visits(url, Crowd(**json.loads(plan))))
    taken = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"visits": [asdict(visit) for visit in seen], "cpu": taken.ru_utime + taken.ru_stime}))


if __name__ == "__main__":
    main()

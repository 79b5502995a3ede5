"""Small experiments for tests of a server: real configs that need numpy only, imported by real workers.

They are outside the package, so they also test that a worker can import the modules of its parent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lazyrich.config.schema import Config, Work, parameter
from lazyrich.frame import CannotRun, Diverged, Frame, RunHeader


class Counter(Config):
    """Counts: frame k has step k, `square` k², and chart data that follow from k."""

    name: ClassVar[str] = "counter"

    steps: int = parameter(20, "Steps", "The last number, and the number of frames less one.", ge=1, le=100_000)
    pause: float = parameter(0.0, "Pause", "Seconds that each frame takes.", ge=0, le=60, unit="s")
    size: int = parameter(3, "Size", "Numbers in the chart data of each frame.", ge=1, le=1_000_000)
    seed: int = parameter(0, "Seed", "Makes configs that differ in nothing else.", ge=0, le=1_000_000)

    @property
    def expected_frames(self) -> int:
        return self.steps + 1

    def work(self) -> Work:
        frames = self.expected_frames
        return Work(flops=frames, bytes=8.0 * frames * self.size, scratch=0.0, seconds=self.pause * frames)

    def frames(self) -> Iterator[Frame]:
        for step in range(self.steps + 1):
            if self.pause:
                time.sleep(self.pause)
            yield self.frame(step)

    def frame(self, step: int) -> Frame:
        """Return the frame at one step, for comparison in tests."""
        header = RunHeader({"start": np.zeros(2)}, {"limit": self.steps}, {"numpy": np.__version__})
        return Frame(
            step=step,
            time=step / 10,
            metrics={"square": float(step**2), "worker": float(os.getpid())},
            arrays={"count": np.array([step])},
            chart_data={"trail": np.arange(step, step + self.size, dtype=np.float32)},
            verdict=f"at {step}",
            header=header if step == 0 else None,
        )


class Patient(Counter):
    """Continues counting after a stop."""

    name: ClassVar[str] = "patient"

    def continuation(self, frames: Sequence[Frame]) -> Rest:
        return Rest(self, len(frames))


@dataclass(frozen=True)
class Rest:
    """The remaining frames of a Patient."""

    config: Patient
    first: int

    def frames(self) -> Iterator[Frame]:
        return (self.config.frame(step) for step in range(self.first, self.config.steps + 1))


class Ending(Counter):
    """Counts to `steps` // 2 and then ends in a given way."""

    name: ClassVar[str] = "ending"

    how: str = parameter("diverge", "How", "What happens halfway: diverge, refuse, raise or exit.")

    def frames(self) -> Iterator[Frame]:
        for step in range(self.steps // 2):
            yield self.frame(step)
        if self.how == "diverge":
            raise Diverged(f"Diverged at step {self.steps // 2}: count more slowly.", self.steps // 2, {"steps": 3})
        if self.how == "refuse":
            raise CannotRun("There is no such number: choose another.", {"seed": 1})
        if self.how == "raise":
            raise ZeroDivisionError("a secret of the server")
        if self.how == "exit":
            # after the yielded frames have gone through the pipe, so that a test knows their number
            os._exit(17)


class Glutton(Counter):
    """Announces a small need and uses much more."""

    name: ClassVar[str] = "glutton"

    def work(self) -> Work:
        return Work(flops=1.0, bytes=1.0, scratch=0.0, seconds=0.0)


class Learner(Counter):
    """Has `size` weights and three numbers of chart data."""

    name: ClassVar[str] = "learner"

    def frame(self, step: int) -> Frame:
        weights = {"W": np.full(self.size, float(step))}
        return replace(super().frame(step), arrays=weights, chart_data={"trail": np.full(3, step, dtype=np.float32)})


class Hungry(Counter):
    """Needs working memory, in MB."""

    name: ClassVar[str] = "hungry"

    needs: float = parameter(1.0, "Needs", "Working memory.", ge=0, le=1e6, unit="MB")

    def work(self) -> Work:
        return super().work().model_copy(update={"scratch": 1e6 * self.needs})


class Starving(Counter):
    """Gets no memory at its second frame as long as a file exists."""

    name: ClassVar[str] = "starving"

    file: str = parameter("", "File", "While it is there, there is no memory.")

    def frames(self) -> Iterator[Frame]:
        yield self.frame(0)
        if os.path.exists(self.file):
            raise MemoryError
        yield from (self.frame(step) for step in range(1, self.steps + 1))


class Thinker(Counter):
    """Computes for a given time without yielding a frame."""

    name: ClassVar[str] = "thinker"

    def frames(self) -> Iterator[Frame]:
        yield self.frame(0)
        until = time.monotonic() + 600
        while time.monotonic() < until:
            np.linalg.norm(np.ones(1000))
        yield self.frame(1)

"""Common parts of the configs of a comparison and a study of an axis: their runs' cost, ending and continuation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lazyrich.config.schema import Config, Work, experiment_module
from lazyrich.ending import Ending
from lazyrich.frame import Frame

if TYPE_CHECKING:
    from lazyrich.studies.runs.jobs import Finished, Job

COLUMNS: Final = 20
"""Approximate number of columns of the curves."""


def work(jobs: Sequence[Job], rows: int, shown: float) -> Work:
    """Return the cost of all runs, of whose frames only the rows are kept.

    Args:
        jobs: The runs.
        rows: Rows of the table of all of them.
        shown: Bytes of the chart data of all frames.
    """
    costs = [job.config.work() for job in jobs]
    return Work(
        flops=sum(cost.flops for cost in costs),
        bytes=8.0 * COLUMNS * rows + 2 * shown,
        scratch=max(cost.scratch for cost in costs),
        seconds=sum(cost.seconds for cost in costs),
    )


def ending(frames: Sequence[Frame], level: Any) -> Ending | None:
    """Return whether the losses have settled at the moment of the comparison.

    Args:
        frames: The frames so far.
        level: Whether runs are compared at a training loss, where losses need not settle.
    """
    if not frames or level:
        return None
    falling, of = (int(frames[-1].metrics[name]) for name in ("falling", "runs"))
    if falling:
        return Ending("falling", f"losses still change in {falling} of {of} runs", "losses still change")
    return Ending("flat", "losses are flat in all runs", "losses flat", lasting=True)


@dataclass(frozen=True)
class Continuation:
    """The rest of a comparison or a study: config for a worker that continues a stopped one.

    config: the whole of it. existing_frames: number of existing frames. done: the runs of these frames.
    """

    config: Config
    existing_frames: int
    done: tuple[Finished, ...]

    def frames(self) -> Iterator[Frame]:
        """Yield the remaining frames."""
        found: Iterator[Frame] = experiment_module(type(self.config), "frames").frames(
            self.config, self.existing_frames, self.done
        )
        return found

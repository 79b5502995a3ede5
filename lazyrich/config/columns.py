"""What the columns of an experiment's curves are for, so that runs of any experiment can be compared."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Columns"]


class Columns(NamedTuple):
    """The columns of `Result.curves` that say where a row belongs, and what runs are compared by.

    networks: columns that tell the networks of one seed apart; none where a seed has one network. clock: column of the
    time, by which a row is looked up; empty where each row is the end of a training. outcome: what runs are compared by
    unless something else is asked for.
    """

    networks: tuple[str, ...] = ()
    clock: str = "time"
    outcome: str = "test_loss"

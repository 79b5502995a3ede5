"""Roles of the columns of an experiment's curves, so that runs of any experiment can be compared."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Columns"]


class Columns(NamedTuple):
    """The columns of `Result.curves` that identify a row, and the one that runs are compared by.

    Attributes:
        networks: Columns that distinguish the networks of one seed; none if a seed has one network.
        clock: Column of the time, by which a row is looked up; empty if each row is the end of a training.
        outcome: Column that runs are compared by if none is named.
    """

    networks: tuple[str, ...] = ()
    clock: str = "time"
    outcome: str = "test_loss"

"""Table of the benchmarks: a row for each claim, with the measured and the required value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line. item: its number in the table. needed: smallest (or, with at_most, largest) acceptable
    value; None for a line without requirement."""

    item: str
    what: str
    measured: float
    needed: float | None = None
    at_most: bool = False

    @property
    def verdict(self) -> str:
        if self.needed is None:
            return ""
        good = self.measured <= self.needed if self.at_most else self.measured >= self.needed
        return "reached" if good else "NOT REACHED"


LAYOUT = "{:<5} {:<78} {:>10} {:>10}  {}"


def print_heading() -> None:
    print(LAYOUT.format("item", "what", "measured", "needed", ""))
    print("-" * 120)


def print_row(row: Row) -> None:
    sign = "<=" if row.at_most else ">="
    needed = "" if row.needed is None else f"{sign} {row.needed:.3g}"
    print(LAYOUT.format(row.item, row.what, f"{row.measured:.3g}", needed, row.verdict), flush=True)

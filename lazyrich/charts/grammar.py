"""The grammar that a run's strings come from."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Chart


class Grammar(Chart):
    """The rules of a grammar, and how one of its strings comes out of them.

    The header's chart data has `strings`, how many there are in all, and `grammar`: {vocabulary, rules, derivation}.
    """

    needs: ClassVar[tuple[str, ...]] = ("grammar", "strings")

    kind: Literal["grammar"] = "grammar"

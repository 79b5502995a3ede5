"""The grammar that generates a run's strings."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Chart


class Grammar(Chart):
    """The rules of a grammar, and the derivation of one of its strings.

    The header's chart data has `strings`, the number of all strings, and `grammar`: {vocabulary, rules, derivation}.
    """

    needs: ClassVar[tuple[str, ...]] = ("grammar", "strings")

    kind: Literal["grammar"] = "grammar"

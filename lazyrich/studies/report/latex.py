"""Comparisons and studies as tables of LaTeX, for a paper. They need the package booktabs."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from lazyrich.config.schema import show

if TYPE_CHECKING:
    from lazyrich.studies.comparison import Comparison
    from lazyrich.studies.grid import Study

__all__ = ["comparison_table", "escaped", "number", "study_table"]

SPECIAL: Final = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "−": "$-$",
    "×": r"$\times$",
    "‖": r"$\|$",
    "≤": r"$\le$",
    "∞": r"$\infty$",
    "°": r"$^\circ$",
    "′": "$'$",
    "–": "--",
}


def comparison_table(versus: Comparison) -> str:
    """See Comparison.latex."""
    measure = versus.measure
    columns = versus.A.config.columns.networks if len(versus.pairs) > 1 else ()
    head = [*columns, "median A", "median B", f"{measure.effect} [interval]", "wins of B", "Wilcoxon $p$"]
    rows = []
    for row in versus.effects.to_dict("records"):
        rows.append(
            [
                *(escaped(show(row[name])) for name in columns),
                number(row["median_A"]),
                number(row["median_B"]),
                _with_interval(row[measure.effect], row["low"], row["high"]),
                f"{row['wins']} of {row['wins_of']}",
                number(row["wilcoxon_p"], 2),
            ]
        )
    notes = [f"{versus.names[0]}, {versus.names[1]}", versus.verdict, *versus.warnings]
    return _tabular([*map(escaped, columns), *head[len(columns) :]], rows, notes, len(columns))


def study_table(study: Study) -> str:
    """See Study.latex."""
    measure, keys = study.measure, [*study.axes, *study.networks]
    parameters = study.plan.config.parameters()
    head = [escaped(parameters[name].symbol if name in parameters else name) for name in keys]
    head += [f"median {escaped(measure.words)} [interval]", f"{measure.effect} [interval]", "wins"]
    effects = {tuple(row[name] for name in keys): row for row in study.effects.to_dict("records")}
    rows = []
    for row in study.summary.to_dict("records"):
        key = tuple(row[name] for name in keys)
        compared = ["reference", ""]
        if (against := effects.get(key)) is not None:
            effect = _with_interval(against[measure.effect], against["low"], against["high"])
            compared = [effect, f"{against['wins']} of {against['wins_of']}"]
        median = _with_interval(row["median"], row["low"], row["high"])
        rows.append([*(escaped(show(value)) for value in key), median, *compared])
    return _tabular(head, rows, [study.verdict, *study.warnings], len(keys))


def number(value: float, digits: int = 3) -> str:
    r"""Return a number for a table of LaTeX: `0.0123`, `$1.2 \times 10^{-5}$`; a dash where there is none."""
    if math.isnan(value):
        return "--"
    if math.isinf(value):
        return r"$\infty$" if value > 0 else r"$-\infty$"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if not -4 <= int(exponent) < 5:
        return rf"${mantissa} \times 10^{{{int(exponent)}}}$"
    text = f"{float(f'{value:.{digits - 1}e}'):.{max(0, digits - 1 - int(exponent))}f}"
    return f"$-${text[1:]}" if text.startswith("-") else text


def escaped(text: str) -> str:
    r"""Return text as LaTeX writes it: Greek letters as `$\delta$`, subscripts as `$_{w}$`, the rest escaped."""
    return "".join(map(_character, text))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii():
        return character
    words = unicodedata.name(character, "").split()
    if len(words) == 4 and words[0] == "GREEK" and words[2] == "LETTER":
        name = words[3].lower()
        # those that look like Latin capitals have no command
        return f"${chr(92)}{name.capitalize() if words[1] == 'CAPITAL' else name}$"
    kind, _, parts = unicodedata.decomposition(character).rpartition(">")
    if kind in ("<super", "<sub"):
        plain = "".join(escaped(chr(int(part, 16))) for part in parts.split())
        return f"${'^' if kind == '<super' else '_'}{{{plain.strip('$')}}}$"
    return "?" if not character.isalpha() else character


def _with_interval(middle: Any, low: Any, high: Any) -> str:
    if math.isinf(low) and math.isinf(high) and low < high:
        return number(middle)
    return f"{number(middle)} [{number(low)}, {number(high)}]"


def _tabular(head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str], keys: int) -> str:
    lines = [f"% {line}" for note in notes for line in note.splitlines()]
    lines += [rf"\begin{{tabular}}{{{'l' * keys}{'r' * (len(head) - keys)}}}", r"\toprule", rf"{' & '.join(head)} \\"]
    lines += [r"\midrule", *(rf"{' & '.join(row)} \\" for row in rows), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"

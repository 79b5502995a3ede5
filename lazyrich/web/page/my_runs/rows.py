"""Contents of the rows of the list: settings that distinguish runs, last numbers, ending and picture."""

from __future__ import annotations

import math
import time
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from lazyrich.charts import Reading
from lazyrich.config.schema import Config, experiment_module
from lazyrich.moment import significant
from lazyrich.own_data import OVERRULED
from lazyrich.run_archive.recorded_run import RecordedRun
from lazyrich.web.page.my_runs.places import PLACES
from lazyrich.web.page.my_runs.run_list import Entry

__all__ = ["Row", "block", "orders", "rows_of", "sorted_rows"]

MAX_NUMBERS: Final = 4
"""Count of last numbers in a row; the page of the run shows all."""


@dataclass(frozen=True)
class Row:
    """A run in the list.

    settings: those that distinguish it, by label; settings_text: the same in a line. numbers: its last ones, by label.
    """

    entry: Entry
    recorded: RecordedRun | None
    place: str
    settings: Mapping[str, Any]
    settings_text: str
    numbers: Mapping[str, float]
    written: Mapping[str, str]


def rows_of(entries: Sequence[Entry]) -> list[Row]:
    """Return a row for each entry: beside other runs of its experiment the settings in which they differ."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.config is not None:
            groups.setdefault(entry.config.name, []).append(entry)
    differing = {name: _differing_settings(group) for name, group in groups.items()}
    return [_row(entry, differing.get(entry.config.name, []) if entry.config else []) for entry in entries]


def _differing_settings(entries: Sequence[Entry]) -> list[str]:
    """Return the settings in which runs differ from each other; for equal runs, those that are not the default."""
    found = [_trained_settings(entry) for entry in entries]
    names = dict.fromkeys(name for one in sorted(found, key=len, reverse=True) for name in one)
    apart = [name for name in names if len({repr(one[name]) for one in found if name in one}) > 1]
    return apart or [name for name in names if any(name in _changed(entry) for entry in entries)]


def _trained_settings(entry: Entry) -> dict[str, Any]:
    """Return the settings of a run without those that its own data overrule, whose values were not used."""
    settings = {} if entry.config is None else entry.config.model_dump()
    overruled = OVERRULED if "task" in entry.own else ()
    return {name: value for name, value in settings.items() if name not in overruled}


def _changed(entry: Entry) -> Collection[str]:
    return () if entry.config is None else entry.config.settings()


def _row(entry: Entry, differing: Sequence[str]) -> Row:
    config, recorded = entry.config, entry.now
    if config is None:
        assert recorded is not None, "what comes from an archive has been recorded"
        return Row(entry, recorded, PLACES[recorded.experiment].title, {}, "", {}, {})
    parameters = config.parameters()
    trained = _trained_settings(entry)
    differing = [name for name in differing if name in trained]
    settings = {parameters[name].symbol: getattr(config, name) for name in differing}
    text = ", ".join(parameters[name].labelled(getattr(config, name)) for name in differing)
    numbers: dict[str, float] = {}
    written: dict[str, str] = {}
    final = recorded.final if recorded else {}
    for reading in _readings(config):
        if reading.column in final and len(numbers) < MAX_NUMBERS:
            value = final[reading.column] * reading.scale
            numbers[reading.label] = value
            unit = f" {reading.unit}" if reading.unit else ""
            written[reading.label] = f"{value:,.0f}" if reading.count else f"{significant(value, reading.digits)}{unit}"
    return Row(entry, recorded, PLACES[config.name].title, settings, text or "usual settings", numbers, written)


def _readings(config: Config) -> Sequence[Reading]:
    found: Sequence[Reading] = experiment_module(type(config), "charts").readings(config)
    return found


NEWEST, OLDEST, PAGE = "newest first", "oldest first", "page"


def orders(rows: Iterable[Row]) -> list[str]:
    """Return the possible orders of a list: its own, settings that differ, and last numbers."""
    names: dict[str, None] = {}
    for row in rows:
        names |= dict.fromkeys(name for name, value in row.settings.items() if _number(value) is not None)
        names |= dict.fromkeys(row.numbers)
    return [NEWEST, OLDEST, PAGE, *names]


def sorted_rows(rows: Sequence[Row], order: str, largest_first: bool = False) -> list[Row]:
    """Return rows in one of these orders; those without the number are last, in their own order."""
    if order in (NEWEST, OLDEST):
        return list(rows)[:: 1 if order == OLDEST else -1]
    if order == PAGE:
        return sorted(rows, key=lambda row: row.place, reverse=largest_first)

    def key(row: Row) -> float:
        value = row.numbers.get(order, _number(row.settings.get(order)))
        return math.inf if value is None else -value if largest_first else value

    return sorted(rows, key=key)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def block(row: Row) -> str:
    """Return the picture and the texts of a row as HTML; text from outside is escaped."""
    recorded, entry = row.recorded, row.entry
    if recorded is None:
        waits = "waits for its first frame" if entry.run is not None else "ended before its first frame"
        picture, ended = "", entry.lost or waits
    else:
        # as a separate image, because Streamlit removes drawings from the HTML of a page
        drawn = b64encode(recorded.picture.svg.encode()).decode()
        picture = f'<img alt="{escape(recorded.picture.words)}" src="data:image/svg+xml;base64,{drawn}">'
        ended = _ended(recorded)
    numbers = " · ".join(f"{escape(name)} <b>{escape(text)}</b>" for name, text in row.written.items())
    described = escape(row.settings_text) if entry.config is not None else "This version does not take its settings."
    about = [escape(ended), escape(_when(entry))]
    about += [f"from {escape(entry.came)}"] if entry.came else []
    about += ["on your own data"] if "task" in entry.own else []
    about += ["curves left out, as the list was full"] if recorded and recorded.curves is None else []
    return (
        f'<div class="my-run">{picture}<div><p><b>{escape(row.place)}</b> <span>{described}</span></p>'
        f'<p>{numbers}</p><p class="about">{" · ".join(about)}</p></div></div>'
    )


def _ended(recorded: RecordedRun) -> str:
    if recorded.status == "finished":
        return f"finished at {recorded.moment}"
    if recorded.status in ("running", "waiting"):
        return f"at {recorded.moment}, still training"
    return f"{recorded.status} at {recorded.moment}"


def _when(entry: Entry) -> str:
    if entry.asked is None:
        return entry.began.replace("T", " ").replace("+00:00", " UTC")
    seconds = time.monotonic() - entry.asked
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return "just now"

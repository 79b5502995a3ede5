"""Two settings compared over seeds.

    versus = lazyrich.compare(StudentTeacher(delta=1), StudentTeacher(delta=0), seeds=32)
    print(versus.verdict)
    versus.figure().show()

Seeds are paired: the same seed draws the same task and start wherever the settings allow it. Effects are those of B
against A.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from lazyrich.config.schema import show
from lazyrich.moment import significant
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.ensemble import Ensemble
from lazyrich.studies.measure import Measure
from lazyrich.studies.paired import Paired, Wins
from lazyrich.studies.readings import Key, Network, Reading, endings
from lazyrich.studies.report import wording
from lazyrich.studies.runs.fingerprints import shared_by
from lazyrich.studies.runs.gathering import Progress

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Comparison"]


class Comparison:
    """Two settings over the same seeds.

    While runs are missing, `verdict` is a count, and `interval` is one that stays valid if it is read after every run.

    Attributes:
        A, B: Their Ensembles.
        measure: Measure of the comparison.
        at: Moment of the comparison.
        planned: Number of requested seeds.
        progress: Progress of the runs; None if it is not tracked.
    """

    def __init__(
        self, A: Ensemble, B: Ensemble, measure: Measure, at: ComparisonMoment, progress: Progress | None = None
    ):
        self.A, self.B, self.measure, self.at, self.progress = A, B, measure, at, progress
        self.planned = len(set(A.seeds) & set(B.seeds))
        self._only: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<Comparison of {self.names[0]} and {self.names[1]}: {self.verdict}>"

    @property
    def complete(self) -> bool:
        """Return whether all seeds of both are complete."""
        return self.A.complete and self.B.complete

    @cached_property
    def names(self) -> tuple[str, str]:
        """Return names with the settings that differ: `A (δ 1)` and `B (δ 0)`."""
        a, b = wording.difference_names([self.A.config, self.B.config])
        return (f"A ({a})", f"B ({b})") if a and b else ("A", "B")

    @cached_property
    def networks(self) -> list[tuple[Network, Network]]:
        """Return the networks of a seed that are compared, as pairs of corresponding networks of A and B."""
        found = [list(dict.fromkeys(network for network, _ in readings)) for readings in self._readings]
        wanted = [value for value in self._only.values()]
        if len(found[0]) == 1 and len(found[1]) == 1 and not wanted:
            return [(found[0][0], found[1][0])]
        both = [network for network in found[0] if network in set(found[1])]
        if self._only:
            places = [self.A.config.columns.networks.index(name) for name in self._only]
            both = [one for one in both if [one[place] for place in places] == wanted]
        return [(network, network) for network in both]

    def only(self, **values: Any) -> Self:
        """Return the same comparison for some of the networks of a seed: `versus.only(alpha=1.0)`.

        Raises:
            ValueError: If there is no such network.
        """
        names = self.A.config.columns.networks
        chosen = type(self)(self.A, self.B, self.measure, self.at, self.progress)
        chosen._only = self._only | values
        if set(values) - set(names) or not chosen.networks:
            there = "; ".join(self._network_name(one) for one, _ in self.networks) or "one network for each seed"
            asked = ", ".join(f"{name}={show(value)}" for name, value in values.items())
            raise ValueError(f"there is no network with {asked} in both: there is {there}.")
        return chosen

    @cached_property
    def pairs(self) -> dict[Network, Paired]:
        """Return the pairs of each network, in the order of `networks`; the keys are those of A."""
        return {one: self._paired(one, other) for one, other in self.networks}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return a table with a row for each network and seed.

        Columns: those that tell networks apart, seed, A, B, their ratio or difference, and why one has no value, which
        is then nan.
        """
        a, b = self._readings
        rows = []
        for one, other in self.networks:
            paired = self.measure
            for seed in self._seeds(one, other):
                x, y = a[one, seed], b[other, seed]
                floor = max(x.floor, y.floor)
                values = paired.scaled(np.array([x.value, y.value]), floor)
                rows.append(
                    {
                        **dict(zip(self.A.config.columns.networks, one, strict=True)),
                        "seed": seed,
                        "A": x.value,
                        "B": y.value,
                        paired.effect: paired.unscaled(values[1] - values[0]),
                        "missing": "; ".join(f"{name} {r.why}" for name, r in (("A", x), ("B", y)) if r.why),
                    }
                )
        columns = [*self.A.config.columns.networks, "seed", "A", "B", self.measure.effect, "missing"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def effects(self) -> pd.DataFrame:
        """Return a table with a row for each network.

        Columns: pairs, median of A and of B, the median ratio or difference with its interval, wins of B, their share
        with its interval, ties, missing values, and Wilcoxon's p once all seeds are complete.
        """
        rows = []
        for network, paired in self.pairs.items():
            low, high = self._interval(paired)
            wins = paired.wins
            values = self.table if not network else self._rows(network)
            rows.append(
                {
                    **dict(zip(self.A.config.columns.networks, network, strict=True)),
                    "pairs": paired.pairs,
                    "median_A": values["A"].median(),
                    "median_B": values["B"].median(),
                    paired.measure.effect: paired.effect,
                    "low": low,
                    "high": high,
                    "wins": wins.won,
                    "wins_of": wins.of,
                    "share_low": wins.low,
                    "share_high": wins.high,
                    "ties": wins.ties,
                    "missing_A": paired.lost_a,
                    "missing_B": paired.lost_b,
                    "wilcoxon_p": paired.wilcoxon_p if self.complete else float("nan"),
                }
            )
        return pd.DataFrame(rows)

    @property
    def effect(self) -> float:
        """Return the median ratio B / A, or the median difference B - A. ValueError if a seed has several networks."""
        return self._single("effect").effect

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval of `effect`, at least 95 %. ValueError if a seed has several networks.

        It is exact once all seeds are complete; before that it stays valid however often it is read.
        """
        return self._interval(self._single("interval"))

    @property
    def wins(self) -> Wins:
        """Return the number of seeds in which B is better, with the interval of the share.

        If neither direction is better, as for a kernel distance, the higher value counts. ValueError for several
        networks.
        """
        return self._single("wins").wins

    @cached_property
    def shared(self) -> tuple[str, ...] | None:
        """Return the parts that A and B share in every seed: `teacher`, `training data`, `test data`, `start`.

        Starts are compared up to their size. None if the experiment records nothing to compare.
        """
        a, b = ({part.job.seeds: part.fingerprints for part in runs.parts} for runs in (self.A, self.B))
        both = [seeds for seeds in a if seeds in b]
        return shared_by([a[seeds] for seeds in both], [b[seeds] for seeds in both])

    @property
    def verdict(self) -> str:
        """Return a sentence on the result for each network, and on what both settings share."""
        lines = []
        for network, paired in self.pairs.items():
            text = wording.verdict(paired, self.names[1], self.planned, self.complete)
            text = " ".join([text, *wording.lost_words(self.measure, self._whys(network))])
            lines.append(f"{self._network_name(network)}: {text}" if len(self.pairs) > 1 else text)
        lines = lines or ["No seed is there in both yet."]
        more = [self._moment, wording.shared_words(self.shared)]
        return ("\n" if len(lines) > 1 else " ").join([*lines, *(f"{one[0].upper()}{one[1:]}." for one in more if one)])

    @property
    def warnings(self) -> list[str]:
        """Return sentences on doubts about the result: losses that still change at the moment of the comparison."""
        sentences = []
        for side, (name, runs) in enumerate((("A", self.A), ("B", self.B))):
            chosen = {pair[side] for pair in self.networks}
            found = endings(runs.config, runs.parts, self.at)
            of = [ending for (network, _), ending in found.items() if network in chosen]
            sentences += wording.falling_words([runs.config], of, self.at, f" of {name}", f"{name}.onward()")
        return sentences

    def figure(self, width: str | float = "16cm") -> go.Figure:
        """Return a plotly figure: the medians of both with bands, and the effect in each seed with its interval.

        Args:
            width: In cm, mm, in, pt or px, such as "8.5cm" for a column of a paper, or a number of pixels.
        """
        from lazyrich.studies.report.figures import comparison_figure

        return comparison_figure(self, width)

    def latex(self) -> str:
        """Return the table of `effects` as a tabular of LaTeX, with the rules of the package booktabs."""
        from lazyrich.studies.report.latex import comparison_table

        return comparison_table(self)

    @cached_property
    def _readings(self) -> tuple[dict[Key, Reading], dict[Key, Reading]]:
        return self.A.read(self.measure, self.at), self.B.read(self.measure, self.at)

    @property
    def _moment(self) -> str:
        """Return the moment of the comparison as text, unless it is the same end of both."""
        clock = self.A.config.columns.clock
        if self.at.value is not None:
            return f"compared {self.at.words(clock)}"
        runs = (self.A, self.B)
        if clock != "time" or any(getattr(one.config, "until", "") == "flat" or not one.parts for one in runs):
            return ""
        a, b = (max(float(part.rows["time"][-1]) for part in one.parts) for one in runs)
        return "" if np.isclose(a, b) else f"A ends at t = {significant(a)} and B at t = {significant(b)}"

    def _seeds(self, one: Network, other: Network) -> list[int]:
        a, b = self._readings
        return sorted(seed for network, seed in a if network == one and (other, seed) in b)

    def _paired(self, one: Network, other: Network) -> Paired:
        a, b = self._readings
        pairs = [(a[one, seed], b[other, seed]) for seed in self._seeds(one, other)]
        floor = np.array([max(x.floor, y.floor) for x, y in pairs])
        of_a, of_b = (np.array([pair[side].value for pair in pairs]) for side in (0, 1))
        return Paired.of(self.measure, of_a, of_b, floor)

    def _interval(self, paired: Paired) -> tuple[float, float]:
        return paired.interval if self.complete else paired.anytime_interval

    def _whys(self, network: Network) -> dict[str, dict[int, str]]:
        other = dict(self.networks)[network]
        seeds = self._seeds(network, other)
        a, b = self._readings
        return {
            "A": {seed: why for seed in seeds if (why := a[network, seed].why)},
            "B": {seed: why for seed in seeds if (why := b[other, seed].why)},
        }

    def _rows(self, network: Network) -> pd.DataFrame:
        chosen = np.ones(len(self.table), dtype=bool)
        for name, value in zip(self.A.config.columns.networks, network, strict=True):
            chosen &= (self.table[name] == value).to_numpy()
        return self.table[chosen]

    def _single(self, wanted: str) -> Paired:
        if len(self.pairs) == 1:
            return next(iter(self.pairs.values()))
        names = "; ".join(self._network_name(network) for network in self.pairs)
        raise ValueError(
            f"{wanted} is that of one network, and here are {names}: read .effects, or choose with .only()."
        )

    def _network_name(self, network: Network) -> str:
        columns = self.A.config.columns.networks
        return ", ".join(f"{name} = {show(value)}" for name, value in zip(columns, network, strict=True))

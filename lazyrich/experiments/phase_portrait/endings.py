"""Find students of a phase portrait that still change at one of its times, from the few recorded times.

    found = Settling(config, maps, at=3)
    found.words, found.of_cell((0, 8))

The exponents equal those of `lazyrich.convergence.decay_exponent`, which uses the last interval if records are as far
apart as here; this module computes them for all cells at once.
"""

from __future__ import annotations

import numpy as np

from lazyrich.convergence import FLAT
from lazyrich.ending import NEGLIGIBLE, UNLEARNED
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.times import of_cell, of_map
from lazyrich.moment import rounded

__all__ = ["Settling"]

LOSSES = {"train_loss": "training loss", "test_loss": "test loss"}

DOUBLING = 2.0
"""Smallest ratio of a time to the earlier one that it is compared with, as an exponent needs such an interval."""


class Settling:
    """State of the losses at one time of a portrait, from the means over the seeds so far.

    Attributes:
        at: Index of the time.
        before: Index of the earlier time that it is compared with; None if there is none.
        exponents: For each loss, the decades that it fell per decade of time since then, (ny, nx); nan if not known.
        known: Cells (ny, nx) in which all exponents are known.
        unlearned: Cells (ny, nx) in which almost nothing is learned, so that a flat loss is no end.
    """

    def __init__(self, config: PhasePortrait, maps: Maps, at: int):
        self._config, self.at = config, at
        earlier = [place for place, steps in enumerate(config.at) if steps * DOUBLING <= config.at[at]]
        self.before = earlier[-1] if earlier else None
        mean = {name: maps.mean[name] for name in LOSSES}
        # no table has the loss of an output of 0, but students of a small scale are still near it at the first time
        scale = float(np.nanmax(mean["train_loss"][0], initial=0.0))
        self.exponents = {name: self._exponent(mean[name], NEGLIGIBLE * scale) for name in LOSSES}
        self.known = np.logical_and.reduce([np.isfinite(exponent) for exponent in self.exponents.values()])
        with np.errstate(invalid="ignore"):
            self.unlearned = self.known & (mean["train_loss"][at] > UNLEARNED * scale)

    def _exponent(self, loss: np.ndarray, floor: float) -> np.ndarray:
        if self.before is None:
            return np.full(loss.shape[1:], np.nan)
        times = self._config.at
        with np.errstate(invalid="ignore", divide="ignore"):
            then, now = (np.log(np.maximum(loss[place], floor)) for place in (self.before, self.at))
            found = (then - now) / np.log(times[self.at] / times[self.before])
        return np.where(np.isfinite(found), found, np.nan)

    def changing(self, loss: str) -> np.ndarray:
        """Return the cells (ny, nx) in which a loss changes by FLAT decades or more per decade of time."""
        return self.known & (np.abs(np.nan_to_num(self.exponents[loss])) >= FLAT)

    def share(self, loss: str) -> float:
        """Return the share of the known cells in which a loss is changing; nan if no cell is known."""
        return float(self.changing(loss)[self.known].mean()) if self.known.any() else float("nan")

    @property
    def settled(self) -> bool:
        """Return whether no loss is changing in any cell, and no cell is unlearned."""
        return not (any(self.changing(loss).any() for loss in LOSSES) or self.unlearned.any())

    @property
    def words(self) -> str:
        """Return a sentence on the whole map."""
        if not self.known.any() or self.before is None:
            return f"No time is recorded before {of_map(self._config, self._config.at[self.at])}: {UNKNOWN}"
        shares = [f"the {label} on {100 * self.share(loss):.0f} %" for loss, label in LOSSES.items()]
        text = (
            f"Not all has settled: since {of_map(self._config, self._config.at[self.before])} {' and '.join(shares)} "
            f"of the map changed by {FLAT:g} decades or more for each decade of time"
        )
        if self.settled:
            since = of_map(self._config, self._config.at[self.before])
            text = f"Settled: since {since} no loss changed by {FLAT:g} decades for each decade of time"
        if self.unlearned.any():
            text += f"; next to nothing is learned on {100 * self.unlearned[self.known].mean():.0f} %"
        return f"{text}."

    def of_cell(self, cell: tuple[int, int]) -> str:
        """Return a sentence on one cell (index across, index up)."""
        i, j = cell
        if self.before is None:
            return f"No time is recorded before this one: {UNKNOWN}"
        if not self.known[j, i]:
            return ""
        parts = []
        for loss, label in LOSSES.items():
            p = float(self.exponents[loss][j, i])
            how = "was flat" if abs(p) < FLAT else f"{'fell' if p > 0 else 'rose'} by {rounded(abs(p))}"
            parts.append(f"{label} {how}")
        since = of_cell(self._config, cell, self._config.at[self.before])
        more = ". Next to nothing is learned yet" if self.unlearned[j, i] else ""
        return f"Since {since}, decades for each decade of time: {', '.join(parts)}{more}."


UNKNOWN = "whether losses still fall there cannot be told."

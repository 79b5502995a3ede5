"""Collect the outcomes of a Hierarchy's trainings: rows of its table, arrays for the charts, numbers, and a verdict.

results = ResultTable(config)
results.add(size, seed, Outcome(...))
results.verdict()
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.hierarchy.config import Hierarchy
from lazyrich.moment import rounded

LEVELS = (0.3, 0.1)
"""Test errors at which sizes are compared."""

MIN_SIZE_RATIO = 1.1
"""Ratio of two sizes from which the summary mentions their difference."""

UNLEARNED, DEAD_KERNEL_DISTANCE = 0.9, 0.5
"""Share of the loss of guessing above which a network has learned nothing, and kernel distance from which such a
network had too high a rate, because its units have died."""


class Outcome(NamedTuple):
    """Results of the trainings of one size and seed, each (alphas,); nan for numbers that are not finite."""

    test_error: np.ndarray
    train_loss: np.ndarray
    converged: np.ndarray
    kernel_distance: np.ndarray
    steps: np.ndarray
    learning_rate: np.ndarray


class ResultTable:
    """All outcomes so far, (alphas, sizes, seeds), nan for unfinished trainings."""

    def __init__(self, config: Hierarchy):
        self.config = config
        shape = (len(config.alphas), len(config.sizes), config.seeds)
        self._of = {name: np.full(shape, np.nan) for name in Outcome._fields}
        self._done = np.zeros(shape[1:], dtype=bool)

    def add(self, size: int, seed: int, outcome: Outcome) -> None:
        """Record the outcome of the size and seed of these indices."""
        for name, values in outcome._asdict().items():
            self._of[name][:, size, seed] = values
        self._done[size, seed] = True

    def table(self, added: tuple[int, int] | None = None) -> dict[str, np.ndarray]:
        """Return the rows of the size and seed of these indices; none without them."""
        config = self.config
        if added is None:
            return {name: column[:0] for name, column in self.table((0, 0)).items()}
        size, seed = added
        values = {name: held[:, size, seed] for name, held in self._of.items()}
        count = len(config.alphas)
        return {
            "alpha": np.array(config.alphas, dtype=np.float64),
            "seed": np.full(count, config.seed + seed, dtype=np.int64),
            "samples": np.full(count, config.sizes[size], dtype=np.int64),
            "test_error": values["test_error"].copy(),
            "train_loss": values["train_loss"].copy(),
            "converged": values["converged"] == 1,
            "kernel_distance": values["kernel_distance"].copy(),
            "steps": np.nan_to_num(values["steps"]).astype(np.int64),
            "learning_rate": values["learning_rate"].copy(),
        }

    def chart_data(self) -> dict[str, np.ndarray]:
        """Return the chart data of the finished trainings, float32."""
        shares = np.full(self._of["converged"].shape[:2], np.nan)
        seen = self._done.any(axis=1)
        shares[:, seen] = np.nanmean(self._of["converged"][:, seen], axis=2)
        return {
            "test_error": self._spread("test_error"),
            "kernel_distance": self._spread("kernel_distance"),
            "converged": shares.astype(np.float32),
            "size_at": self.sizes_at().astype(np.float32),
        }

    def sizes_at(self, seed: int | None = None) -> np.ndarray:
        """Return the sizes (alphas, 2) at which the test error falls below 30 % and 10 %, interpolated in log size.

        They are for one seed, or for the median over seeds; nan if the error crosses the level between no two sizes.
        """
        errors = self._spread("test_error")[..., 0] if seed is None else self._of["test_error"][:, :, seed]
        return np.array([[crossing(self.config.sizes, row, level) for level in LEVELS] for row in errors])

    def metrics(self) -> dict[str, float]:
        """Return the readings for each alpha, in order: medians over seeds at the largest finished size."""
        at = self._largest()
        sizes = self.sizes_at()
        found = {"samples": float(self.config.sizes[at]) if at is not None else float("nan")}
        for name in ("test_error", "kernel_distance"):
            values = self._spread(name)[..., 0]
            column = values[:, at] if at is not None else np.full(len(values), np.nan)
            found |= {f"{name}_{number}": float(value) for number, value in enumerate(column, 1)}
        for level, column in zip(LEVELS, sizes.T, strict=True):
            found |= {f"size_at_{round(100 * level)}_{k}": float(value) for k, value in enumerate(column, 1)}
        return found | {"trainings": float(self._done.sum()) * len(self.config.alphas)}

    def verdict(self) -> str:
        """Return the verdict so far: the balance that needs fewer strings than alpha = 1 (or the one nearest to it)."""
        at = self._largest()
        if at is None:
            return "Training"
        # the latest sizes lack some seeds
        return multi_network.with_seed_count(self._comparison(at) + self._troubles(), int(self._done[at].sum()))

    def _comparison(self, at: int) -> str:
        config, errors = self.config, self._spread("test_error")[:, at, 0]
        after = f"after {config.sizes[at]:,} strings"
        plain = int(np.argmin(np.abs(np.log(config.alphas))))
        others = [k for k in range(len(config.alphas)) if k != plain and np.isfinite(errors[k])]
        if not others or not np.isfinite(errors[plain]):
            shown = (f"α = {show(a)} {_percent(error)}" for a, error in zip(config.alphas, errors, strict=True))
            return f"Errors on new strings {after}: {', '.join(shown)}"
        needed, first = self._needed(), self._spread("test_error")[:, 0, 0]
        # by the strings needed if known, else by the errors
        best = min(others, key=lambda k: (needed[k], first[k] if np.isfinite(needed[k]) else errors[k]))
        other, one = f"α = {show(config.alphas[best])}", f"α = {show(config.alphas[plain])}"
        if np.isfinite(needed[[best, plain]]).all() and needed[[best, plain]].max() > config.sizes[0]:
            ratio = needed[plain] / needed[best]
            # a network below 30 % from the first size on may need fewer strings than that
            most = "at most " if needed[best] == config.sizes[0] else ""
            needs = f"{most}{needed[best]:,.0f} against {needed[plain]:,.0f} strings for 30 % error"
            if 1 / MIN_SIZE_RATIO < ratio < MIN_SIZE_RATIO:
                return f"Hardly a difference between {other} and {one}: {needs}"
            return f"{other} needs {'fewer' if ratio > 1 else 'more'} than {one}: {needs}{self._count(best, plain, at)}"
        there = f"{_percent(errors[best])} against {_percent(errors[plain])} of new strings {after}"
        if abs(errors[best] - errors[plain]) < self._chance(errors[[best, plain]], at):
            return f"No difference to tell between {other} and {one}: wrong on {there}"
        less = "less" if errors[best] < errors[plain] else "more"
        return f"{other} errs {less} than {one}: on {there}{self._count(best, plain, at)}"

    def _needed(self, seed: int | None = None) -> np.ndarray:
        """Return the strings for 30 % error (alphas,) as sizes_at; the first size if it suffices, inf if none does."""
        first = self._of["test_error"][:, 0, seed] if seed is not None else self._spread("test_error")[:, 0, 0]
        crossed = self.sizes_at(seed)[:, 0]
        return np.where(np.isfinite(crossed), crossed, np.where(first <= LEVELS[0], self.config.sizes[0], np.inf))

    def _chance(self, errors: np.ndarray, at: int) -> float:
        """Return the largest difference of two errors by chance: three standard deviations over the test strings."""
        tested = self.config.test_samples * int(self._done[at].sum())
        return 3 * float(np.sqrt(sum(max(e * (1 - e), 1 / tested) for e in errors) / tested))

    def _count(self, best: int, plain: int, at: int) -> str:
        """Return a phrase on the finished seeds in which `best` was better.

        It was better if it needed fewer strings, or had a smaller error if neither came below 30 %.
        """
        seeds = np.flatnonzero(self._done[at])
        if len(seeds) < 2:
            return ""
        fewer = 0
        for seed in seeds:
            needed, errors = self._needed(int(seed)), self._of["test_error"][:, at, seed]
            fewer += (needed[best], errors[best]) < (needed[plain], errors[plain])
        return f"; fewer {multi_network.in_seeds(fewer, len(seeds))}".rstrip()

    def _troubles(self) -> str:
        """Return sentences on the networks that did not converge, learned nothing, or failed."""
        reached, loss = self._of["converged"][:, self._done], self._of["train_loss"][:, self._done]
        slow = int((reached == 0).sum())
        text = f"; {slow} of {reached.size} trainings did not converge" if slow else ""
        broken = failed_trainings(self.config, loss, self._of["kernel_distance"][:, self._done])
        nothing = (loss > UNLEARNED * np.log(self.config.vocabulary)) & ~broken
        for group, what in ((nothing, "learned nothing yet"), (broken, "broke down, its rate too high")):
            which = [show(self.config.alphas[k]) for k in np.flatnonzero(group.any(axis=1))]
            text += f", α = {', '.join(which)} {what}" if which else ""
        return text

    def _largest(self) -> int | None:
        """Return the index of the largest finished size."""
        done = np.flatnonzero(self._done.any(axis=1))
        return int(done[-1]) if len(done) else None

    def _spread(self, name: str) -> np.ndarray:
        """Return median, lowest and highest (alphas, sizes, 3) over the finished seeds; nan if none or one is nan."""
        found = np.full((*self._done.shape[:1], len(self.config.alphas), 3), np.nan, dtype=np.float32)
        for size, done in enumerate(self._done):
            if done.any():
                found[size] = multi_network.spread(self._of[name][:, size, done])
        return found.swapaxes(0, 1)


def failed_trainings(config: Hierarchy, train_loss: np.ndarray, kernel_distance: np.ndarray) -> np.ndarray:
    """Return which trainings failed because of too high a rate: not finite, or all units dead."""
    stuck = train_loss > UNLEARNED * np.log(config.vocabulary)
    return ~np.isfinite(train_loss) | (stuck & (kernel_distance > DEAD_KERNEL_DISTANCE))


def crossing(sizes: tuple[int, ...], errors: np.ndarray, level: float) -> float:
    """Return the size at which errors (sizes,) first fall to `level`, interpolated in log size; nan if they do not."""
    for left in range(len(sizes) - 1):
        above, below = float(errors[left]), float(errors[left + 1])
        if above > level >= below:
            share = (above - level) / (above - below)
            return float(np.exp((1 - share) * np.log(sizes[left]) + share * np.log(sizes[left + 1])))
    return float("nan")


def _percent(share: float) -> str:
    return f"{rounded(100 * share)} %" if np.isfinite(share) else "nothing known"

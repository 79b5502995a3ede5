"""Put a Grokking's numbers in words: which balance groks soonest, in how many seeds, and where none does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.grokking.config import KNOWS

CLEARLY = 0.7
"""One balance groks sooner than another when its delay is at most this share of the other's, in most seeds."""


class Milestones:
    """Steps at which each network came to know its sums, (alphas, seeds), nan until then.

    trained: to 95 % in training. grokked: to 95 % in the test as well. step: the last evaluation.
    """

    def __init__(self, alphas: int, seeds: int):
        self.trained = np.full((alphas, seeds), np.nan)
        self.grokked = np.full((alphas, seeds), np.nan)
        self.step = 0

    def note(self, step: int, train_accuracy: np.ndarray, test_accuracy: np.ndarray) -> None:
        """Take in an evaluation; accuracies (alphas, seeds)."""
        self.step = step
        self.trained[np.isnan(self.trained) & (train_accuracy >= KNOWS)] = step
        self.grokked[np.isnan(self.grokked) & ~np.isnan(self.trained) & (test_accuracy >= KNOWS)] = step

    @property
    def delay(self) -> np.ndarray:
        """Return the steps from one to the other (alphas, seeds); nan where there is none yet."""
        return self.grokked - self.trained

    @property
    def delay_at_least(self) -> np.ndarray:
        """Return the delay, or how long it has been so far; 0 where a network does not know its training sums yet."""
        so_far = np.where(np.isnan(self.trained), 0.0, self.step - self.trained)
        return np.where(np.isnan(self.delay), so_far, self.delay)


def of_seeds(steps: np.ndarray) -> np.ndarray:
    """Return median, lowest and highest over seeds of steps that may not have come yet.

    A seed that is not there yet counts as later than all others: the median is there when more than half of the seeds
    are, the highest when all are, nan before. (alphas, seeds) -> float32 (alphas, 3).
    """
    late = np.sort(np.where(np.isnan(steps), np.inf, steps), axis=1)
    found = np.stack([np.median(late, axis=1), late[:, 0], late[:, -1]], axis=1)
    return np.where(np.isfinite(found), found, np.nan).astype(np.float32)


def verdict(
    alphas: Sequence[float],
    train: np.ndarray,
    test: np.ndarray,
    milestones: Milestones,
    diverged: np.ndarray,
    silent: np.ndarray,
    balance: np.ndarray,
) -> str:
    """Return the verdict at one evaluation.

    train, test: accuracies now; diverged, silent: which networks have left the finite numbers, or have an output of 0
    for good; all (alphas, seeds). balance (alphas,): mean delta_i over the neurons at the start.
    """
    if milestones.step == 0:
        deltas = ", ".join(f"{value:.2g} at {show(alpha)}" for alpha, value in zip(alphas, balance, strict=True))
        return f"At the start, where every α computes the same function; mean δᵢ by α: {deltas}".replace("-", "−")
    said = _standing(alphas, train, test, milestones, ~diverged)
    for lost, how in ((diverged, "diverged"), (silent, "dead after too large steps, its output 0")):
        if lost.any():
            said += f"; {how}: α = {', '.join(show(alphas[int(k)]) for k in np.flatnonzero(lost.any(axis=1)))}"
    return said


def _standing(
    alphas: Sequence[float], train: np.ndarray, test: np.ndarray, milestones: Milestones, there: np.ndarray
) -> str:
    trained = ~np.isnan(milestones.trained)
    if not trained.any():
        return f"Still learning: the best network knows {_percent(train[there].max())} of its training sums"
    if np.isnan(milestones.grokked).all():
        who = "all networks know" if trained.all() else f"{trained.sum()} of {trained.size} networks know"
        if trained.size == 1:
            who = "the network knows"
        best = _percent(test[there].max())
        return f"By heart: {who} {_percent(KNOWS)} of the training sums, and of the others at most {best}"
    return _soonest(alphas, milestones)


def _soonest(alphas: Sequence[float], milestones: Milestones) -> str:
    """Return which alpha groks soonest, against the usual start, alpha = 1, or the alpha nearest to it."""
    delay, least, seeds = milestones.delay, milestones.delay_at_least, milestones.delay.shape[1]
    middle = of_seeds(delay)[:, 0]
    come = (~np.isnan(delay)).sum(1)
    order = sorted(range(len(alphas)), key=lambda k: (np.nan_to_num(middle[k], nan=np.inf), -come[k]))
    best, names = order[0], [f"α = {show(alpha)}" for alpha in alphas]
    if np.isnan(middle[best]):
        after = ""
    else:
        after = f", after a {'median ' if seeds > 1 else ''}delay of {middle[best]:,.0f} steps"
    has = f"{names[best]} has grokked{_count(come[best], seeds)}{after}"
    if len(alphas) == 1:
        return has
    usual = min(range(len(alphas)), key=lambda k: abs(np.log(alphas[k])))
    other = usual if usual != best else order[1]
    if np.isnan(middle[best]) or np.isnan(middle[other]):
        return f"{has}; {names[other]} has{_count(come[other], seeds)} so far"
    sooner, later = int((delay[best] < least[other]).sum()), int((delay[other] < least[best]).sum())
    delays = f"{middle[best]:,.0f} against {middle[other]:,.0f} steps"
    what = "median delay" if seeds > 1 else "delay"
    if sooner - later <= seeds / 2 or middle[best] > CLEARLY * middle[other]:
        return f"The balance makes little difference: {what} {delays} for {names[best]} and {names[other]}"
    said = f"{multi_network.in_seeds(sooner, seeds)}{names[best]} grokked sooner than {names[other]}: {what} {delays}"
    top = int(np.argmax(alphas))
    if top not in (best, other) and middle[top] > middle[best] / CLEARLY:
        said += f"; further upstream, at {names[top]}, {middle[top]:,.0f}"
    return said[0].upper() + said[1:] if seeds > 1 else said


def _count(come: int, seeds: int) -> str:
    """In how many seeds a network has come so far: ` in 3 of 5 seeds`; of one seed nothing, or ` not`."""
    if seeds == 1:
        return "" if come else " not"
    return f" in {come or 'none'} of {seeds} seeds"


def _percent(share: float) -> str:
    """Rounded down, so that nothing short of a mark is said to be at it."""
    return f"{int(100 * share + 1e-6)} %"

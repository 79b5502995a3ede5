"""Verdict of a Grokking run: which balance groks soonest, and in how many seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.grokking.config import ACCURACY_THRESHOLD
from lazyrich.moment import rounded

MAX_DELAY_RATIO = 0.7
"""Ratio of delays up to which one balance counts as grokking sooner than another, if it does in most seeds."""


class Milestones:
    """Steps at which each network reached an accuracy of 95 %, (alphas, seeds), nan until then.

    trained: in training. grokked: in training and test. step: step of the last evaluation.
    """

    def __init__(self, alphas: int, seeds: int):
        self.trained = np.full((alphas, seeds), np.nan)
        self.grokked = np.full((alphas, seeds), np.nan)
        self.step = 0

    def note(self, step: int, train_accuracy: np.ndarray, test_accuracy: np.ndarray) -> None:
        """Record an evaluation; accuracies (alphas, seeds)."""
        self.step = step
        self.trained[np.isnan(self.trained) & (train_accuracy >= ACCURACY_THRESHOLD)] = step
        self.grokked[np.isnan(self.grokked) & ~np.isnan(self.trained) & (test_accuracy >= ACCURACY_THRESHOLD)] = step

    @property
    def delay(self) -> np.ndarray:
        """Return the steps from `trained` to `grokked` (alphas, seeds); nan if one of them is not reached."""
        return self.grokked - self.trained

    @property
    def delay_at_least(self) -> np.ndarray:
        """Return the delay, or its length so far; 0 if a network does not know its training sums yet."""
        so_far = np.where(np.isnan(self.trained), 0.0, self.step - self.trained)
        return np.where(np.isnan(self.delay), so_far, self.delay)


def of_seeds(steps: np.ndarray) -> np.ndarray:
    """Return median, lowest and highest over seeds of steps, some of which may not be reached yet.

    A step that is not reached counts as later than all others: the median is known once more than half of the seeds
    have reached it, the highest once all have; nan before. (alphas, seeds) -> float32 (alphas, 3).
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
    dead: np.ndarray,
    balance: np.ndarray,
) -> str:
    """Return the verdict at one evaluation.

    train, test: current accuracies; diverged: whether a network is not finite; dead: whether its output stays 0; all
    (alphas, seeds). balance (alphas,): mean delta_i over the neurons at the start.
    """
    if milestones.step == 0:
        deltas = ", ".join(f"{rounded(value)} at {show(alpha)}" for alpha, value in zip(alphas, balance, strict=True))
        return f"At the start, where every α computes the same function; mean δᵢ by α: {deltas}"
    text = _standing(alphas, train, test, milestones, ~diverged)
    for lost, how in ((diverged, "diverged"), (dead, "dead after too large steps, its output 0")):
        if lost.any():
            text += f"; {how}: α = {', '.join(show(alphas[int(k)]) for k in np.flatnonzero(lost.any(axis=1)))}"
    return text


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
        return f"By heart: {who} {_percent(ACCURACY_THRESHOLD)} of the training sums, and of the others at most {best}"
    return _soonest(alphas, milestones)


def _soonest(alphas: Sequence[float], milestones: Milestones) -> str:
    """Return a sentence on the alpha that groks soonest, compared with alpha = 1, or the alpha nearest to it."""
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
    if sooner - later <= seeds / 2 or middle[best] > MAX_DELAY_RATIO * middle[other]:
        return f"The balance makes little difference: {what} {delays} for {names[best]} and {names[other]}"
    text = f"{multi_network.in_seeds(sooner, seeds)}{names[best]} grokked sooner than {names[other]}: {what} {delays}"
    top = int(np.argmax(alphas))
    if top not in (best, other) and middle[top] > middle[best] / MAX_DELAY_RATIO:
        text += f"; further upstream, at {names[top]}, {middle[top]:,.0f}"
    return text[0].upper() + text[1:] if seeds > 1 else text


def _count(come: int, seeds: int) -> str:
    """Return the number of seeds that got this far: ` in 3 of 5 seeds`; for one seed an empty text, or ` not`."""
    if seeds == 1:
        return "" if come else " not"
    return f" in {come or 'none'} of {seeds} seeds"


def _percent(share: float) -> str:
    """Return a percentage, rounded down so that a value below a mark is never shown as reaching it."""
    return f"{int(100 * share + 1e-6)} %"

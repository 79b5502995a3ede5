"""Verdict of a DeepNetwork: whether the balance made a difference, in how many seeds, at which losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import multi_network
from lazyrich.moment import rounded

MIN_FLIPS = 0.01
"""Share of the activations below which flips of all balances count as equal."""

MIN_FLIP_RATIO = 1.2
"""Ratio of flips from which the summary states that one balance flips more than another."""


def verdict(step: int, alphas: Sequence[float], columns: Mapping[str, np.ndarray]) -> str:
    """Return the verdict at one frame, comparing the largest alpha with the smallest.

    columns: activation_flips, test_accuracy, train_loss and resting, (alphas, seeds).
    """
    if step == 0:
        return "At the start, where every α computes the same function"
    flips, seeds = columns["activation_flips"], columns["activation_flips"].shape[1]
    low, high = int(np.argmin(alphas)), int(np.argmax(alphas))
    middle = {name: np.median(values, axis=1) for name, values in columns.items()}
    reached = _reached(columns["resting"])
    if alphas[low] == alphas[high]:
        return (
            f"α = {show(alphas[low])}: {_percent(middle['activation_flips'][low])} of activations flipped, test "
            f"accuracy {_percent(middle['test_accuracy'][low])} at training loss {rounded(middle['train_loss'][low])}; "
            + reached
        )
    names = f"α = {show(alphas[high])}", f"α = {show(alphas[low])}"
    amounts = [_percent(middle["activation_flips"][index]) for index in (high, low)]
    if flips.max() < MIN_FLIPS:
        text = f"Lazy at every α: at most {_percent(flips.max())} of activations flipped"
    else:
        more = int((flips[high] > MIN_FLIP_RATIO * flips[low]).sum())
        fewer = int((flips[low] > MIN_FLIP_RATIO * flips[high]).sum())
        first, second, count, shown = (*names, more, amounts) if more >= fewer else (*names[::-1], fewer, amounts[::-1])
        if count:
            text = f"{multi_network.in_seeds(count, seeds)}{first} flipped more activations than {second}"
            text = f"{text} ({shown[0]} against {shown[1]})"
        else:
            text = f"No clear difference in activations flipped between {names[0]} ({amounts[0]}) and {names[1]} "
            text += f"({amounts[1]})"
    accuracies = [_percent(middle["test_accuracy"][index]) for index in (high, low)]
    losses = [rounded(middle["train_loss"][index]) for index in (high, low)]
    text += f"; test accuracy {accuracies[0]} against {accuracies[1]}, at training loss {losses[0]} against {losses[1]}"
    return f"{text[0].upper() if text[0] != 'α' else 'α'}{text[1:]}; {reached}"


def _reached(resting: np.ndarray) -> str:
    done, count = int(resting.sum()), resting.size
    if done == count:
        return "all reached 1 % of the first loss" if count > 1 else "it reached 1 % of the first loss"
    return f"{done} of {count} reached 1 % of the first loss" if count > 1 else "still training"


def _percent(share: float) -> str:
    """Return a percentage with two digits, as 26 % or 2.4 %; near 100 % with enough digits to differ from it."""
    return f"{rounded(100 * share, 3 if share > 0.9 else 2)} %"

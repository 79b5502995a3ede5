"""The verdict of a Filters run.

It states which filters have taken shape, which have only turned, and which are still their initial noise, and that
accuracy does not distinguish these cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import multi_network

MIN_FIT_GAIN = 0.1
"""Filters have taken shape when the fit R^2 has grown by more than this."""

UNCHANGED_COSINE, TURNED_COSINE = 0.95, 0.7
"""Cosines with the start above which filters count as unchanged, and below which they count as turned."""

UNLEARNED = 0.97
"""Share of the loss of a guess above which a training loss means that nothing is learned yet."""


def verdict(
    step: int,
    alphas: Sequence[float],
    start: Mapping[str, np.ndarray],
    now: Mapping[str, np.ndarray],
    classes: int,
    dead: np.ndarray,
) -> str:
    """Return the verdict at one frame.

    start, now: filter_cosine, gabor_r2, train_loss and test_accuracy at the start and now, (alphas, seeds), nan if a
    network has diverged. dead (alphas, seeds): whether all outputs of a network stay 0.
    """
    if step == 0:
        return "At the start, where every α computes the same function and all filters are noise"
    diverged = np.isnan(now["train_loss"])
    there = [k for k in range(len(alphas)) if not (diverged[k] | dead[k]).all()]
    parts = [_filters(alphas, there, start, now)]
    names = [f"α = {show(alpha)}" for alpha in alphas]
    accuracy = np.array([np.nanmedian(now["test_accuracy"][k]) for k in there])
    rights = _listed([f"{100 * value:.0f}" for value in accuracy])
    of = f" for α = {_listed([show(alphas[k]) for k in there])}" if len(there) > 1 else ""
    parts.append(f"test accuracy {rights} %{of}, of a guess {100 / classes:.3g} %")
    guess = UNLEARNED * np.log(classes)
    stuck = [names[k] for k in there if np.nanmedian(now["train_loss"][k]) > guess]
    if stuck:
        parts.append(f"nothing learned yet: {', '.join(stuck)}")
    for lost, how in ((diverged, "diverged"), (dead & ~diverged, "dead after too large steps")):
        if lost.any():
            parts.append(f"{how}: {', '.join(names[int(k)] for k in np.flatnonzero(lost.any(axis=1)))}")
    return "; ".join(parts)


def _filters(
    alphas: Sequence[float], there: list[int], start: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray]
) -> str:
    names = [f"α = {show(alpha)}" for alpha in alphas]
    middle = {name: np.nanmedian(now[name][there], axis=1) for name in ("filter_cosine", "gabor_r2")}
    cosine, fit = ({k: float(value) for k, value in zip(there, middle[name], strict=True)} for name in middle)
    before = {k: float(np.median(start["gabor_r2"][k])) for k in there}
    grown = now["gabor_r2"] - start["gabor_r2"] > MIN_FIT_GAIN
    seeds = grown.shape[1]
    formed = [k for k in there if grown[k].sum() > seeds / 2]
    least = max(there, key=lambda k: cosine[k])
    if formed:
        best = max(formed, key=lambda k: fit[k])
        count = multi_network.in_seeds(int(grown[best].sum()), seeds)
        text = f"{count}the filters of {names[best]} have taken shape: Gabor fit R² {fit[best]:.2f}, from "
        text += f"{before[best]:.2f} at the start"
        text = text[0].upper() + text[1:]
        if least != best:
            how = "are as they were, cosine" if cosine[least] > UNCHANGED_COSINE else "have turned least, cosine"
            text += f"; those of {names[least]} {how} {cosine[least]:.2f}"
        return text
    most = min(there, key=lambda k: cosine[k])
    if cosine[most] > UNCHANGED_COSINE:
        where = " at every α" if len(there) > 1 else ""
        return f"Filters are as they were{where}: their cosine with the start is {cosine[most]:.2f}" + (
            " or more" if where else ""
        )
    fits = f"Gabor fit R² {fit[most]:.2f}, at the start {before[most]:.2f}"
    if cosine[most] < TURNED_COSINE:
        return f"The filters of {names[most]} have turned (cosine {cosine[most]:.2f}), from noise to noise: {fits}"
    return f"The filters of {names[most]} have begun to turn (cosine {cosine[most]:.2f}): {fits}"


def _listed(parts: Sequence[str]) -> str:
    """Return a list in words: `70, 91 and 92`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

"""Describe the losses of each kind of run at the end of training, from its frames.

It does without torch, so that the web process can describe a run that is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lazyrich.config.schema import show
from lazyrich.convergence import FLAT
from lazyrich.ending import Ending, of_losses
from lazyrich.frame import Frame

__all__ = ["at_a_level", "at_the_limit", "of_networks", "of_one"]


def of_one(frames: Sequence[Frame], columns: Mapping[str, str], scale: float, dtype: str = "float64") -> Ending:
    """Describe the ending of a run of one network, whose losses are metrics.

    Args:
        frames: All frames of the run.
        columns: Metric -> its name in sentences, the training loss first.
        scale: Training loss of an output of 0; if it is 0, the first loss is used instead.
        dtype: Precision in which the losses were computed.

    Returns:
        The ending.
    """
    if not frames:
        return Ending("unknown", "nothing is recorded yet")
    times = np.array([frame.time for frame in frames])
    losses = {label: np.array([frame.metrics[name] for frame in frames]) for name, label in columns.items()}
    first = float(next(iter(losses.values()))[0])
    return of_losses(times, losses, scale if scale > 0 else max(first, 1e-300), dtype)


def of_networks(
    frames: Sequence[Frame],
    alphas: Sequence[float],
    seeds: int,
    columns: Mapping[str, str],
    resting: str = "",
    guess: float = float("inf"),
) -> Ending:
    """Describe the ending of a run with one network for each alpha and seed, whose losses are columns of its tables.

    The medians over seeds are judged as functions of the step, which counts mini-batches if there are any.

    Args:
        frames: All frames of the run.
        alphas: The alphas of the config.
        seeds: Number of seeds.
        columns: Column -> its name in sentences, the training loss first.
        resting: Column that is 1 for networks whose training ended at a level of the loss; an alpha with only such
            networks is left out.
        guess: Training loss of a guess, if that may be below the first loss.

    Returns:
        The ending.
    """
    tables = [frame.table for frame in frames if frame.table is not None]
    if not tables:
        return Ending("unknown", "nothing is recorded yet")
    rows = len(alphas) * seeds
    whole = {name: np.concatenate([table[name] for table in tables]).reshape(-1, rows) for name in ("step", *columns)}
    ended = np.zeros(rows) if not resting else np.asarray(tables[-1][resting][-rows:], dtype=np.float64)
    steps = whole["step"][:, 0].astype(np.float64)
    found: dict[float, Ending] = {}
    for place, alpha in enumerate(alphas):
        if ended.reshape(len(alphas), seeds)[place].all():
            continue
        of_alpha = {
            label: np.median(whole[name].reshape(-1, len(alphas), seeds)[:, place], axis=1)
            for name, label in columns.items()
        }
        first = float(next(iter(of_alpha.values()))[0])
        if np.isfinite(first) and first > 0:
            found[alpha] = of_losses(steps, of_alpha, min(first, guess), unit="steps")
    return _together(found, len(alphas))


def at_the_limit(found: Ending, steps: int) -> Ending:
    """Return the ending of a run that used its largest number of steps before its losses settled."""
    limit = f"the limit of {steps:,} steps is reached"
    return replace(found, words=f"{found.words}; {limit}", brief=f"{found.brief}; {limit}")


def at_a_level(what: str) -> Ending:
    """Return the ending of training that stopped at a level of the loss; `what` names the level."""
    return Ending("level", f"trained to {what}, not to the end", "at a set loss, not at its end")


def _together(found: Mapping[float, Ending], count: int) -> Ending:
    for state in ("falling", "plateau", "unknown"):
        of_state = {alpha: one for alpha, one in found.items() if one.state == state}
        if not of_state:
            continue
        one = next(iter(of_state.values()))
        if count == 1:
            return one
        words = one.words
        which = ", ".join(show(alpha) for alpha in of_state)
        if state == "falling" and len(of_state) > 1:
            words = f"a loss still changes by {FLAT:g} decades or more for each decade of steps"
        brief = f"still falling at α = {which}" if state == "falling" else one.brief
        return Ending("partly" if state == "falling" else state, f"at α = {which} {words}", brief)
    if not found:
        return Ending("unknown", "no network is left to say it of")
    one = next(iter(found.values()))
    return Ending("flat", one.words, one.brief, all(other.lasting for other in found.values()))

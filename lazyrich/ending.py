"""Verdict, in words, on whether a run's losses have settled where its training ended.

found = of_losses(times, {"training loss": train, "test loss": test}, scale=float((y**2).mean()))
found.state, found.words
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from lazyrich.convergence import FLAT, decay_exponent
from lazyrich.moment import rounded

__all__ = ["NEGLIGIBLE", "UNLEARNED", "Ending", "State", "of_losses"]

NEGLIGIBLE: Final = 1e-8
"""Share of the loss of an output of 0 below which a training loss counts as zero: outputs at the training inputs then
differ from their limits by a ten-thousandth, and no picture shows a further fall."""

UNLEARNED: Final = 10**-FLAT
"""Share of the loss of an output of 0 above which a network has learned next to nothing. In logarithmic time every loss
is flat at first: one that decays by e^(-ct) passes this mark at ct = 0.23, where its exponent is already above FLAT, so
a loss that is flat below the mark has fallen before."""

DECADE: Final = 10.0

State = Literal["falling", "partly", "flat", "plateau", "level", "unknown"]


@dataclass(frozen=True, slots=True)
class Ending:
    """State of the losses at the last frame of a run.

    Attributes:
        state: "falling" if a loss still changes; "partly" if those of some of many networks do; "flat" if none does;
            "plateau" if none does because nothing is learned yet; "level" if training was stopped at a level of the
            loss; "unknown" if too little is recorded.
        words: The state in one clause.
        brief: The state in a few words, for a status line; may be empty.
        lasting: Whether losses have been flat since a tenth of the time, or are as good as zero.
    """

    state: State
    words: str
    brief: str = ""
    lasting: bool = False

    @property
    def settled(self) -> bool:
        """Tell whether further training would hardly change a loss, judging by its record."""
        return self.state == "flat" and self.lasting


def of_losses(
    times: Any,
    losses: Mapping[str, Any],
    scale: float,
    dtype: str = "float64",
    unit: str = "time",
) -> Ending:
    """Describe the losses of one network at the end of their record.

    Args:
        times: Increasing flow times or steps of the records, shape (T,).
        losses: Losses by their names in the sentence, each (T,), the training loss first. One that is not finite at the
            end, such as a test loss without test inputs, is left out.
        scale: The training loss of an output of 0, above 0, or the first loss if that is not known.
        dtype: Type of the training, "float64" or "float32".
        unit: Name of the times in the sentence, "time" or "steps".

    Returns:
        An Ending. Its exponents are those of `lazyrich.convergence.decay_exponent`.
    """
    times = np.asarray(times, dtype=np.float64)
    known = {name: np.asarray(values, dtype=np.float64) for name, values in losses.items()}
    known = {name: values for name, values in known.items() if len(values) and np.isfinite(values[-1])}
    floor = NEGLIGIBLE * scale
    # a loss below the floor counts as flat at once, not only after a doubling of the time
    exponents = {
        name: 0.0 if values[-1] <= floor else decay_exponent(times, values, dtype, floor)
        for name, values in known.items()
    }
    exponents = {name: p for name, p in exponents.items() if np.isfinite(p)}
    first = next(iter(losses))
    if first not in exponents:
        return Ending("unknown", "too little is recorded to say whether the loss still falls")
    changing = {name: p for name, p in exponents.items() if abs(p) >= FLAT}
    falling = {name: p for name, p in changing.items() if p > 0}
    rising = {name: p for name, p in changing.items() if p < 0}
    if changing:
        parts = [f"still {word}: {_listed(of, unit)}" for word, of in (("falling", falling), ("rising", rising)) if of]
        most = max(changing.values(), key=abs)
        brief = f"still {'falling' if most > 0 else 'rising'}: {rounded(abs(most))} decades per decade"
        parts += [f"{name} flat" for name in exponents if name not in changing]
        return Ending("falling", "; ".join(parts), brief)
    train = known[first]
    if train[-1] > UNLEARNED * scale:
        words = "flat so far, but next to nothing is learned yet: the loss may fall later"
        return Ending("plateau", words, "next to nothing learned")
    if train[-1] <= floor:
        words = f"the {first} is as good as zero, below {NEGLIGIBLE:g} of that of an output of 0"
        return Ending("flat", words, f"{first} as good as zero", True)
    lasting = all(_flat_for_a_decade(times, known[name], floor) for name in exponents)
    since = " since a tenth of that time" if lasting else ""
    words = f"flat{since}: no loss changes by {FLAT:g} decades for each decade of {unit}"
    return Ending("flat", words, "losses flat", lasting)


def _flat_for_a_decade(times: np.ndarray, loss: np.ndarray, floor: float) -> bool:
    good = (times > 0) & np.isfinite(loss)
    x, y = np.log10(times[good]), np.log10(np.maximum(loss[good], max(floor, float(np.finfo(np.float64).tiny))))
    if x[-1] - x[0] < np.log10(DECADE):
        return False
    before = float(np.interp(x[-1] - np.log10(DECADE), x, y))
    return bool(abs(before - y[-1]) < FLAT)


def _listed(exponents: Mapping[str, float], unit: str) -> str:
    """Return a list such as `training loss by 1.3 and test loss by 0.52 decades for each decade of time`."""
    parts: Sequence[str] = [f"{name} by {rounded(abs(p))}" for name, p in exponents.items()]
    return f"{' and '.join(parts)} decades for each decade of {unit}"

"""Decide whether a run may start: compare its cost, estimated from its config, with the limits of the server.

    admit(StudentTeacher(width=2000, samples=10_000), limits)

raises TooMuchWork with a sentence on how much it would take, how much is allowed and which settings to lower.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError

from lazyrich.config.limits import MB, Limits
from lazyrich.config.schema import Config, Work

FRAME_OVERHEAD = 3000
"""Bytes of the Python objects around one frame's arrays: dictionaries, floats, array headers."""


class Refused(RuntimeError):
    """A run is not started; the message is a sentence for people on what to do.

    retry_after: seconds after which the same request may succeed; None if it cannot succeed unchanged.
    sentence: with the names of settings in backticks, for `schema.named`; the message has the names alone.
    """

    def __init__(self, sentence: str, retry_after: float | None = None):
        super().__init__(sentence.replace("`", ""))
        self.sentence = sentence
        self.retry_after = retry_after


class TooMuchWork(Refused):
    """The run would cost more than one run may."""


class Busy(Refused):
    """The server has no room for another run now; the same request may succeed later."""


def admit(config: Config, limits: Limits) -> Work:
    """Return the cost of the run. Raises TooMuchWork, with the numbers and what to lower, if it is above a limit."""
    work = config.work()
    if work.seconds > limits.max_seconds:
        raise TooMuchWork(
            f"This run would compute for about {time_in_words(work.seconds)}; "
            f"{time_in_words(limits.max_seconds)} are allowed here. " + advice(config, compute_seconds)
        )
    if log_bytes(config) > limits.run_mb * MB:
        raise TooMuchWork(
            f"The frames of this run would take about {size_in_words(log_bytes(config))} of memory; "
            f"{size_in_words(limits.run_mb * MB)} are allowed here. " + advice(config, log_bytes)
        )
    if work.scratch > limits.scratch_mb * MB:
        raise TooMuchWork(
            f"This run would need about {size_in_words(work.scratch)} of memory to compute with; "
            f"{size_in_words(limits.scratch_mb * MB)} are allowed here. " + advice(config, scratch_bytes)
        )
    return work


def log_bytes(config: Config) -> float:
    """Return the bytes that the run's log will take, the objects around its arrays included."""
    return config.work().bytes + config.expected_frames * FRAME_OVERHEAD


def scratch_bytes(config: Config) -> float:
    """Return the bytes that the run needs only while it computes."""
    return config.work().scratch


def compute_seconds(config: Config) -> float:
    """Return the computing time of the run on one core."""
    return config.work().seconds


def advice(config: Config, cost: Callable[[Config], float]) -> str:
    """Name the settings to lower, in backticks: at most three, those that reduce this cost most when halved."""
    now = cost(config)
    saved = {}
    for name, parameter in config.parameters().items():
        value = getattr(config, name)
        if parameter.type not in (int, float) or isinstance(value, bool) or value <= 0:
            continue
        # an even number, because some settings must be
        half = 2 * (value // 4) if parameter.type is int else value / 2
        try:
            cheaper = cost(config.changed(**{name: half}))
        except ValidationError:
            continue
        if cheaper < 0.9 * now:
            saved[name] = cheaper
    names = [f"`{name}`" for name in sorted(saved, key=lambda name: saved[name])[:3]]
    if not names:
        return "Choose a smaller run."
    return "Lower " + (names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]) + "."


def time_in_words(seconds: float) -> str:
    """Write a time in words, in the unit that fits it: `45 seconds`, `12 minutes`."""
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{_three(seconds / length)} {unit}"
    return f"{_three(seconds)} seconds"


def size_in_words(count: float) -> str:
    """Write a number of bytes in words: `12 MB`, `1.5 GB`."""
    return f"{_three(count / 1e9)} GB" if count >= 1e9 else f"{_three(count / MB)} MB"


def _three(number: float) -> str:
    """Write a number with at most three significant digits and no exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"

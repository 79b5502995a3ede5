"""Named settings of an experiment, with one sentence on what to observe and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from lazyrich.config.schema import Config

C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Preset(Generic[C]):
    """Named settings of an experiment.

    name: label of its button. look: one sentence on what to observe. config: the run. beside: runs kept next to it.
    """

    name: str
    look: str
    config: C
    beside: tuple[C, ...] = ()

"""A named setting of an experiment, with one sentence on what to look at and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from lazyrich.config.schema import Config

C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Preset(Generic[C]):
    """name: on its button. look: what to look at, one sentence. config: the run. beside: runs kept next to it."""

    name: str
    look: str
    config: C
    beside: tuple[C, ...] = ()

"""Named settings of an experiment, with one sentence on what to observe and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from lazyrich.config.schema import Config

C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Preset(Generic[C]):
    """Named settings of an experiment.

    name: label of its button. observation: one sentence on what to observe. config: the run. compared_configs: runs
    kept next to it.
    """

    name: str
    observation: str
    config: C
    compared_configs: tuple[C, ...] = ()

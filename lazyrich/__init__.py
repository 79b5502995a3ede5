"""lazyrich: how the scale and the balance of an initialisation decide whether a network learns lazily or richly.

    from lazyrich import StudentTeacher, train
    result = train(StudentTeacher(tau=0.1, delta=1.0))
    print(result.curves.tail(1).T)

The instrument for Kunin et al., "Get rich quick", NeurIPS 2024 (arXiv 2406.06158). Names are loaded when they are first
used, so that `import lazyrich` costs nothing and brings neither torch nor streamlit nor plotly.
"""

from __future__ import annotations

from importlib import import_module

from lazyrich.version import __version__

# what type checkers take it for; importing typing would double the time in which Ctrl-C is still Python's own
TYPE_CHECKING = False
if TYPE_CHECKING:
    from lazyrich.experiments import (
        DeepMap,
        DeepNetwork,
        Filters,
        Grokking,
        Hierarchy,
        ImplicitBias,
        LinearNetwork,
        LinearOrRelu,
        PhasePortrait,
        SingleNeuron,
        StudentTeacher,
    )
    from lazyrich.frame import CannotRun, Diverged, Frame
    from lazyrich.results.atomic_write import CannotWrite
    from lazyrich.results.result import Result
    from lazyrich.results.train import IncompleteRunWarning, stream, train
    from lazyrich.sweeps import phase_portrait
    from lazyrich.training import LazyTwin

__all__ = [
    "CannotRun",
    "CannotWrite",
    "DeepMap",
    "DeepNetwork",
    "Diverged",
    "Filters",
    "Frame",
    "Grokking",
    "Hierarchy",
    "ImplicitBias",
    "IncompleteRunWarning",
    "LazyTwin",
    "LinearNetwork",
    "LinearOrRelu",
    "PhasePortrait",
    "Result",
    "SingleNeuron",
    "StudentTeacher",
    "__version__",
    "phase_portrait",
    "stream",
    "train",
]

_HOME = {
    "CannotRun": "lazyrich.frame",
    "CannotWrite": "lazyrich.results.atomic_write",
    "DeepMap": "lazyrich.experiments",
    "DeepNetwork": "lazyrich.experiments",
    "Diverged": "lazyrich.frame",
    "Filters": "lazyrich.experiments",
    "Frame": "lazyrich.frame",
    "Grokking": "lazyrich.experiments",
    "Hierarchy": "lazyrich.experiments",
    "ImplicitBias": "lazyrich.experiments",
    "IncompleteRunWarning": "lazyrich.results.train",
    "LazyTwin": "lazyrich.training",
    "LinearNetwork": "lazyrich.experiments",
    "LinearOrRelu": "lazyrich.experiments",
    "PhasePortrait": "lazyrich.experiments",
    "Result": "lazyrich.results.result",
    "SingleNeuron": "lazyrich.experiments",
    "StudentTeacher": "lazyrich.experiments",
    "phase_portrait": "lazyrich.sweeps",
    "stream": "lazyrich.results.train",
    "train": "lazyrich.results.train",
}
"""Where each public name lives."""


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"lazyrich has no {name}; its public names are {', '.join(__all__)}.")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

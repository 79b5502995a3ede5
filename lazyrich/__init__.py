"""lazyrich: how the scale and the balance of an initialisation decide whether a network learns lazily or richly.

    from lazyrich import StudentTeacher, train
    result = train(StudentTeacher(tau=0.1, delta=1.0))
    print(result.curves.tail(1).T)

Companion to Kunin et al., "Get rich quick", NeurIPS 2024 (arXiv 2406.06158). Names are loaded on first use, so that
`import lazyrich` is fast and imports neither torch nor streamlit nor plotly. Editors and type checkers read them in
`__init__.pyi`, which `python -m docs.public_names` writes.
"""

from importlib import import_module

from lazyrich.experiment_folders import experiment_modules
from lazyrich.version import __version__ as __version__

_HOME = {
    "BadArchive": "lazyrich.run_archive",
    "CannotRun": "lazyrich.frame",
    "CannotWrite": "lazyrich.results.atomic_write",
    "Comparison": "lazyrich.studies",
    "Diverged": "lazyrich.frame",
    "Ensemble": "lazyrich.studies",
    "Frame": "lazyrich.frame",
    "IncompleteRunWarning": "lazyrich.results.train",
    "LazyTwin": "lazyrich.training",
    "RecordedRun": "lazyrich.run_archive",
    "Result": "lazyrich.results.result",
    "Study": "lazyrich.studies",
    "__version__": "lazyrich.version",
    "compare": "lazyrich.studies",
    "open_runs": "lazyrich.run_archive",
    "phase_portrait": "lazyrich.sweeps",
    "repeat": "lazyrich.studies",
    "save_runs": "lazyrich.run_archive",
    "stream": "lazyrich.results.train",
    "study": "lazyrich.studies",
    "train": "lazyrich.results.train",
    **experiment_modules(),
}
"""The module of each public name."""

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"lazyrich has no {name}; its public names are {', '.join(__all__)}.")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

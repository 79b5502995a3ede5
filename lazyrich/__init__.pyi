# What `from lazyrich import ...` finds. Written by `python -m docs.public_names` from lazyrich/__init__.py.

from lazyrich.experiments.deep_map.config import DeepMap as DeepMap
from lazyrich.experiments.deep_network.config import DeepNetwork as DeepNetwork
from lazyrich.experiments.filters.config import Filters as Filters
from lazyrich.experiments.grokking.config import Grokking as Grokking
from lazyrich.experiments.hierarchy.config import Hierarchy as Hierarchy
from lazyrich.experiments.implicit_bias.config import ImplicitBias as ImplicitBias
from lazyrich.experiments.linear_network.config import LinearNetwork as LinearNetwork
from lazyrich.experiments.linear_or_relu.config import LinearOrRelu as LinearOrRelu
from lazyrich.experiments.phase_portrait.config import PhasePortrait as PhasePortrait
from lazyrich.experiments.single_neuron.config import SingleNeuron as SingleNeuron
from lazyrich.experiments.student_teacher.config import StudentTeacher as StudentTeacher
from lazyrich.frame import CannotRun as CannotRun
from lazyrich.frame import Diverged as Diverged
from lazyrich.frame import Frame as Frame
from lazyrich.results.atomic_write import CannotWrite as CannotWrite
from lazyrich.results.result import Result as Result
from lazyrich.results.train import IncompleteRunWarning as IncompleteRunWarning
from lazyrich.results.train import stream as stream
from lazyrich.results.train import train as train
from lazyrich.run_archive import BadArchive as BadArchive
from lazyrich.run_archive import RecordedRun as RecordedRun
from lazyrich.run_archive import open_runs as open_runs
from lazyrich.run_archive import save_runs as save_runs
from lazyrich.studies import Comparison as Comparison
from lazyrich.studies import Ensemble as Ensemble
from lazyrich.studies import Study as Study
from lazyrich.studies import compare as compare
from lazyrich.studies import repeat as repeat
from lazyrich.studies import study as study
from lazyrich.sweeps import phase_portrait as phase_portrait
from lazyrich.training import LazyTwin as LazyTwin
from lazyrich.version import __version__ as __version__

__all__ = [
    "BadArchive",
    "CannotRun",
    "CannotWrite",
    "Comparison",
    "DeepMap",
    "DeepNetwork",
    "Diverged",
    "Ensemble",
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
    "RecordedRun",
    "Result",
    "SingleNeuron",
    "StudentTeacher",
    "Study",
    "__version__",
    "compare",
    "open_runs",
    "phase_portrait",
    "repeat",
    "save_runs",
    "stream",
    "study",
    "train",
]

"""The experiments, one file each. Importing a config is cheap: torch is imported only when frames are computed."""

from lazyrich.experiments.deep_map import DeepMap
from lazyrich.experiments.deep_network import DeepNetwork
from lazyrich.experiments.filters import Filters
from lazyrich.experiments.grokking import Grokking
from lazyrich.experiments.hierarchy import Hierarchy
from lazyrich.experiments.implicit_bias import ImplicitBias
from lazyrich.experiments.linear_network import LinearNetwork
from lazyrich.experiments.linear_or_relu import LinearOrRelu
from lazyrich.experiments.phase_portrait import PhasePortrait
from lazyrich.experiments.single_neuron import SingleNeuron
from lazyrich.experiments.student_teacher import StudentTeacher
from lazyrich.schema import Config

registry: dict[str, type[Config]] = {
    config.name: config
    for config in (
        StudentTeacher,
        PhasePortrait,
        SingleNeuron,
        LinearNetwork,
        ImplicitBias,
        LinearOrRelu,
        DeepNetwork,
        DeepMap,
        Filters,
        Hierarchy,
        Grokking,
    )
}
"""Every experiment's config by its name on the command line."""

__all__ = [
    "DeepMap",
    "DeepNetwork",
    "Filters",
    "Grokking",
    "Hierarchy",
    "ImplicitBias",
    "LinearNetwork",
    "LinearOrRelu",
    "PhasePortrait",
    "SingleNeuron",
    "StudentTeacher",
    "registry",
]

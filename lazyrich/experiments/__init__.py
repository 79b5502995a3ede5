"""The experiments, one file each. Importing a config is cheap: torch is imported only when frames are computed."""

from lazyrich.config.schema import Config
from lazyrich.experiments.deep_map.config import DeepMap
from lazyrich.experiments.deep_network.config import DeepNetwork
from lazyrich.experiments.filters.config import Filters
from lazyrich.experiments.grokking.config import Grokking
from lazyrich.experiments.hierarchy.config import Hierarchy
from lazyrich.experiments.implicit_bias.config import ImplicitBias
from lazyrich.experiments.linear_network.config import LinearNetwork
from lazyrich.experiments.linear_or_relu.config import LinearOrRelu
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.experiments.student_teacher.config import StudentTeacher

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

"""Experiments, one folder each, which `lazyrich.experiment_folders` finds.

Importing a config is cheap: torch is imported only when frames are computed.
"""

from importlib import import_module

from lazyrich.config.schema import Config
from lazyrich.experiment_folders import experiment_modules

__all__ = ["registry"]


def _config(name: str, module: str) -> type[Config]:
    found = getattr(import_module(module), name, None)
    if not (isinstance(found, type) and issubclass(found, Config)):
        raise ImportError(f"{module} has no Config named {name}: an experiment's class is named after its folder.")
    return found


registry: dict[str, type[Config]] = {
    config.name: config for config in (_config(*item) for item in experiment_modules().items())
}
"""Config class of every experiment by its name on the command line."""

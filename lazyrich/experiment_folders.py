"""Discovery of the experiments: the folders of `lazyrich/experiments/` that have a config.py.

An experiment's class is named after its folder, such as TwoWeights in two_weights/config.py, so that its name and its
module are known without importing it.
"""

import os

_EXPERIMENTS = os.path.join(os.path.dirname(__file__), "experiments")


def experiment_modules() -> dict[str, str]:
    """Return the module of each experiment by the name of its class, in alphabetical order."""
    return {
        folder.title().replace("_", ""): f"lazyrich.experiments.{folder}.config"
        for folder in sorted(os.listdir(_EXPERIMENTS))
        if os.path.isfile(os.path.join(_EXPERIMENTS, folder, "config.py"))
    }

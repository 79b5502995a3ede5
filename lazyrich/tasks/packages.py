"""Packages that only some tasks need: imported on first use, and named in the error if they are missing.

datasets = optional("sklearn.datasets")
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["PACKAGES", "optional"]

PACKAGES = {"PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn"}
"""Module that is imported on first use -> package that installs it."""


def optional(module: str) -> ModuleType:
    """Import a module of PACKAGES. Raise ModuleNotFoundError with the package to install if it is missing."""
    package = PACKAGES[module.partition(".")[0]]
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"this task needs the package {package}, which is not installed: pip install {package}."
        ) from missing

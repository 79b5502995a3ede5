"""Packages that only some tasks need: imported where they are used, and named in plain words where they are missing.

datasets = optional("sklearn.datasets")
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["PACKAGES", "optional"]

PACKAGES = {"PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn"}
"""What is imported only when it is used -> the package that it is installed with."""


def optional(module: str) -> ModuleType:
    """A module of PACKAGES, imported. Raises ModuleNotFoundError with what to install when its package is not there."""
    package = PACKAGES[module.partition(".")[0]]
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"this task needs the package {package}, which is not installed: pip install {package}."
        ) from missing

"""Patches of ten photographs: predict from 24 x 24 pixels which photograph they are from.

The photographs come with scikit-learn (china, flower) and scikit-image. Their files are opened in the folders where
those packages are installed, because scikit-image's own loaders may use the network. Training patches lie in the left
70 % of a photograph's columns and test patches in the right 30 %, so the two share no pixel.

    task = draw(n=8000, n_test=2000, seed=0)
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator

from lazyrich.tasks.labelled import Labelled, balanced, check_counts, standardised, stream
from lazyrich.tasks.packages import PACKAGES, optional

__all__ = ["NAMES", "SIDE", "TRAIN_PART", "draw", "photograph"]

SIDE = 24
"""Pixels along each side of a patch."""
TRAIN_PART = 0.7
"""Share of a photograph's columns, from the left, that training patches lie in."""

_SKLEARN, _SKIMAGE = ("sklearn", "datasets/images"), ("skimage", "data")
_FILES = {
    "china": (*_SKLEARN, "china.jpg"),
    "flower": (*_SKLEARN, "flower.jpg"),
    "astronaut": (*_SKIMAGE, "astronaut.png"),
    "coffee": (*_SKIMAGE, "coffee.png"),
    "chelsea": (*_SKIMAGE, "chelsea.png"),
    "rocket": (*_SKIMAGE, "rocket.jpg"),
    "motorcycle": (*_SKIMAGE, "motorcycle_left.png"),
    "ihc": (*_SKIMAGE, "ihc.png"),
    "retina": (*_SKIMAGE, "retina.jpg"),
    "hubble": (*_SKIMAGE, "hubble_deep_field.jpg"),
}
"""Name -> package that is imported, folder in it, file."""

NAMES = tuple(_FILES)
"""The photographs in the order of their classes."""


def draw(n: int = 8000, n_test: int = 2000, seed: int = 0, dtype: torch.dtype = torch.float32) -> Labelled:
    """Draw patches labelled by the place of their photograph in NAMES, all equally often to within one.

    No patch is drawn twice. Each colour is centred by its mean over the training patches and all are divided by one
    number, so that the mean square of X is 1.

    Args:
        n: Number of training patches, at least 1.
        n_test: Number of test patches, at least 1.
        seed: Seed of the patches, at least 0.
        dtype: Type of X.

    Returns:
        X (n, 3, 24, 24), y (n,), and the same of test patches.

    Raises:
        ValueError: If n or n_test is below 1 or above the number of patches.
        ModuleNotFoundError: If a package is missing.
        FileNotFoundError: If a package lacks one of the files.
    """
    check_counts(n=n, n_test=n_test)
    X, y = _patches(n, False, stream(seed, "photographs train"))
    X_test, y_test = _patches(n_test, True, stream(seed, "photographs test"))
    X, X_test = standardised(X, X_test)
    return Labelled(X.to(dtype), y, X_test.to(dtype), y_test, X[:0].to(dtype), classes=len(NAMES))


@cache
def photograph(name: str) -> np.ndarray:
    """Read one of NAMES.

    Returns:
        The photograph (height, width, 3), bytes, read only.

    Raises:
        ValueError: For another name.
        ModuleNotFoundError: If its package is missing.
        FileNotFoundError: If the package lacks the file.
    """
    if name not in _FILES:
        raise ValueError(f"there is no photograph {name!r}; there are {', '.join(NAMES)}.")
    module, folder, file = _FILES[name]
    package = PACKAGES[module]
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            f"the photograph {name!r} comes with the package {package}, which is not installed: pip install {package}."
        )
    path = Path(found.submodule_search_locations[0]) / folder / file
    if not path.is_file():
        raise FileNotFoundError(f"the installed {package} comes without {folder}/{file}: install version 0.26 of it.")
    with optional("PIL.Image").open(path) as picture:
        pixels = np.array(picture.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


def _patches(n: int, right: bool, generator: Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw n patches (n, 3, 24, 24), float32 from 0 to 255, and their classes (n,), from the right or the left part."""
    parts = [_part(name, right) for name in NAMES]
    most = -(-n // len(NAMES))
    for name, part in zip(NAMES, parts, strict=True):
        places = part.shape[0] * part.shape[1]
        if most > places:
            raise ValueError(
                f"{name} has {places} patches to {'test on' if right else 'learn from'}, {most} were asked for: "
                "take fewer."
            )
    label = balanced(n, len(NAMES), generator)
    X = np.empty((n, 3, SIDE, SIDE), dtype=np.uint8)
    for number, part in enumerate(parts):
        here = np.flatnonzero(label == number)
        chosen = generator.choice(part.shape[0] * part.shape[1], size=len(here), replace=False)
        X[here] = part[np.divmod(chosen, part.shape[1])]
    return torch.from_numpy(X).to(torch.float32), torch.from_numpy(label)


def _part(name: str, right: bool) -> np.ndarray:
    """Return all patches of one part of a photograph, by row and column, as a view (rows, columns, 3, 24, 24)."""
    pixels = photograph(name)
    cut = int(TRAIN_PART * pixels.shape[1])
    part = pixels[:, cut:] if right else pixels[:, :cut]
    return np.lib.stride_tricks.sliding_window_view(part, (SIDE, SIDE), axis=(0, 1))

"""Handwritten digits, odd against even: 1,797 images of 8 x 8 pixels that come with scikit-learn.

Source: the test part of "Optical Recognition of Handwritten Digits" (Alpaydin, Kaynak; UCI repository, 1998), as
bundled with scikit-learn; nothing is downloaded.

    task = draw(n=256, seed=0)
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from lazyrich.tasks.labelled import Labelled, check_counts, standardised, stream
from lazyrich.tasks.packages import optional

__all__ = ["draw", "images"]


def draw(
    n: int = 256,
    n_test: int | None = None,
    n_probes: int = 128,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Labelled:
    """Draw digits labelled +1 if odd and -1 if even; training, test and probe images are disjoint.

    Each pixel is centred by its mean over the training images and all are divided by one number, so that the mean
    square of X is 1, as in the parity task.

    Args:
        n: Number of training images, at least 1.
        n_test: Number of test images, at least 1; all that remain if None.
        n_probes: Number of probes, at least 0.
        seed: Seed of the split, at least 0.
        dtype: Type of X and y.

    Returns:
        X (n, 64), y (n,), and the same of test images and probes.

    Raises:
        ValueError: If there are not enough images.
        ModuleNotFoundError: If scikit-learn is not installed.
    """
    pixels, digit = images()
    check_counts(n=n)
    check_counts(0, n_probes=n_probes)
    left = len(digit) - n - n_probes
    n_test = left if n_test is None else n_test
    if not 1 <= n_test <= left:
        raise ValueError(
            f"there are {len(digit)} digits: n = {n} and n_probes = {n_probes} leave {max(left, 0)} to test on, "
            f"and n_test must be from 1 to that, got {n_test}."
        )
    order = stream(seed, "digits split").permutation(len(digit))
    train, probes, test = order[:n], order[n : n + n_probes], order[n + n_probes : n + n_probes + n_test]
    X, X_probes, X_test = standardised(*(torch.from_numpy(pixels[part]) for part in (train, probes, test)))
    sign = torch.from_numpy(2.0 * (digit % 2) - 1).to(dtype)
    return Labelled(X.to(dtype), sign[train], X_test.to(dtype), sign[test], X_probes.to(dtype), classes=2)


@cache
def images() -> tuple[np.ndarray, np.ndarray]:
    """Read all images.

    Returns:
        Pixels (1797, 64), float64 from 0 to 16, and the digits (1797,) that they show.

    Raises:
        ModuleNotFoundError: If scikit-learn is not installed.
        FileNotFoundError: If the installed scikit-learn has no data files.
    """
    # read the file of scikit-learn's load_digits directly: importing load_digits takes a second and delays the run
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        optional("sklearn")
        raise FileNotFoundError("the installed scikit-learn has no files of its own: install it from a wheel.")
    table = np.loadtxt(Path(package.origin).parent / "datasets/data/digits.csv.gz", delimiter=",")
    pixels, digit = np.ascontiguousarray(table[:, :-1]), table[:, -1].astype(np.int64)
    pixels.flags.writeable = digit.flags.writeable = False
    return pixels, digit

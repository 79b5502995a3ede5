"""Gratings in noise: small patches of stripes in eight orientations, at a random place and phase.

A stimulus with known best filters: cos(2 pi f u + phase) exp(-r^2 / 2 sigma^2) with u the distance along the
orientation, f = 0.18 cycles a pixel and sigma = 4 pixels, plus independent noise of standard deviation 0.8, on 24 x 24
pixels. The task is the orientation.

    task = draw(n=8000, n_test=2000, seed=0)
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.random import Generator

from lazyrich.tasks.labelled import Labelled, balanced, check_counts, stream

__all__ = ["FREQUENCY", "MARGIN", "NOISE", "ORIENTATIONS", "SIDE", "SIGMA", "draw", "grating"]

SIDE = 24
"""Pixels along each side of an image."""
ORIENTATIONS = 8
"""Classes: class k has its stripes' normal at k pi / 8 from the horizontal axis."""
FREQUENCY = 0.18
"""Cycles a pixel."""
SIGMA = 4.0
"""Pixels: standard deviation of the envelope."""
NOISE = 0.8
"""Standard deviation of the noise of a pixel; the grating's amplitude is 1."""
MARGIN = SIGMA
"""Smallest distance in pixels of a grating's centre from the border, so that most of its envelope is in the image."""


def draw(
    n: int = 8000, n_test: int = 2000, seed: int = 0, noise: float = NOISE, dtype: torch.dtype = torch.float32
) -> Labelled:
    """Draw gratings labelled by the class of their orientation, all classes equally often to within one.

    Training and test images have separate random streams, so neither depends on the number of the other.

    Args:
        n: Number of training images, at least 1.
        n_test: Number of test images, at least 1.
        seed: Seed of the images, at least 0.
        noise: Standard deviation of a pixel's noise, at least 0; the grating's amplitude is 1.
        dtype: Type of X.

    Returns:
        X (n, 1, 24, 24), y (n,) and the same of test images.

    Raises:
        ValueError: If n or n_test is below 1 or noise below 0.
    """
    check_counts(n=n, n_test=n_test)
    if not noise >= 0:
        raise ValueError(f"noise must be at least 0, got {noise}.")
    X, y = _images(n, noise, stream(seed, "gratings train"))
    X_test, y_test = _images(n_test, noise, stream(seed, "gratings test"))
    return Labelled(X.to(dtype), y, X_test.to(dtype), y_test, X[:0].to(dtype), classes=ORIENTATIONS)


def grating(angle: np.ndarray, phase: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Return gratings of amplitude 1 without noise.

    Intensity is cos(2 pi f (x cos angle + y sin angle) + phase) times the envelope, with x and y from the centre. With
    the wave written as a complex exponential, both factors are products of one part in x and one in y.

    Args:
        angle: Direction of the stripes' normal (n,), in radians.
        phase: Phase at the centre (n,), in radians.
        across: Column of the centre (n,), in pixels from the left.
        down: Row of the centre (n,), in pixels from the top; pixel (row, column) lies at (down, across).

    Returns:
        Images (n, 24, 24), float32.
    """
    pixel = np.arange(SIDE)

    def part(centre: np.ndarray, slope: np.ndarray) -> np.ndarray:
        distance = pixel - np.asarray(centre)[:, None]
        wave = 2 * np.pi * FREQUENCY * slope[:, None] * distance
        return np.exp(-(distance**2) / (2 * SIGMA**2) + 1j * wave).astype(np.complex64)

    turned = np.exp(1j * np.asarray(phase)).astype(np.complex64)[:, None]
    x, y = part(across, np.cos(angle)), part(down, np.sin(angle)) * turned
    return y.real[:, :, None] * x.real[:, None, :] - y.imag[:, :, None] * x.imag[:, None, :]


def _images(n: int, noise: float, generator: Generator) -> tuple[torch.Tensor, torch.Tensor]:
    label = balanced(n, ORIENTATIONS, generator)
    phase = generator.uniform(0, 2 * np.pi, n)
    across, down = generator.uniform(MARGIN, SIDE - 1 - MARGIN, (2, n))
    X = generator.standard_normal((n, SIDE, SIDE), dtype=np.float32)
    X *= np.float32(noise)
    X += grating(label * np.pi / ORIENTATIONS, phase, across, down)
    return torch.from_numpy(X)[:, None], torch.from_numpy(label)

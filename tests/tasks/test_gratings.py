"""Gratings against their formula, pixel by pixel, and the statistics of place, phase and noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from lazyrich.tasks.gratings import FREQUENCY, MARGIN, SIGMA, draw, grating


def by_pixel(angle, phase, across, down):
    image = np.zeros((24, 24))
    for row in range(24):
        for column in range(24):
            x, y = column - across, row - down
            along = x * math.cos(angle) + y * math.sin(angle)
            envelope = math.exp(-(x * x + y * y) / (2 * 4.0**2))
            image[row, column] = envelope * math.cos(2 * math.pi * 0.18 * along + phase)
    return image


def test_a_grating_is_the_formula_pixel_by_pixel():
    rng = np.random.default_rng(0)
    angle, phase, across, down = (
        rng.uniform(0, 7, 6),
        rng.uniform(0, 7, 6),
        rng.uniform(0, 23, 6),
        rng.uniform(0, 23, 6),
    )
    made = grating(angle, phase, across, down)
    assert made.shape == (6, 24, 24) and made.dtype == np.float32
    for k in range(6):
        np.testing.assert_allclose(made[k], by_pixel(angle[k], phase[k], across[k], down[k]), atol=2e-6)


def test_the_label_is_the_orientation_in_steps_of_an_eighth_of_a_turn_by_half():
    task = draw(n=64, n_test=8, seed=0, noise=0.0)
    spectrum = np.abs(np.fft.fft2(task.X[:, 0].numpy(), s=(240, 240)))
    for image, label in zip(spectrum, task.y.tolist(), strict=True):
        down, across = (np.fft.fftfreq(240)[index] for index in np.unravel_index(image.argmax(), image.shape))
        turn = (math.atan2(down, across) / math.pi * 8 - label + 4) % 8 - 4
        assert abs(turn) < 0.35, "the grating is not nearest to its own orientation"
        assert abs(math.hypot(down, across) - FREQUENCY) < 0.02


def test_shapes_classes_and_dtype():
    task = draw(n=803, n_test=96, seed=1)
    assert task.X.shape == (803, 1, 24, 24) and task.X_test.shape == (96, 1, 24, 24)
    assert task.X.dtype == torch.float32 and task.y.dtype == torch.int64 and task.classes == 8
    assert sorted(task.y.bincount().tolist()) == [100] * 5 + [101] * 3
    assert task.y_test.bincount().tolist() == [12] * 8
    assert draw(n=8, n_test=8, dtype=torch.float64).X.dtype == torch.float64


def test_the_noise_is_independent_and_normal_of_the_size_asked_for():
    noisy, clean = draw(n=400, n_test=8, seed=2), draw(n=400, n_test=8, seed=2, noise=0.0)
    assert torch.equal(noisy.y, clean.y)
    noise = (noisy.X - clean.X).double()[:, 0]
    count = noise.numel()
    # five standard errors each
    assert abs(float(noise.std()) - 0.8) < 5 * 0.8 / math.sqrt(2 * count)
    assert abs(float(noise.mean())) < 5 * 0.8 / math.sqrt(count)
    assert abs(float((noise[:, 1:] * noise[:, :-1]).mean())) < 5 * 0.64 / math.sqrt(count)
    assert kstest(noise.flatten()[::23].numpy() / 0.8, "norm").pvalue > 1e-3


def test_phases_cancel_and_places_spread_evenly_within_the_margin():
    X = draw(n=6000, n_test=8, seed=3, noise=0.0).X[:, 0].double()
    assert (X.mean(0).abs() <= 5 * X.std(0) / math.sqrt(len(X))).all()
    # over phases cos^2 is 1/2: the expected square of a pixel is half the envelope's square averaged over places
    pixel, place = np.arange(24.0), np.linspace(MARGIN, 23 - MARGIN, 2001)
    profile = np.exp(-((pixel[:, None] - place) ** 2) / SIGMA**2).mean(1)
    expected = np.outer(profile, profile) / 2
    error = X.square().std(0).numpy() / math.sqrt(len(X))
    assert (np.abs(X.square().mean(0).numpy() - expected) <= 5 * error).all()


def test_a_seed_is_a_set_of_images_and_training_and_test_images_differ():
    one, same, other = draw(n=50, n_test=50, seed=1), draw(n=50, n_test=20, seed=1), draw(n=50, n_test=50, seed=2)
    assert torch.equal(one.X, same.X) and torch.equal(one.y, same.y)
    assert not torch.equal(one.X, other.X) and not torch.equal(one.X, one.X_test)


def test_negative_noise_is_refused():
    with pytest.raises(ValueError, match=r"noise must be at least 0, got -0.1"):
        draw(noise=-0.1)

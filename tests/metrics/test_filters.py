"""Measures of filters with known values: Gabors, waves, constants, noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad
from scipy.optimize import differential_evolution

from lazyrich.metrics.filters import filter_cosine, gabor_fit, gabor_r2, low_frequency


def gabor(across, down, angle, frequency, size, phase, k=7):
    """Written out pixel by pixel; the centre counted from the middle."""
    image = torch.zeros(k, k, dtype=torch.float64)
    for row in range(k):
        for column in range(k):
            x, y = column - (k - 1) / 2 - across, row - (k - 1) / 2 - down
            wave = math.cos(2 * math.pi * frequency * (x * math.cos(angle) + y * math.sin(angle)) + phase)
            image[row, column] = math.exp(-(x * x + y * y) / (2 * size * size)) * wave
    return image


def some_gabors(count, seed=0):
    rng = np.random.default_rng(seed)
    low, high = [-1, -1, 0, 0.09, 1.1, 0], [1, 1, math.pi, 0.34, 2.9, 2 * math.pi]
    return torch.stack([gabor(*rng.uniform(low, high)) for _ in range(count)])[:, None]


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_gabor_of_any_place_angle_frequency_size_and_phase_is_found():
    R2 = gabor_r2(some_gabors(60))
    assert R2.shape == (60,) and R2.max() <= 1
    assert R2.min() > 0.97 and R2.median() > 0.998


def test_the_fit_does_not_depend_on_contrast_sign_or_a_quarter_turn():
    W = some_gabors(10) + 0.1 * noise(10, 1, 7, 7)
    R2 = gabor_r2(W)
    torch.testing.assert_close(gabor_r2(-40 * W), R2)
    assert (gabor_r2(W.rot90(1, (-2, -1))) - R2).abs().max() < 0.02


def test_channels_share_geometry_and_have_contrast_and_phase_of_their_own():
    shared = torch.stack([gabor(0.3, -0.5, 0.7, 0.2, 1.8, phase) for phase in (0.0, 1.0, 2.5)])
    assert gabor_r2(shared * torch.tensor([1.0, -0.3, 2.0])[:, None, None]) > 0.995
    # two angles: one Gabor can explain no more than about half
    crossed = torch.stack([gabor(0, 0, angle, 0.2, 1.8, 0.3) for angle in (0.0, math.pi / 2)])
    assert 0.4 < gabor_r2(crossed) < 0.7


def test_the_fit_is_an_image_with_the_direction_of_its_stripes():
    """Stripes at 30 degrees to the horizontal, counter-clockwise: they rise to the right, while rows count downward."""
    angle = math.radians(60)
    W = gabor(0.2, -0.3, angle, 0.2, 2.0, 0.7)[None] * 3 + 0.05 * noise(1, 7, 7)
    fit = gabor_fit(W)
    assert float(fit.orientation) == pytest.approx(math.radians(30), abs=0.03)
    along = torch.tensor([math.cos(math.radians(30)), -math.sin(math.radians(30))])  # across, down
    across = torch.tensor([math.cos(angle), math.sin(angle)])
    assert abs(float(along @ across)) < 1e-6
    assert float(fit.frequency) == pytest.approx(0.2, abs=0.01)
    unexplained = float((W - fit.image).square().sum() / W.square().sum())
    assert 1 - unexplained == pytest.approx(float(fit.r2), abs=1e-6)
    assert fit.image.shape == W.shape
    none = gabor_fit(torch.zeros(2, 1, 7, 7))
    assert not none.image.any() and none.orientation.isnan().all() and none.frequency.isnan().all()


def test_gabor_plus_noise_is_explained_about_as_far_as_it_is_gabor():
    W = some_gabors(100)
    W = W / W.square().mean((-2, -1), keepdim=True).sqrt()
    mixed = gabor_r2(W + noise(100, 1, 7, 7))
    # half of the energy is Gabor; of the other half the fit takes what its few parameters can
    assert 0.5 < mixed.mean() < 0.65


@pytest.mark.parametrize(("channels", "expected"), [(1, 0.21), (3, 0.131)])
def test_noise_is_explained_as_far_as_the_freedom_of_the_fit_goes(channels, expected):
    R2 = gabor_r2(noise(600, channels, 7, 7))
    # standard error 0.002
    assert abs(float(R2.mean()) - expected) < 0.01


def test_the_refined_grid_is_as_good_as_a_general_optimiser():
    W = noise(2, 1, 7, 7, seed=4)
    bounds = [(-1, 1), (-1, 1), (0, math.pi), (0.08, 0.35), (1, 3)]
    for w, found in zip(W.flatten(1).numpy(), gabor_r2(W).tolist(), strict=True):

        def unexplained(parameters, w=w):
            x, y = np.meshgrid(np.arange(7) - 3 - parameters[0], np.arange(7) - 3 - parameters[1])
            u = x * math.cos(parameters[2]) + y * math.sin(parameters[2])
            wave = np.exp(-(x**2 + y**2) / (2 * parameters[4] ** 2) + 2j * math.pi * parameters[3] * u).ravel()
            basis = np.stack([wave.real, wave.imag], axis=1)
            left = w - basis @ np.linalg.lstsq(basis, w, rcond=None)[0]
            return left @ left / (w @ w)

        best = 1 - differential_evolution(unexplained, bounds, seed=0, maxiter=60, popsize=10, tol=1e-8).fun
        assert best - 0.02 < found < best + 1e-3


def test_low_frequency_energy_is_the_integral_of_the_spectrum_over_the_disc():
    w = noise(2, 3, 4, seed=1).numpy()

    def density(down, across):
        phases = np.exp(-2j * np.pi * (down * np.arange(3)[:, None] + across * np.arange(4)))
        return (np.abs((w * phases).sum((-2, -1))) ** 2).sum()

    inside, _ = dblquad(density, -0.3, 0.3, lambda f: -math.sqrt(0.09 - f * f), lambda f: math.sqrt(0.09 - f * f))
    # by Parseval all frequencies together are the sum of squares
    assert float(low_frequency(w, below=0.3)) == pytest.approx(inside / (w**2).sum(), rel=1e-6)


def test_noise_has_the_share_of_the_disc_and_smooth_filters_nearly_all_and_fast_waves_nearly_nothing():
    share = low_frequency(noise(4000, 1, 7, 7))
    error = float(share.std()) / math.sqrt(4000)
    assert abs(float(share.mean()) - math.pi / 16) < 5 * error and error < 0.003
    assert low_frequency(torch.ones(3, 7, 7)) > 0.9
    assert low_frequency(gabor(0, 0, 0.4, 0.05, 2.0, 0.2)[None]) > 0.9
    checks = (-1.0) ** (torch.arange(7)[:, None] + torch.arange(7))
    assert low_frequency(checks[None]) < 0.03


def test_energies_of_channels_add():
    fast, slow = gabor(0, 0, 0.0, 0.4, 2.0, 0.0), gabor(0, 0, 0.0, 0.05, 2.0, 0.0)
    fast, slow = fast / fast.norm(), slow / slow.norm()
    both = low_frequency(torch.stack([fast, 2 * slow]))
    torch.testing.assert_close(both, (low_frequency(fast[None]) + 4 * low_frequency(slow[None])) / 5)


def test_the_cosine_is_one_at_the_start_whatever_the_size_and_zero_between_strangers_on_average():
    W0, W = noise(300, 3, 7, 7), noise(300, 3, 7, 7, seed=1)
    torch.testing.assert_close(filter_cosine(W0, 5 * W0), torch.ones(300, dtype=torch.float64))
    torch.testing.assert_close(filter_cosine(W0, -W0), -torch.ones(300, dtype=torch.float64))
    # 147 numbers: each cosine has standard deviation 1 / sqrt(147)
    assert abs(float(filter_cosine(W0, W).mean())) < 5 / math.sqrt(147 * 300)
    W[7] = W0[7] + noise(3, 7, 7, seed=2) * 1e-3
    assert filter_cosine(W0, W).argmax() == 7


@pytest.mark.parametrize("measure", [gabor_r2, low_frequency, lambda W: filter_cosine(W, W)])
def test_leading_axes_are_kept_numpy_stays_numpy_and_a_filter_of_zeros_is_nan(measure):
    W = noise(2, 5, 3, 7, 7)
    W[1, 2] = 0
    found = measure(W.numpy())
    assert isinstance(found, np.ndarray) and found.shape == (2, 5)
    assert np.argwhere(np.isnan(found)).tolist() == [[1, 2]]
    torch.testing.assert_close(measure(W[0, 3]), torch.from_numpy(found)[0, 3], rtol=1e-9, atol=0)
    assert measure(W.float()).dtype == torch.float32


def test_more_filters_than_fit_at_a_time_are_measured_alike():
    W = noise(300, 1, 5, 5)
    torch.testing.assert_close(gabor_r2(W)[250:], gabor_r2(W[250:]), rtol=1e-9, atol=0)


def test_arrays_that_are_no_filters_are_refused():
    with pytest.raises(ValueError, match=r"shape \(..., channels, k, k\), got \(7, 7\)"):
        low_frequency(torch.ones(7, 7))
    with pytest.raises(ValueError, match=r"must be square, of 3 pixels at least, got \(7, 5\)"):
        gabor_r2(torch.ones(1, 7, 5))
    with pytest.raises(ValueError, match=r"one shape, got \(1, 7, 7\) and \(2, 7, 7\)"):
        filter_cosine(torch.ones(1, 7, 7), torch.ones(2, 7, 7))


@pytest.mark.parametrize("below", [0.0, -0.1, 0.6])
def test_a_limit_that_is_no_frequency_is_refused(below):
    with pytest.raises(ValueError, match=r"below must be above 0 and at most 0.5 cycles a pixel"):
        low_frequency(torch.ones(1, 7, 7), below)

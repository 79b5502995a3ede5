"""Measures of a kernel and its labels, against kernels with known eigenvectors and against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import torch

from lazyrich import kernels, metrics

RNG = np.random.default_rng(0)

BASIS = np.linalg.qr(RNG.normal(size=(8, 8)))[0]

SIZES = np.array([100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03])

K = (BASIS * SIZES) @ BASIS.T


def test_labels_made_of_known_eigenvectors_have_the_shares_of_their_squares():
    parts = np.array([0.0, 3.0, 0.0, 4.0, 0.0, 0.0, 0.0, 12.0])
    shares = metrics.label_shares(K, BASIS @ parts)
    np.testing.assert_allclose(shares, np.cumsum(parts**2) / 169, atol=1e-12)


def test_shares_are_the_squared_length_of_the_projection_on_the_leading_eigenvectors():
    y = RNG.normal(size=8)
    shares = metrics.label_shares(K, y)
    for k in range(1, 9):
        _, leading = scipy.linalg.eigh(K, subset_by_index=(8 - k, 7))
        inside = leading @ np.linalg.lstsq(leading, y, rcond=None)[0]
        assert shares[k - 1] == pytest.approx(inside @ inside / (y @ y), rel=1e-9)


def test_labels_in_leading_eigenvectors_are_learned_first():
    """Kernel gradient descent, step by step: the order of the shares at k = 2 is the order of the losses."""
    early, late = BASIS[:, :2].sum(1), BASIS[:, 4:6].sum(1)
    rate = 0.9 / SIZES[0]
    losses = []
    for y in (early, late):
        f = np.zeros(8)
        for _ in range(10):
            f += rate * K @ (y - f)
        losses.append(np.mean((f - y) ** 2))
    assert metrics.label_shares(K, early)[1] > 0.999 and metrics.label_shares(K, late)[1] < 1e-9
    assert losses[0] < 0.01 * losses[1]


def test_a_spectrum_matches_svd_over_its_sum():
    values = np.linalg.svd(K, compute_uv=False)
    np.testing.assert_allclose(metrics.kernel_spectrum(K), values / values.sum(), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_nothing_depends_on_the_scale_of_kernel_or_labels(scale):
    y = RNG.normal(size=8)
    np.testing.assert_allclose(metrics.label_shares(scale * K, scale * y), metrics.label_shares(K, y), rtol=1e-9)
    np.testing.assert_allclose(metrics.kernel_spectrum(scale * K), metrics.kernel_spectrum(K), rtol=1e-9)
    np.testing.assert_allclose(metrics.kernel_correlations(scale * K), metrics.kernel_correlations(K), rtol=1e-9)
    assert metrics.effective_rank(scale * K) == pytest.approx(metrics.effective_rank(K), rel=1e-9)


def test_correlations_are_cosines_between_the_gradients_of_outputs():
    X, W, a = RNG.normal(size=(6, 3)), RNG.normal(size=(5, 3)), RNG.normal(size=5)
    W[:, 0] = -np.abs(W[:, 0])
    X[2] = [1.0, 0.0, 0.0]  # every neuron is off here
    gradients = []
    for x in torch.from_numpy(X):
        weights = [torch.tensor(layer, requires_grad=True) for layer in (W, a)]
        (torch.relu(weights[0] @ x) @ weights[1]).backward()
        gradients.append(np.concatenate([layer.grad.numpy().ravel() for layer in weights]))
    found = metrics.kernel_correlations(kernels.two_layer_ntk(X, W, a))
    for i in range(6):
        for j in range(6):
            if 2 in (i, j):
                assert np.isnan(found[i, j])
            else:
                lengths = np.linalg.norm(gradients[i]) * np.linalg.norm(gradients[j])
                assert found[i, j] == pytest.approx(gradients[i] @ gradients[j] / lengths, abs=1e-12)


def test_measures_of_zero_labels_or_kernels_are_nan():
    assert np.isnan(metrics.label_shares(K, np.zeros(8))).all()
    assert np.isnan(metrics.kernel_spectrum(np.zeros((3, 3)))).all()
    assert np.isnan(metrics.effective_rank(np.zeros((3, 3))))
    assert np.isnan(metrics.kernel_correlations(np.zeros((3, 3)))).all()


def test_labels_that_do_not_fit_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"one number for each row of K, 8 here, got shape \(3,\)"):
        metrics.label_shares(K, np.ones(3))


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_effective_rank_of_equal_eigenvalues_is_their_number(rank):
    basis = np.linalg.qr(RNG.normal(size=(8, 8)))[0][:, :rank]
    assert metrics.effective_rank(5.0 * basis @ basis.T) == pytest.approx(rank, rel=1e-10)


def test_effective_rank_is_the_exponential_of_the_spectrums_entropy():
    K = np.stack([M @ M.T for M in RNG.normal(size=(4, 6, 6))])
    entropies = [scipy.stats.entropy(np.linalg.svd(k, compute_uv=False)) for k in K]
    np.testing.assert_allclose(metrics.effective_rank(K), np.exp(entropies), rtol=1e-10)

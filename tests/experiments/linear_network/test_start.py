"""The start and the target of linear networks: sizes, balance, modes, and a rate for each layer."""

import numpy as np
import pytest
from pydantic import ValidationError

from lazyrich import LinearNetwork, theory
from lazyrich.config.schema import complaints
from lazyrich.experiments.linear_network.start import initial, target
from tests.experiments.linear_network.reference import product


@pytest.mark.parametrize("delta", [-3.0, -0.1, 0.0, 0.1, 3.0])
@pytest.mark.parametrize("start", ["isotropic", "aligned"])
@pytest.mark.parametrize("shape", [(20, 5, 3), (20, 2, 4), (2, 5, 3), (4, 5, 3), (1, 3, 2)])
def test_the_conserved_matrix_of_an_isotropic_start_is_delta_on_all_that_is_used(delta, start, shape):
    width, dimension, outputs = shape
    config = LinearNetwork(delta=delta, start=start, width=width, dimension=dimension, outputs=outputs)
    W, A = initial(config, target(config)).weights
    Delta = A.T @ A - W @ W.T
    _, sizes, hidden = np.linalg.svd(np.concatenate([W, A.T], axis=1).T)
    used = hidden[: (sizes > 1e-9).sum()]
    np.testing.assert_allclose(Delta, delta * used.T @ used, atol=1e-12)
    np.testing.assert_allclose(np.linalg.svd(A @ W)[1][: min(shape)], 0.1**2, rtol=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 6])
@pytest.mark.parametrize("start", ["isotropic", "aligned"])
def test_balanced_starts_have_no_conserved_quantity_and_the_scale_asked_for_at_any_depth(depth, start):
    config = LinearNetwork(depth=depth, start=start, tau=0.2)
    weights = initial(config, target(config)).weights
    for matrix in theory.conserved_matrices(weights):
        np.testing.assert_allclose(matrix, 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.svd(product(weights))[1], 0.2**2, rtol=1e-12)


def test_delta_is_the_difference_of_the_ends_at_any_depth_and_layer_scales_multiply():
    config = LinearNetwork(depth=4, delta=0.7, tau=0.3)
    sizes = initial(config, target(config)).sizes
    assert sizes[-1] ** 2 - sizes[0] ** 2 == pytest.approx(0.7)
    assert np.prod(sizes) == pytest.approx(0.3**2)
    scaled = initial(config.changed(layer_scales=(2.0, 1.0, 5.0)), target(config)).sizes
    np.testing.assert_allclose(scaled / sizes, [2, 1, 5, 1])


def test_a_random_start_has_the_size_asked_for_whatever_the_width():
    for width in (20, 200):
        config = LinearNetwork(start="random", width=width, depth=3, dimension=30, tau=0.4, delta=0.5, seed=3)
        start = initial(config, target(config))
        norms = np.array([np.sqrt((layer**2).sum() * width / layer.size) for layer in start.weights])
        np.testing.assert_allclose(norms, start.sizes, rtol=0.15)


def test_the_target_has_the_modes_asked_for_and_only_the_seed_turns_it():
    config = LinearNetwork(target=3.0, ratio=2.0, outputs=4, dimension=6)
    task = target(config)
    np.testing.assert_allclose(np.linalg.svd(task.beta)[1], [3, 1.5, 0.75, 0.375], rtol=1e-12)
    for other in ({"start": "random"}, {"depth": 4}, {"width": 7}, {"delta": 2.0}):
        np.testing.assert_array_equal(target(config.changed(**other)).beta, task.beta)
    assert np.abs(target(config.changed(seed=1)).beta - task.beta).max() > 0.1


def test_rates_by_layer_are_filled_in_and_any_depth_takes_them():
    config = LinearNetwork(depth=4, layer_rates=(1, 1, 4))
    assert config.rates == (1.0, 1.0, 4.0, 1.0)
    assert config.changed(depth=2).rates == (1.0, 1.0)
    with pytest.raises(ValidationError) as caught:
        LinearNetwork(layer_rates=(1.0, 0.0))
    assert complaints(LinearNetwork, caught.value) == [
        "layer_rates must be up to 6 numbers between 0.01 and 100, separated by commas, or default, got 0.0 as entry 2."
    ]

"""Training of linear networks: what it conserves, and its numbers and kernels against automatic differentiation."""

import numpy as np
import pytest
import torch

from lazyrich import LinearNetwork, train
from lazyrich.experiments.linear_network.frames import kernel_top, solution_top
from lazyrich.experiments.linear_network.start import initial, target
from tests.experiments.linear_network.reference import SMALL, apart, kernel, product


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("depth", [2, 4])
def test_the_conserved_matrices_drift_in_proportion_to_the_step(depth):
    config = LinearNetwork(**{**SMALL, "start": "random"}, depth=depth, layer_rates=(1.0, 2.0))
    steps = np.array([1, 2, 4])
    ends = [train(config.changed(learning_rate=8e-3 / part, steps=100 * int(part))).curves.iloc[-1] for part in steps]
    slope = np.polyfit(np.log(steps), np.log([end["conserved_drift"] for end in ends]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("depth", [2, 3, 5])
def test_kernel_distance_and_top_eigenvalue_agree_with_the_tangent_kernel(depth):
    config = LinearNetwork(**SMALL, depth=depth, start="random", layer_rates=(1.0, 0.3))
    result = train(config)
    first, last = (list(result.weights(frame).values()) for frame in (0, -1))
    K0, K1 = kernel(first, config.rates), kernel(last, config.rates)
    moved = result.curves["kernel_distance"]
    assert moved[0] == 0 and moved.iloc[-1] == pytest.approx(apart(K0, K1), rel=1e-9)
    assert kernel_top(last, config.rates) == pytest.approx(np.linalg.eigvalsh(K1)[-1], rel=1e-10)


def test_the_numbers_of_a_frame_agree_with_its_weights():
    config = LinearNetwork(**SMALL, depth=3, start="random", layer_rates=(1.0, 2.0, 0.5))
    result = train(config)
    weights, task, last = list(result.weights(-1).values()), result.task, result.frames[-1].metrics
    np.testing.assert_allclose(task.X.T @ task.X, np.eye(3), atol=1e-14)
    layers = [torch.tensor(layer, requires_grad=True) for layer in weights]
    loss = ((torch.tensor(task.X) @ product(layers).T - torch.tensor(task.Y)) ** 2).sum() / 2
    slopes = torch.autograd.grad(loss, layers)
    speeds = np.array([rate * float((part**2).sum()) for rate, part in zip(config.rates, slopes, strict=True)])
    assert last["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for number in (1, 2, 3):
        assert last[f"speed_{number}"] == pytest.approx(speeds[number - 1] / speeds.sum(), rel=1e-9)
        assert last[f"layer_{number}"] == pytest.approx(np.linalg.svd(weights[number - 1])[1][0], rel=1e-12)


@pytest.mark.parametrize(("delta", "etas"), [(0.0, (1.0, 1.0)), (3.0, (1.0, 1.0)), (-2.0, (4.0, 0.5))])
def test_the_kernel_at_the_solution_of_two_layers_has_the_eigenvalue_known_in_closed_form(delta, etas):
    config = LinearNetwork(delta=delta, layer_rates=etas)
    sizes = initial(config, target(config)).sizes
    conserved = etas[0] * sizes[1] ** 2 - etas[1] * sizes[0] ** 2
    wanted = np.hypot(conserved, 2 * (etas[0] * etas[1]) ** 0.5 * config.target)
    assert solution_top(sizes, etas, config.target) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.usefixtures("few_frames")
def test_the_kernel_at_the_solution_of_deep_networks_matches_the_trained_one():
    config = LinearNetwork(depth=4, start="aligned", delta=0.3, layer_rates=(2.0, 1.0, 0.5), steps=8000)
    last = list(train(config).weights(-1).values())
    sizes = initial(config, target(config)).sizes
    assert solution_top(sizes, config.rates, 1.0) == pytest.approx(kernel_top(last, config.rates), rel=1e-3)


@pytest.mark.usefixtures("few_frames")
def test_the_same_rate_for_all_layers_only_sets_the_speed():
    slow = train(LinearNetwork(**SMALL)).curves
    fast = train(LinearNetwork(**{**SMALL, "learning_rate": 0.002}, layer_rates=(10.0, 10.0))).curves
    np.testing.assert_allclose(fast["loss"], slow["loss"], rtol=1e-9)
    np.testing.assert_allclose(fast["kernel_distance"], slow["kernel_distance"], atol=1e-12)

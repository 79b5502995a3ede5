"""Training of Hierarchy: start, rates, kernel and losses against automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.experiments.hierarchy.config import CONVERGED
from lazyrich.experiments.hierarchy.training import Problem, initial
from lazyrich.kernels import kernel_distance
from lazyrich.kernels.patches import patch_kernel
from lazyrich.results.train import train
from lazyrich.training.patches import outputs
from tests.experiments.hierarchy.runs import BY_NAME, CPU, QUICK


def test_the_switch_to_one_rate_for_all_leaves_about_the_rate_of_the_usual_start():
    by_kernel, raw = (
        Problem(BY_NAME["A grammar of two levels"].changed(rate_rule=rule), 0, CPU).rates.numpy()
        for rule in ("kernel", "raw")
    )
    np.testing.assert_allclose(raw, 0.15)
    _, usual, *_ = raw / by_kernel
    assert 0.9 < usual < 1.1 and raw[0] > 2 * by_kernel[0]
    half = Problem(QUICK.changed(rate_rule="raw", learning_rate=0.5), 0, CPU).rates.numpy()
    np.testing.assert_allclose(half, 0.075)


def test_all_balances_start_as_one_function_of_size_tau():
    config = QUICK.changed(alphas=(0.1, 1.0, 7.0))
    X = Problem(config, 0, CPU).task.X
    one, small = (outputs(X, initial(config.changed(tau=tau), 0, torch.float64)) for tau in (0.1, 0.01))
    torch.testing.assert_close(one[0], one[1])
    torch.testing.assert_close(one[2], one[1])
    torch.testing.assert_close(small, one / 10)


@pytest.mark.parametrize("student", ["cnn", "mlp"])
def test_the_kernel_is_the_one_of_automatic_differentiation(student):
    config = QUICK.changed(student=student, levels=3, test_samples=16, width=8)
    problem = Problem(config, 0, CPU)
    X, found = problem.probes, patch_kernel(problem.probes, problem.start)
    for number in range(len(config.alphas)):
        weights = [W[number] for W in problem.start]

        def of(*parts):
            H = X.reshape(len(X), -1, parts[0].shape[0])
            for W, following in zip(parts, [*parts[1:], None], strict=True):
                H = H @ W
                if following is not None:
                    H = torch.relu(H).reshape(len(X), -1, following.shape[0])
            return H.reshape(-1)

        slopes = torch.func.jacrev(of, argnums=tuple(range(len(weights))))(*weights)
        J = torch.cat([slope.flatten(1) for slope in slopes], dim=1)
        torch.testing.assert_close(found[number], J @ J.T)
        assert problem.rates[number] == pytest.approx(config.learning_rate / float((J * J).sum(1).mean()))


def test_the_numbers_of_a_training_agree_with_its_last_weights():
    config = QUICK.changed(sizes=(64,), seeds=1)
    result = train(config)
    problem = Problem(config, 0, CPU)
    weights = [torch.tensor(W) for W in result.weights(-1).values()]
    for number, row in result.curves.iterrows():
        seen, unseen = (outputs(X, weights)[number] for X in (problem.task.X, problem.task.X_test))
        assert row.test_error == (unseen.argmax(1) != problem.task.y_test).double().mean()
        assert row.train_loss == pytest.approx(float(torch.nn.functional.cross_entropy(seen, problem.task.y)))
        K0, K1 = (patch_kernel(problem.probes, start)[number] for start in (problem.start, weights))
        assert row.kernel_distance == pytest.approx(kernel_distance(K0, K1))
        assert row.converged == (row.train_loss <= CONVERGED)
        assert row.steps % 25 == 0

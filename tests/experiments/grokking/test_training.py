"""Training of Grokking: the start, conserved quantities, and bitwise equal repetitions."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.experiments.grokking.config import Grokking
from lazyrich.results.train import stream, train
from tests.experiments.grokking.runs import BY_NAME, QUICK


@pytest.mark.parametrize(("activation", "degree", "rate"), [("relu", 1, 5e-3), ("quadratic", 2, 1e-3)])
def test_delta_at_the_start_is_the_mean_that_small_steps_without_decay_conserve(activation, degree, rate):
    config = QUICK.changed(
        optimiser="descent", weight_decay=1e-9, learning_rate=rate, steps=2000, activation=activation, tau=1.0, seeds=1
    )
    result = train(config)
    sizes = {}
    for when in (0, -1):
        W1, W2 = (result.frames[when].arrays[name] for name in ("W1", "W2"))
        sizes[when] = (W2**2).sum(1), (W1**2).sum(2)
    delta = {when: degree * a - w for when, (a, w) in sizes.items()}
    np.testing.assert_allclose(result.curves.groupby("alpha")["delta_start"].first(), delta[0].mean(1), rtol=1e-12)
    moved = np.abs(sizes[-1][1] - sizes[0][1]).max()
    assert moved > 0.1 and np.abs(delta[-1] - delta[0]).max() < 0.03 * moved


def test_the_smallest_decay_is_as_good_as_none():
    from lazyrich.experiments.grokking.frames import begin
    from lazyrich.training.modular_addition import ModularAdditionTraining

    config = BY_NAME["No decay"].changed(steps=60, p=7, width=32, dtype="float64")
    _, W1, W2, learned = begin(config)
    free = ModularAdditionTraining(W1, W2, learned, config.learning_rate, 0.0)
    free.advance(60)
    last = train(config).frames[-1].arrays
    np.testing.assert_allclose(last["W1"], free.W1.numpy(), rtol=1e-5, atol=1e-7)


def test_all_balances_of_a_seed_start_as_the_same_function():
    for activation in ("relu", "quadratic"):
        config = QUICK.changed(alphas=(0.3, 1.0, 7.0), activation=activation, tau=0.8)
        first = next(stream(config)).table
        for name in ("train_loss", "test_loss"):
            by_seed = first[name].reshape(3, 2)
            np.testing.assert_allclose(by_seed, by_seed[:1].repeat(3, 0), rtol=1e-12)
            assert by_seed[0, 0] != by_seed[0, 1]


def test_the_start_has_the_sizes_asked_for():
    first = next(stream(Grokking(alphas=(1.0, 4.0), tau=0.5, width=512, steps=60))).arrays
    for place, alpha in enumerate((1.0, 4.0)):
        assert np.std(first["W1"][place]) == pytest.approx(0.5 / alpha, rel=0.03)
        assert np.std(first["W2"][place]) == pytest.approx(0.5 * alpha / 512**0.5, rel=0.03)


def test_equal_configs_give_bitwise_equal_frames():
    for one, other in zip(stream(QUICK), stream(QUICK), strict=True):
        for name in one.table:
            np.testing.assert_array_equal(one.table[name], other.table[name])
        for name in one.chart_data:
            np.testing.assert_array_equal(one.chart_data[name], other.chart_data[name])


def test_a_network_among_others_is_the_same_as_alone():
    together = train(QUICK).curves
    alone = train(QUICK.changed(alphas=(3.0,), seed=1, seeds=1)).curves
    mine = together[(together["alpha"] == 3) & (together["seed"] == 1)].reset_index(drop=True)
    assert list(mine["step"]) == list(alone["step"])
    np.testing.assert_allclose(mine.to_numpy(), alone.to_numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("p", [5, 6])
@pytest.mark.parametrize("train_fraction", [0.1, 0.95])
def test_the_smallest_tables_train_too(p, train_fraction):
    config = QUICK.changed(p=p, train_fraction=train_fraction, width=8, steps=60)
    result = train(config)
    assert result.frames[-1].chart_data["spectrum"].shape == (2, p // 2)
    assert np.isfinite(result.curves.to_numpy()).all()

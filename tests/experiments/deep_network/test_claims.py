"""The paper's claims about deep networks: upstream, more activations flip and parity is learned."""

import numpy as np
import pytest

from lazyrich import train
from lazyrich.experiments.deep_network.config import PRESETS, DeepNetwork
from lazyrich.experiments.deep_network.frames import LEVELS

SUITED = DeepNetwork(task="parity", tau=1.0, samples=512, width=64, steps=250, seeds=3)
"""A smaller version of the parity preset, 4 s."""


def last(result):
    """The last row of each network: columns as (alphas, seeds), alphas in increasing order."""
    table = result.curves.groupby(["alpha", "seed"]).last()
    return {name: table[name].unstack().to_numpy() for name in table}


@pytest.mark.claims
def test_upstream_more_activations_flip_in_every_seed():
    result = train(DeepNetwork(width=64, steps=120, seeds=3))
    flips = last(result)["activation_flips"]
    # .012, .11, .23, .29
    assert (flips[1:] > 1.15 * flips[:-1]).all() and (flips[-1] > 10 * flips[0]).all()
    assert result.frames[-1].verdict.startswith("In 3 of 3 seeds α = 10 flipped more activations than α = 0.1")


@pytest.mark.claims
def test_upstream_the_parity_is_learned_in_every_seed():
    end = last(train(SUITED))
    accuracy = end["test_accuracy"]
    # .61, .77, .99, .99
    assert (accuracy[1] > accuracy[0] + 0.06).all() and (accuracy[2] > accuracy[1] + 0.1).all()
    assert (accuracy[3] > 0.97).all() and (accuracy[0] < 0.7).all()


@pytest.mark.claims
def test_parity_is_learned_better_with_a_lower_fast_layer():
    fast = [SUITED.changed(alphas=(1.0,), layer_rates=(1.0,) * layer + (100.0,)) for layer in range(4)]
    accuracy = np.array([last(train(config))["test_accuracy"][0] for config in fast])
    # .99, .85, .69, .62
    assert (accuracy[:-1] > accuracy[1:] + 0.02).all() and accuracy[0].min() > 0.95


@pytest.mark.claims
def test_the_run_of_the_digits_preset_agrees_with_its_sentence():
    digits = train(PRESETS[0].config)
    end = last(digits)
    assert end["activation_flips"][-1, 0] == pytest.approx(0.25, abs=0.04)
    assert end["activation_flips"][0, 0] == pytest.approx(0.02, abs=0.01)
    assert end["activation_flips_1"][0, 0] < 0.002
    at_tenth = digits.frames[-1].chart_data["matched"][:, LEVELS.index(0.1), 0]
    assert np.ptp(at_tenth) < 0.03


@pytest.mark.claims
def test_the_run_of_the_parity_preset_agrees_with_its_sentence():
    result = train(PRESETS[1].config)
    accuracy = last(result)["test_accuracy"][:, 0]
    assert accuracy[3] > 0.97 and 0.83 < accuracy[1] < 0.93 and accuracy[0] < 0.66
    at_tenth = result.frames[-1].chart_data["matched"][:, LEVELS.index(0.1), 0]
    assert (at_tenth[2:] > at_tenth[1] + 0.03).all()


@pytest.mark.claims
def test_the_run_of_the_large_preset_agrees_with_its_sentence():
    result = train(PRESETS[3].config)
    assert result.curves.activation_flips.max() < 0.01
    assert result.frames[-1].verdict.startswith("Lazy at every α")
    assert last(result)["train_loss"].max() < 0.25 and last(result)["kernel_distance"].max() < 0.01


@pytest.mark.claims
def test_the_run_of_the_kernel_and_flips_preset_agrees_with_its_sentence():
    end = last(train(PRESETS[4].config))
    kernel, flips = end["kernel_distance"][:, 0], end["activation_flips"][:, 0]
    assert kernel.argmax() == 1 and kernel[1] > 2 * kernel[3]
    assert flips[3] > 1.8 * flips[1]


def test_runs_of_a_comparing_preset_differ_in_one_setting_only():
    fast, twins = PRESETS[2], PRESETS[5]
    assert [run.rates.index(100.0) for run in (fast.config, *fast.compared_configs)] == [0, 1, 2, 3]
    assert all(sum(run.rates) == 103 for run in (fast.config, *fast.compared_configs))
    assert twins.config.differences(twins.compared_configs[0]) == {"profile_by": "rates"}
    for preset in PRESETS:
        assert preset.observation.endswith(".") and len(preset.observation) < 230

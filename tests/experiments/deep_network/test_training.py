"""Training of deep networks: outputs at the start, layer sizes against learning rates, and when it ends."""

import numpy as np
import pandas as pd
import pytest

from lazyrich import train
from lazyrich.experiments.deep_network.config import DeepNetwork
from lazyrich.experiments.deep_network.frames import begin
from tests.experiments.deep_network.reference import SMALL, forward


@pytest.mark.parametrize("tau", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("task", ["digits", "parity"])
def test_outputs_at_the_start_are_of_size_tau(task, tau):
    config = DeepNetwork(task=task, tau=tau, alphas=(1.0,), seeds=4, width=256)
    tasks, layers, _ = begin(config)
    f = [
        forward([W[k].double().numpy() for W in layers], one.X_test[:200].double().numpy())[0]
        for k, one in enumerate(tasks)
    ]
    assert 0.6 < np.mean(np.square(f)) ** 0.5 / tau < 1.6


@pytest.mark.parametrize("rates", [(), (3.0, 0.5, 2.0, 1.5)])
def test_by_sizes_and_by_rates_networks_are_the_same_function_at_all_steps(rates):
    config = SMALL.changed(alphas=(0.3, 1.0, 5.0), dtype="float64", layer_rates=rates, steps=25)
    sizes, rated = (train(config.changed(profile_by=way)).curves for way in ("sizes", "rates"))
    pd.testing.assert_frame_equal(sizes, rated, rtol=1e-9, atol=1e-13)
    assert sizes.activation_flips.max() > 0.1


def test_a_run_ends_when_all_its_networks_rest():
    config = SMALL.changed(alphas=(8.0,), tau=0.1, width=64, samples=200, steps=1000)
    result = train(config)
    assert result.status == "finished" and 10 < len(result.frames) < config.expected_frames
    end = result.frames[-1]
    assert (end.table["train_loss"] <= 0.0101).all() and end.table["resting"].all()
    assert (end.table["gradients"] <= end.step).all() and end.verdict.endswith(
        "; all reached 1 % of the first loss (2 seeds)"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"alphas": (0.05, 20.0), "tau": 10.0, "depth": 6, "width": 8, "samples": 32, "dimension": 12},
        {"alphas": (0.05, 20.0), "tau": 0.01, "depth": 6, "width": 8, "samples": 32, "pace": 1.5},
        {
            "alphas": (19.0, 20.0),
            "layer_rates": (100.0, 0.01),
            "depth": 2,
            "tau": 0.01,
            "task": "digits",
            "samples": 1000,
        },
        {"alphas": (20.0,), "layer_rates": (100.0, 100.0, 0.01), "profile_by": "rates", "tau": 10.0, "depth": 3},
    ],
)
def test_the_corners_of_the_settings_run_and_stay_finite(settings):
    result = train(SMALL.changed(**{"steps": 60, "seeds": 1, "width": 32, **settings}))
    assert result.status == "finished"
    assert np.isfinite(result.curves.to_numpy(float)).all()
    end = result.curves.groupby(["alpha", "seed"]).last()
    assert (end.train_loss < 1.05).all()

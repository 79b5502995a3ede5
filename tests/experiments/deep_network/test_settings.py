"""The settings of a DeepNetwork: estimates of its work, and errors about invalid ones."""

import pytest
from pydantic import ValidationError

from lazyrich import stream
from lazyrich.config.schema import complaints
from lazyrich.experiments.deep_network.config import DeepNetwork
from tests.experiments.deep_network.reference import SMALL


def test_the_estimates_of_memory_and_frames_are_near_those_of_a_run():
    for config in (SMALL, DeepNetwork(steps=10), DeepNetwork(depth=6, width=256, steps=20, alphas=(1.0,), samples=32)):
        frames = list(stream(config))
        held = sum(frame.nbytes for frame in frames)
        assert held / 1.3 < config.work().bytes < held * 1.3
        assert len(frames) == config.expected_frames == len(config.schedule)


def test_a_log_stays_small_by_leaving_out_inner_layers():
    assert DeepNetwork().kept_layers == [1, 2, 3, 4]
    large = DeepNetwork(width=256, depth=6, steps=10)
    assert large.changed(steps=3000).kept_layers == [1, 6]
    assert large.changed(steps=3000).work().bytes < 100e6


def test_work_grows_with_networks_and_steps_and_falls_where_networks_rest_early():
    seconds = DeepNetwork().work().seconds
    assert DeepNetwork(seeds=4).work().seconds == pytest.approx(4 * seconds)
    assert DeepNetwork(steps=3000).work().seconds > 1.5 * seconds
    assert DeepNetwork(alphas=(10.0,)).work().seconds < DeepNetwork(alphas=(1.0,)).work().seconds / 3


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alphas": (1.0, 100.0)}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got 100.0"),
        ({"alphas": ()}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got none."),
        ({"depth": 1}, "depth must be a whole number between 2 and 6, got 1."),
        ({"task": "cifar"}, "task must be one of digits, parity, got cifar."),
        ({"layer_rates": (0.0,)}, "layer_rates must be up to 6 numbers between 0.01 and 100"),
        ({"samples": 5000}, "samples must be a whole number between 32 and 1000, got 5000."),
        ({"seeds": 0}, "seeds must be a whole number between 1 and 16, got 0."),
    ],
)
def test_absurd_settings_get_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as caught:
        DeepNetwork(**settings)
    assert complaints(DeepNetwork, caught.value)[0].startswith(sentence)

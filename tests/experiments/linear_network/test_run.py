"""A run of a LinearNetwork: repeatability, divergence, verdict, memory, and the table that the command line writes."""

import csv

import numpy as np
import pytest

from lazyrich import Diverged, LinearNetwork, stream, train
from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.common import verdict
from tests.experiments.linear_network.reference import EXACT, SMALL


@pytest.mark.parametrize("config", [EXACT[1], LinearNetwork(**SMALL, depth=3)], ids=["exact", "none"])
def test_equal_configs_give_bitwise_equal_frames_with_the_same_columns(config):
    for one, other in zip(stream(config), stream(config), strict=True):
        assert list(one.metrics) == list(other.metrics)
        np.testing.assert_array_equal(list(one.metrics.values()), list(other.metrics.values()))
        for name in one.arrays:
            np.testing.assert_array_equal(one.arrays[name], other.arrays[name])


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize(
    "settings",
    [
        {"delta": 10.0, "learning_rate": 0.5, "steps": 300},
        {"learning_rate": 1.0, "target": 10.0, "steps": 300},
        {"depth": 5, "learning_rate": 0.5, "target": 5.0, "start": "aligned", "steps": 300},
        {"depth": 3, "start": "random", "tau": 3.0, "learning_rate": 0.1, "steps": 300},
    ],
)
def test_a_diverging_run_keeps_its_frames_and_names_a_rate_that_does_not_diverge(settings):
    config = LinearNetwork(**settings)
    frames = []
    with pytest.raises(Diverged) as caught:
        for frame in stream(config):
            frames.append(frame)
    assert frames and caught.value.step > frames[-1].step
    mended = config.changed(**caught.value.remedy)
    assert mended.learning_rate < config.learning_rate
    result = train(mended)
    assert result.status == "finished"
    assert result.curves["loss"].iloc[-1] < frames[0].metrics["loss"]


def test_the_verdict_counts_the_modes_that_are_learned():
    result = train(LinearNetwork(start="aligned", steps=1500, learning_rate=8e-3))
    verdicts = [frame.verdict for frame in result.frames]
    assert verdicts[0] == "At the start"
    for number, time_of in ((1, 3.6), (2, 6.3), (3, 11.0)):
        frame = next(frame for frame in result.frames if frame.time > time_of)
        # aligned modes follow s / (1 + (s / tau^2 - 1) e^(-2 s t)), which reaches 0.9 s at ln(9 (s / tau^2 - 1)) / 2s
        counted = {1: "1 of 3 modes learned", 2: "2 of 3 modes learned", 3: "all 3 modes learned"}[number]
        assert frame.verdict.endswith(counted)
    assert verdicts[30].endswith("none of 3 modes learned yet")
    assert verdict.modes(0, 1) == "the target is not learned yet" and verdict.modes(1, 1) == "the target is learned"


@pytest.mark.parametrize("settings", [{}, {"start": "random"}, {"depth": 3, "start": "aligned"}, {"depth": 5}])
def test_the_estimate_of_memory_is_near_the_size_of_the_frames(settings):
    config = LinearNetwork(**settings, width=30, steps=60)
    sizes = [frame.nbytes for frame in stream(config)]
    assert sum(sizes) / 1.5 < config.work().bytes < sum(sizes) * 1.5
    assert len(sizes) == config.expected_frames


def test_the_command_line_writes_the_numbers_of_python(tmp_path, capsys):
    assert registry["linear-network"] is LinearNetwork
    words = ["linear-network", "--depth", "3", "--layer-rates", "1,1,4", "--width", "3", "--steps", "50"]
    words += ["--start", "aligned", "--delta", "-0.5"]
    assert main([*words, "--out", str(tmp_path / "run.csv")]) == 0
    config = LinearNetwork(depth=3, layer_rates=(1, 1, 4), width=3, steps=50, start="aligned", delta=-0.5)
    with open(tmp_path / "run.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    curves = train(config).curves
    for name in ("loss", "singular_1", "loss_exact", "layer_3", "conserved_drift"):
        assert [float(row[name]) for row in rows] == list(curves[name])
    assert "modes learned" in capsys.readouterr().out

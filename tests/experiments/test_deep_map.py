"""The map of deep networks: each cell equals a run of its own, and the presets show what their sentences claim."""

import numpy as np
import pandas as pd
import pytest

from lazyrich import stream, train
from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.deep_map.config import PRESETS, DeepMap
from lazyrich.experiments.deep_map.frames import SHOWN

SMALL = DeepMap(taus=(0.1, 3.0), alphas=(0.3, 1.0, 6.0), width=24, samples=64, steps=40, seeds=2)


@pytest.fixture(scope="module")
def small():
    return train(SMALL)


def test_a_cell_is_the_end_of_a_deep_network_of_its_own(small):
    for row, column in ((0, 2), (1, 0)):
        curves = train(SMALL.cell(row, column)).curves
        end = curves[curves.step == curves.step.max()]
        for name in SHOWN:
            shown = small.frames[-1].chart_data[name][row, column]
            assert shown == pytest.approx(end[name].median(), rel=1e-5, abs=1e-9)


def test_cells_are_filled_in_one_a_frame(small):
    assert len(small.frames) == SMALL.expected_frames == 7
    for done, frame in enumerate(small.frames):
        assert frame.step == done
        filled = np.isfinite(frame.chart_data["activation_flips"]).ravel()
        assert filled.tolist() == [number < done for number in range(6)]
    view = dict(small.frames[0].header.chart_data)
    assert view.pop("counts") == {"name": "cells", "of": 6}
    assert view == {"taus": [0.1, 3.0], "alphas": [0.3, 1.0, 6.0], "seeds": 2}
    assert small.frames[0].verdict == "At the start"
    assert small.frames[4].verdict.startswith("4 of 6 cells trained: most activations, ")
    assert small.frames[-1].verdict.startswith("All 6 cells trained: ")


def test_the_table_has_a_row_for_every_network(small):
    curves = small.curves
    assert list(curves) == ["tau", "alpha", "seed", "step", "gradients", "time", *SHOWN]
    assert len(curves) == 12 and not curves.duplicated(["tau", "alpha", "seed"]).any()
    assert curves.dtypes["seed"] == np.int64 and np.isfinite(curves.to_numpy(float)).all()
    best = curves.groupby(["tau", "alpha"]).activation_flips.median().idxmax()
    assert f"flipped at τ = {best[0]:g}, α = {best[1]:g};" in small.frames[-1].verdict


def test_equal_maps_are_bitwise_equal(small):
    pd.testing.assert_frame_equal(train(SMALL).curves, small.curves, check_exact=True)


def test_the_estimate_of_memory_is_near_the_size_of_the_frames():
    for config in (SMALL, DeepMap(task="digits", taus=(1.0,), alphas=(1.0,), steps=10)):
        held = sum(frame.nbytes for frame in stream(config))
        assert held / 2 < config.work().bytes < held * 2


@pytest.mark.claims
def test_the_run_of_the_parity_preset_agrees_with_its_sentence():
    maps = train(PRESETS[0].config).frames[-1].chart_data
    flips, accuracy = maps["activation_flips"], maps["test_accuracy"]
    assert np.unravel_index(flips.argmax(), flips.shape) == (0, 4)
    assert (np.diff(flips, axis=0) < 0).all() and (np.diff(flips, axis=1) > 0).all()
    assert (np.diff(accuracy, axis=0) < 0.01).all() and (accuracy[0] > accuracy[-1] + 0.03).all()
    assert flips[3:].max() < 0.08 and accuracy[3:, 3].min() > 0.87


@pytest.mark.claims
def test_the_run_of_the_digits_preset_agrees_with_its_sentence():
    maps = train(PRESETS[1].config).frames[-1].chart_data
    flips, accuracy = maps["activation_flips"], maps["test_accuracy"]
    assert np.unravel_index(flips.argmax(), flips.shape) == (0, 4)
    assert np.ptp(accuracy[:, 2:]) < 0.03


def test_the_command_line_writes_the_table(tmp_path, monkeypatch):
    monkeypatch.setitem(registry, DeepMap.name, DeepMap)
    out = tmp_path / "map.csv"
    flags = ["--taus", "0.1,1", "--alphas", "1", "--width", "8", "--steps", "10", "--samples", "32"]
    assert main(["deep-map", *flags, "--out", str(out)]) == 0
    assert pd.read_csv(out).tau.tolist() == [0.1, 1.0]

"""The picture of a neuron's parameter space: surfaces, lines and points lie where theory says."""

import numpy as np
import pytest

from lazyrich import SingleNeuron, theory
from lazyrich.experiments.single_neuron import hyperboloid
from lazyrich.experiments.single_neuron.frames import exact_columns

CASES = [
    SingleNeuron(delta=1.0, eta_w=2.0, eta_a=0.5),
    SingleNeuron(delta=0.0),
    SingleNeuron(delta=-1.0, eta_w=0.3, target=2.0),
    SingleNeuron(delta=-10.0, tau=0.01),
    SingleNeuron(delta=10.0, tau=3.0),
]


def picture(config):
    start = config.start()
    exact, _ = exact_columns(config, start, np.geomspace(1e-3, 30, 60))
    return hyperboloid.picture(config, start, exact), exact


def conserved(config, x, y, z):
    x, y, z = (np.asarray(part, dtype=float) for part in (x, y, z))
    return config.eta_w * z**2 - config.eta_a * (x**2 + y**2)


@pytest.mark.parametrize("config", CASES, ids=lambda c: f"δ={c.delta:g}")
def test_sheets_lie_on_the_conserved_hyperboloid_and_hold_the_trajectory(config):
    drawn, exact = picture(config)
    assert len(drawn["sheets"]) == (1 if config.conserved_delta < 0 else 2)
    for sheet in drawn["sheets"]:
        value = conserved(config, sheet["x"], sheet["y"], sheet["z"])
        size = config.eta_w * np.max(np.square(sheet["z"]))
        np.testing.assert_allclose(value, config.conserved_delta, atol=2e-3 * max(size, abs(config.conserved_delta)))
    for side, name in zip("xyz", ("w_along", "w_across", "a"), strict=True):
        low, high = drawn["space_range"][side]
        assert low <= exact[name].min() and exact[name].max() <= high


@pytest.mark.parametrize("config", CASES, ids=lambda c: f"δ={c.delta:g}")
def test_the_colour_is_the_loss(config):
    drawn, _ = picture(config)
    X, beta = config.start().X, config.start().beta
    for sheet in drawn["sheets"]:
        x, y, z, colour = (np.array(sheet[name])[3, 7] for name in ("x", "y", "z", "colour"))
        assert colour == pytest.approx(np.sum((X @ (z * np.array([x, y]) - beta)) ** 2) / 2, rel=0.01, abs=2e-3)


@pytest.mark.parametrize("config", CASES, ids=lambda c: f"δ={c.delta:g}")
def test_the_minima_drawn_are_where_the_flow_ends(config):
    drawn, _ = picture(config)
    a, w, beta, _ = config.start()
    end = theory.limit(a, w, beta, config.eta_a, config.eta_w)
    points = [point for point in drawn["space_points"] if point["role"] == "minimum"]
    assert any(np.allclose([p["x"], p["y"], p["z"]], [end.w[0], 0, end.a], atol=1e-3) for p in points)


def test_the_boundary_parts_the_starts_by_the_sign_of_the_last_readout():
    config = SingleNeuron(delta=-1.0, eta_w=0.5, target=1.5)
    drawn, _ = picture(config)
    beta = config.start().beta
    lines = [line for line in drawn["space_lines"] if line["role"] == "boundary"]
    assert len(lines) == 2
    for line in lines:
        for x, y, z in list(zip(line["x"], line["y"], line["z"], strict=True))[::20]:
            assert conserved(config, x, y, z) == pytest.approx(config.conserved_delta, abs=1e-3)
            sides = [theory.limit(z, np.array([x + shift, y]), beta, 1.0, 0.5).sign for shift in (-0.01, 0.01)]
            assert sides == [-1, 1]


def test_saddles_are_fixed_points_without_output():
    config = SingleNeuron(delta=-2.0)
    drawn, _ = picture(config)
    saddles = [point for point in drawn["space_points"] if point["role"] == "saddle"]
    assert len(saddles) == 2
    for point in saddles:
        end = theory.limit(point["z"], np.array([point["x"], point["y"]]), config.start().beta)
        assert end.saddle and end.a == 0


def test_the_loss_is_zero_on_the_curve_of_minima():
    drawn, _ = picture(SingleNeuron(delta=0.5, target=0.7))
    for line in drawn["space_lines"]:
        np.testing.assert_allclose(np.multiply(line["x"], line["z"]), 0.7, rtol=1e-3)


def test_contours_have_the_loss_that_they_are_named_after():
    config = SingleNeuron(data="correlated", condition=20.0, target=1.3)
    drawn, _ = picture(config)
    start = config.start()
    nothing = np.sum((start.X @ start.beta) ** 2) / 2
    for line in drawn["plane_lines"]:
        beta = np.array([line["x"], line["y"]])
        loss = np.sum((start.X @ (beta - start.beta[:, None])) ** 2, axis=0) / 2
        np.testing.assert_allclose(loss / nothing, float(line["label"].split()[1]), rtol=0.01, atol=1e-4)

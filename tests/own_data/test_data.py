"""Preparation of own data: held-out samples, scaling, and names from contents, against plain numpy."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from lazyrich import StudentTeacher, own_data, train
from lazyrich.own_data import BadData, Bounds, Given, OwnStudent, Preparation, prepare
from lazyrich.own_data.data import held_out_rows

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(3.0, 5.0, size=(50, 4)), RANDOM.normal(-2.0, 7.0, size=50)
RAW = Given("mine.csv", X, Y)
SHORT = StudentTeacher(tau=0.5, width=6, steps=40, seed=3)


@given(st.integers(1, 2000), st.integers(0, 90))
def test_the_rows_held_out_are_the_share_asked_for_and_evenly_spread(n, percent):
    held = held_out_rows(n, percent)
    assert held.sum() == n * percent // 100
    assert not held[0]
    gaps = np.diff(np.flatnonzero(held))
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


def test_by_default_every_fifth_row_is_held_out_and_no_number_is_changed():
    data = prepare(RAW)
    np.testing.assert_array_equal(data.X_test, X[4::5])
    np.testing.assert_array_equal(data.y_test, Y[4::5])
    np.testing.assert_array_equal(data.X, np.delete(X, np.s_[4::5], axis=0))
    assert (data.words, data.described) == ("50 samples of 4 inputs, 10 of them held out", "")


def test_unit_scaling_divides_by_two_numbers_of_the_training_rows_and_reports_them():
    data, plain = prepare(RAW, Preparation(scaling="unit")), prepare(RAW)
    norm, size = np.mean([np.sqrt(x @ x) for x in plain.X]), np.sqrt(np.mean(plain.y**2))
    np.testing.assert_allclose(data.X_test, plain.X_test / norm, rtol=1e-14)
    np.testing.assert_allclose(data.y_test, plain.y_test / size, rtol=1e-14)
    assert f"{norm:.6g}" in data.described and f"{size:.6g}" in data.described


def test_standardised_data_agree_with_scikit_learn_over_the_root_of_d_with_the_constant_beside():
    plain = prepare(RAW)
    data = prepare(RAW, Preparation(scaling="standardised", constant=True))
    inputs, outputs = StandardScaler().fit(plain.X), StandardScaler().fit(plain.y[:, None])
    np.testing.assert_allclose(data.X[:, :4], inputs.transform(plain.X) / 2, rtol=1e-12)
    np.testing.assert_allclose(data.X_test[:, :4], inputs.transform(plain.X_test) / 2, rtol=1e-12)
    np.testing.assert_allclose(data.y_test, outputs.transform(plain.y_test[:, None])[:, 0], rtol=1e-12)
    assert (data.X[:, 4] == 1).all() and (data.X_test[:, 4] == 1).all()


def test_a_test_set_of_its_own_stays_whole():
    data = prepare(Given("t.npz", X, Y, X[:3], Y[:3]), Preparation(held_out=50))
    assert (len(data.X), len(data.X_test)) == (50, 3)


@pytest.mark.parametrize(
    ("inputs", "pattern"),
    [
        (1e7 * X, r"mine.csv has a number of size .*; up to 1e\+06 can be trained on: choose the scaling"),
        (0 * X, "mine.csv has inputs that are all 0"),
        (1e-9 * X, "mine.csv has inputs of mean norm .*; at least 1e-06 can be trained on"),
        (1e-200 * X, r"mine.csv has inputs of mean norm \d.*e-199; at least 1e-06 can be trained on"),
    ],
)
def test_values_too_large_for_kernels_are_refused_and_scaling_may_help(inputs, pattern):
    with pytest.raises(BadData, match=pattern):
        prepare(Given("mine.csv", inputs, Y))
    if inputs.any():
        prepare(Given("mine.csv", inputs, Y), Preparation(scaling="unit"))


def test_bounds_agree_with_the_settings_and_one_input_needs_the_constant():
    bounds = Bounds.of(StudentTeacher)
    settings = StudentTeacher.parameters()
    assert (bounds.samples, bounds.dimension) == tuple(
        (settings[k].low, settings[k].high) for k in ("samples", "dimension")
    )
    one = Given("mine.csv", X[:, :1], Y)
    with pytest.raises(BadData, match=r"mine.csv has 1 input; 2 to 1,000 are allowed: switch the constant input on"):
        bounds.check(prepare(one))
    bounds.check(prepare(one, Preparation(constant=True)))


@pytest.mark.parametrize(
    ("rows", "preparation", "message"),
    [
        (20, {"constant": True}, "mine.csv has 5 inputs; 1 to 4 are allowed: leave columns out."),
        (50, {"held_out": 0}, "mine.csv has 50 samples to train on; 1 to 45 to train on and up to 5 held out are"),
        (40, {"held_out": 20}, "mine.csv has 8 test samples; up to 5 are allowed: give fewer."),
    ],
)
def test_bounds_hold_for_the_prepared_training_data(rows, preparation, message):
    data = prepare(Given("mine.csv", X[:rows], Y[:rows]), Preparation(**preparation))
    with pytest.raises(BadData, match=re.escape(message)):
        Bounds((1, 45), (1, 4), 5, 1e6).check(data)


def test_test_inputs_have_the_columns_of_the_others():
    with pytest.raises(BadData, match="X_test must have 4 columns like X, got 3"):
        Given("mine.csv", X, Y, X[:, :3], Y)


def test_equal_contents_and_preparation_are_one_run_whatever_the_file_is_called():
    def key(name="a.csv", inputs=X, config=SHORT, **preparation):
        return OwnStudent.of(config, prepare(Given(name, inputs, Y), Preparation(**preparation))).key

    assert (
        key() == key("b.csv") == key(inputs=np.asfortranarray(X)) == key(config=SHORT.changed(samples=7, dimension=9))
    )
    changed = X.copy()
    changed[0, 0] = np.nextafter(changed[0, 0], 9)
    others = [key(inputs=changed), key(held_out=10), key(scaling="unit"), key(config=SHORT.changed(tau=0.6)), SHORT.key]
    assert len({key(), *others}) == 6


def test_settings_and_data_travel_as_one_and_stay_read_only():
    config = OwnStudent.of(SHORT, prepare(RAW))
    there = pickle.loads(pickle.dumps(config))
    assert there == config and hash(there) == hash(config) and there.key == config.key
    assert there.changed(tau=0.7).data == config.data
    for array in there.data.arrays().values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_cost_counts_the_data_as_they_are():
    sizes = SHORT.changed(samples=40, dimension=4, test_samples=10).work()
    work = OwnStudent.of(SHORT.changed(samples=1, dimension=100), prepare(RAW)).work()
    assert (work.flops, work.seconds) == (sizes.flops, sizes.seconds)
    assert work.bytes == sizes.bytes + 50 * 5 * 8


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_a_file_trains_as_its_arrays_do(tmp_path, suffix):
    path = tmp_path / f"mine.{suffix}"
    if suffix == "csv":
        path.write_text("\n".join(",".join(map(repr, row)) for row in np.column_stack([X, Y]).tolist()))
    else:
        np.savez(path, X=X, y=Y)
    plain = prepare(RAW)
    result = train(SHORT, task=own_data.read(path))
    arrays = train(SHORT.changed(dimension=4), task=(plain.X, plain.y, plain.X_test, plain.y_test))
    np.testing.assert_array_equal(result.weights(-1)["W"], arrays.weights(-1)["W"])
    np.testing.assert_array_equal(result.task.X_test, X[4::5])
    assert result.own == ("task",) and (result.config.samples, result.config.dimension) == (40, 4)
    assert "teacher" not in result.frames[-1].verdict


def test_neurons_on_data_of_many_inputs_are_shown_along_xy_and_the_main_direction_beside_it():
    result = train(SHORT, task=own_data.prepare(Given("mine.csv", X * [1, 1, 9, 1], Y)))
    task = result.task
    first = task.X.T @ task.y
    first /= np.linalg.norm(first)
    beside = task.X - np.outer(task.X @ first, first)
    second = np.linalg.svd(beside - beside.mean(axis=0))[2][0]
    shown = result.frames[0].chart_data["plane"]
    np.testing.assert_allclose(shown[:, 0], result.neurons[0] @ first, atol=1e-5)
    np.testing.assert_allclose(np.abs(shown[:, 1]), np.abs(result.neurons[0] @ second), atol=1e-5)
    assert "Xᵀy" in result.frames[0].header.chart_data["plane_note"]


@pytest.mark.parametrize(
    ("name", "settings", "pattern"),
    [
        ("mine.xlsx", {}, "mine.xlsx must end in"),
        ("mine.csv", {"held_out": 95}, "held_out must be a whole number between 0 and 90, got 95."),
        ("mine.csv", {"scale": 1}, r"scale is not a setting here; did you mean scaling\?"),
    ],
)
def test_read_refuses_with_a_sentence(tmp_path, name, settings, pattern):
    (tmp_path / name).write_text("1,2,3\n")
    with pytest.raises(BadData, match=pattern):
        own_data.read(tmp_path / name, **settings)


@pytest.mark.parametrize("scaling", ["unit", "standardised"])
@pytest.mark.parametrize("power", [-1000, -600, 600, 1000])
def test_scaled_data_have_no_scale(scaling, power):
    wanted = Preparation(scaling=scaling)
    usual, scaled = prepare(RAW, wanted), prepare(Given("mine.csv", np.ldexp(X, power), np.ldexp(Y, power)), wanted)
    for name, array in usual.arrays().items():
        np.testing.assert_array_equal(scaled.arrays()[name], array)


def test_a_column_is_standardised_by_itself_and_left_as_it_is_where_training_rows_have_no_spread():
    inputs = np.column_stack([np.ldexp(X[:, 0], 700), np.ldexp(X[:, 1], -700), np.full(50, 40.0)])
    inputs[4, 2] = 41.0  # a row that is held out
    data = prepare(Given("mine.csv", inputs, Y), Preparation(scaling="standardised"))
    np.testing.assert_allclose((data.X[:, :2] * np.sqrt(3)).std(axis=0), 1.0)
    assert data.X_test[0, 2] == pytest.approx(1 / np.sqrt(3))


def test_columns_without_spread_are_not_blown_up():
    X = np.column_stack([np.full(20, 0.1), np.arange(20.0)])
    data = prepare(Given("flat.csv", X, np.full(20, 0.1)), Preparation(scaling="standardised"))
    assert np.abs(np.concatenate([data.X, data.X_test])[:, 0]).max() < 1e-15
    assert np.abs(np.concatenate([data.y, data.y_test])).max() < 1e-15

"""Linear or ReLU: the balance at which learning is fast and rich, over seeds, against descent at small steps."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from lazyrich import LinearOrRelu, Result, stream, train
from lazyrich.config.schema import complaints
from lazyrich.experiments.linear_or_relu.config import PRESETS, STUDENTS
from lazyrich.experiments.linear_or_relu.frames import LEARNED_LOSS_RATIO, learn, verdict
from lazyrich.kernels import kernel_distance, two_layer_ntk
from lazyrich.tasks.student_teacher import draw
from lazyrich.training import descent


@pytest.fixture(scope="module")
def small():
    """Three balances, five seeds, as a table with a row for each (delta, student, seed)."""
    return train(LinearOrRelu(points=3))


def values(result, student, delta, column):
    rows = result.curves
    return rows[(rows["student"] == student) & (rows["delta"].round(9) == delta)][column].to_numpy()


def test_in_relu_students_upstream_is_fast_and_rich(small):
    moved, took = (values(small, "relu", 1.0, column) for column in ("kernel_distance", "time"))
    assert (moved > 0.15).all()
    assert (took < 0.2 * values(small, "relu", 0.0, "time")).all()
    assert (values(small, "relu", -1.0, "kernel_distance") < 0.1 * moved).all()


def test_fast_linear_students_are_lazy(small):
    balanced = values(small, "linear", 0.0, "kernel_distance")
    assert (values(small, "linear", 1.0, "kernel_distance") < 0.01 * balanced).all()
    assert (values(small, "linear", -1.0, "kernel_distance") < 0.2 * balanced).all()
    assert (values(small, "linear", 1.0, "time") < 0.2 * values(small, "linear", 0.0, "time")).all()


@pytest.mark.claims
def test_at_a_large_scale_both_are_lazy_at_every_balance():
    curves = train(LinearOrRelu(tau=1.0, points=3, seeds=2)).curves
    assert (curves["kernel_distance"] < 0.01).all()


@pytest.mark.claims
def test_in_two_dimensions_the_relu_kernel_moves_upstream_though_less_than_at_balance():
    two = next(preset.config for preset in PRESETS if preset.name == "Two dimensions")
    result = train(two.changed(points=3, seeds=3))
    upstream, balanced = (np.median(values(result, "relu", delta, "kernel_distance")) for delta in (1.0, 0.0))
    assert 0.02 < upstream < balanced
    assert np.median(values(result, "relu", 1.0, "time")) < 0.2 * np.median(values(result, "relu", 0.0, "time"))


@pytest.mark.parametrize("student", STUDENTS)
def test_time_and_kernel_agree_with_descent_in_small_steps(student):
    config = LinearOrRelu().student(0.3, STUDENTS[student], 2)
    found = learn(config)
    (task, (W, a)), rate = draw(config, torch.float64), 2e-3
    at = np.arange(0, round(2 * found.time / rate), 5)
    run = descent(task.X, task.y, W, a, rate, at, leak=config.leak)
    first = int(np.argmax(np.asarray(run.loss) <= LEARNED_LOSS_RATIO * float(task.y.square().mean())))
    assert found.time == pytest.approx(rate * at[first], rel=0.03)
    K0, K1 = (two_layer_ntk(task.X, *start, leak=config.leak) for start in ((W, a), (run.W[first], run.a[first])))
    assert found.kernel_distance == pytest.approx(float(kernel_distance(K0, K1)), rel=0.1)


def test_lines_are_medians_and_bands_hold_all_seeds(small):
    for frame in small.frames:
        for student in STUDENTS:
            moved = values(small, student, round(frame.metrics["delta"], 9), "kernel_distance")
            name = f"kernel_distance_{student}"
            shown = [frame.metrics[f"{name}{end}"] for end in ("_low", "", "_high")]
            np.testing.assert_allclose(shown, [moved.min(), np.median(moved), moved.max()])


def test_the_verdict_has_the_numbers_of_the_last_balance(small):
    last, middle = small.frames[-1].metrics, small.frames[1].metrics
    sooner = middle["time_relu"] / last["time_relu"]
    expected = f"At δ = 1 the ReLU student is rich and learns {sooner:.2g} times sooner than at balance"
    assert small.frames[-1].verdict == f"{expected}; the linear one is lazy"


def test_very_small_and_large_numbers_of_a_verdict_are_written_as_people_write_them():
    row = {"time_linear": 1.0, "kernel_distance_linear": 2e-9}
    balanced, upstream = ({"delta": delta, **row, "time_relu": time} for delta, time in ((0.0, 130.0), (1.0, 1.0)))
    lazy, rich = (
        verdict([balanced | {"kernel_distance_relu": S}, upstream | {"kernel_distance_relu": S}]) for S in (0.0009, 0.3)
    )
    assert lazy == "At δ = 1 both students are lazy: the kernel moved 2 × 10⁻⁹ and 0.0009"
    assert rich.startswith("At δ = 1 the ReLU student is rich and learns 130 times sooner than at balance; ")


def test_equal_settings_give_equal_tables(small):
    again = Result(small.config, [next(stream(small.config))])
    rows = len(again.curves)
    assert 0 < rows < len(small.curves) and again.curves.equals(small.curves[:rows])


def test_an_odd_width_is_refused_with_a_sentence():
    with pytest.raises(ValidationError) as error:
        LinearOrRelu(width=7)
    assert complaints(LinearOrRelu, error.value) == [
        "width must be even, because the start is symmetrised, got 7: choose 6 or 8."
    ]


def test_the_first_frame_is_the_most_downstream_balance():
    first = next(stream(LinearOrRelu(seeds=1, reach=0.5)))
    assert first.metrics["delta"] == pytest.approx(-0.5)

"""Training in this process, and its Result against plain loops and definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
import torch

from lazyrich import CannotRun, IncompleteRunWarning, Result, StudentTeacher, stream, train
from lazyrich.config.schema import Config, parameter
from lazyrich.frame import Diverged, Frame, RunHeader

SMALL = StudentTeacher(tau=0.5, delta=1.0, width=6, dimension=3, samples=8, test_samples=7, steps=50, seed=3)


class Walk(Config):
    """A run that is no two-layer network: x grows by the count of threads at each step, and may break at one."""

    name: ClassVar[str] = "walk"
    breaks_at: int = parameter(100, "Breaks", "The step without a number.", ge=0, le=100)

    def frames(self) -> Iterator[Frame]:
        """Four frames, or fewer."""
        for step in range(4):
            if step == self.breaks_at:
                raise Diverged(f"Diverged at step {step}.", step)
            header = RunHeader({"X": np.ones(2)}, {}, {"dtype": "float64"}) if step == 0 else None
            metrics = {"threads": float(torch.get_num_threads())}
            yield Frame(step, 0.5 * step, metrics, {"x": np.array([step])}, {}, "", header)


@pytest.fixture(scope="module")
def result() -> Result:
    return train(SMALL)


def network(X: np.ndarray, W: np.ndarray, a: np.ndarray) -> np.ndarray:
    return np.array([sum(a[i] * max(W[i] @ x, 0.0) for i in range(len(a))) for x in X])


def test_curves_has_a_row_for_every_frame_and_starts_with_step_and_time(result):
    curves = result.curves
    assert list(curves.columns[:2]) == ["step", "time"]
    assert len(curves) == len(result.frames) == SMALL.expected_frames
    assert curves.step.dtype == np.int64
    assert curves.step.iloc[0] == 0
    assert curves.step.iloc[-1] == 50
    np.testing.assert_allclose(curves.time, curves.step * SMALL.learning_rate / SMALL.tau**2, rtol=1e-14)


def test_curves_holds_the_metrics_of_the_frames(result):
    for row, frame in zip(result.curves.to_dict("records"), result.frames, strict=True):
        np.testing.assert_equal({name: row[name] for name in frame.metrics}, dict(frame.metrics))


@pytest.mark.parametrize("frame", [0, 17, -1])
def test_weights_and_task_give_the_losses_of_the_curves(result, frame):
    weights, task = result.weights(frame), result.task
    losses = {
        "train_loss": np.mean((network(task.X, weights["W"], weights["a"]) - task.y) ** 2),
        "test_loss": np.mean((network(task.X_test, weights["W"], weights["a"]) - task.y_test) ** 2),
    }
    for name, loss in losses.items():
        assert result.curves[name].iloc[frame] == pytest.approx(loss, rel=1e-12)


def test_the_teacher_of_the_task_made_its_outputs(result):
    task = result.task
    assert task.X.shape == (8, 3)
    assert task.X_test.shape == (7, 3)
    np.testing.assert_allclose(network(task.X, *task.teacher), task.y, atol=1e-14)
    np.testing.assert_allclose(network(task.X_test, task.teacher.W, task.teacher.a), task.y_test, atol=1e-14)


def test_neurons_are_the_size_of_a_times_w(result):
    assert result.neurons.shape == (len(result.frames), 6, 3)
    assert result.signs.shape == (len(result.frames), 6)
    for index, frame in enumerate(result.frames):
        for i in range(6):
            a, w = frame.arrays["a"][i], frame.arrays["W"][i]
            np.testing.assert_array_equal(result.neurons[index, i], abs(a) * w)
            assert result.signs[index, i] * a == abs(a)


def test_changes_of_returned_weights_and_task_do_not_change_the_run(result):
    before = result.curves, result.weights(-1), result.task
    result.weights(-1)["W"][:] = 7
    result.task.X[:] = 7
    curves = result.curves
    curves["train_loss"] = 7
    assert before[0].equals(result.curves)
    np.testing.assert_array_equal(before[1]["W"], result.weights(-1)["W"])
    np.testing.assert_array_equal(before[2].X, result.task.X)


@pytest.mark.parametrize("frame", [51, -52])
def test_a_frame_beyond_the_run_is_an_index_error_with_the_range(result, frame):
    with pytest.raises(IndexError, match=f"between 0 and 50 .*got {frame}"):
        result.weights(frame)


def test_environment_names_device_dtype_and_the_version_of_torch(result):
    assert result.environment["dtype"] == "float64"
    assert result.environment["torch"] == torch.__version__
    assert {"device", "lazyrich", "python"} <= result.environment.keys()


def test_stream_and_train_give_bitwise_the_same(result):
    for streamed, kept in zip(stream(SMALL), result.frames, strict=True):
        assert dict(streamed.metrics) == dict(kept.metrics)
        np.testing.assert_array_equal(streamed.arrays["W"], kept.arrays["W"])


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
def test_the_result_has_the_given_data_and_start(kind):
    random = np.random.default_rng(0)
    X, y, X_test, y_test = random.normal(size=(5, 3)), random.normal(size=5), random.normal(size=(4, 3)), np.ones(4)
    W, a = random.normal(size=(4, 3)), random.normal(size=4)
    own = train(SMALL, task=tuple(map(kind, (X, y, X_test, y_test))), start=(kind(W), kind(a)))
    np.testing.assert_array_equal(own.task.X, X)
    np.testing.assert_array_equal(own.task.y_test, y_test)
    assert own.task.teacher is None
    np.testing.assert_array_equal(own.weights(0)["W"], W)
    np.testing.assert_array_equal(own.weights(0)["a"], a)
    assert own.curves.train_loss.iloc[0] == pytest.approx(np.mean((network(X, W, a) - y) ** 2), rel=1e-12)
    assert own.own == ("task", "start")


def test_own_data_may_be_a_mapping_and_has_no_test_set_then():
    random = np.random.default_rng(1)
    own = train(SMALL, task={"X": random.normal(size=(5, 3)), "y": random.normal(size=5)})
    assert len(own.task.X_test) == 0
    assert own.curves.train_loss.iloc[-1] < own.curves.train_loss.iloc[0]


def test_a_diverged_run_keeps_its_frames_and_warns_with_the_sentence():
    with pytest.warns(IncompleteRunWarning, match=r"Diverged at t = ") as warned:
        result = train(SMALL.changed(learning_rate=50.0))
    assert result.status == "failed"
    assert str(warned[0].message) == result.message
    assert warned[0].filename == __file__
    assert 1 <= len(result.frames) < SMALL.expected_frames
    assert np.isfinite(result.weights(-1)["W"]).all()


def test_stream_raises_where_train_warns():
    seen = []
    with pytest.raises(Diverged, match="step 2"):
        seen.extend(stream(Walk(breaks_at=2)))
    with pytest.warns(IncompleteRunWarning):
        assert len(train(Walk(breaks_at=2)).frames) == 2


def test_a_run_that_fails_before_its_first_frame_raises():
    with pytest.raises(CannotRun, match="step 0"):
        train(Walk(breaks_at=0))


def test_training_uses_one_thread_and_gives_the_others_back_between_frames():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        for frame in stream(Walk()):
            assert frame.metrics["threads"] == 1
            assert torch.get_num_threads() == 3
        with pytest.raises(Diverged):
            list(stream(Walk(breaks_at=2)))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_a_run_without_two_layers_has_curves_weights_and_task_but_no_neurons():
    result = train(Walk())
    assert list(result.curves.columns) == ["step", "time", "threads"]
    assert result.weights(2)["x"] == 2
    np.testing.assert_array_equal(result.task.X, [1, 1])
    assert result.task.teacher is None
    for name in ("neurons", "signs"):
        with pytest.raises(AttributeError, match=f"{name} needs W and a .* hold x"):
            getattr(result, name)


def test_a_waiting_run_has_an_empty_table_and_errors_give_the_reason():
    result = Result(SMALL, [], status="waiting")
    assert list(result.curves.columns) == ["step", "time"]
    assert result.curves.empty
    assert result.environment == {}
    with pytest.raises(AttributeError, match="no first frame"):
        _ = result.task
    with pytest.raises(AttributeError, match="neurons needs W and a"):
        _ = result.neurons
    assert "waiting, no frames" in repr(result)


@pytest.mark.parametrize(
    ("given", "pattern"),
    [("student-teacher", "got a str"), (StudentTeacher, "got the class StudentTeacher"), (None, "got a NoneType")],
)
def test_arguments_that_are_no_config_are_refused_at_the_call(given, pattern):
    with pytest.raises(TypeError, match=pattern):
        stream(given)


def test_an_experiment_without_own_data_refuses_them_in_a_sentence():
    with pytest.raises(TypeError, match="walk takes no task or start of your own"):
        train(Walk(), task=([[1.0]], [1.0]), start=([[1.0]], [1.0]))


def test_tables_of_many_networks_follow_each_other_in_the_curves():
    def frame(step):
        table = {"alpha": np.array([0.5, 2.0]), "step": np.full(2, step), "loss": np.array([1.0, 2.0]) / (step + 1)}
        return Frame(step, float(step), {"done": 0.0}, {}, {}, "", None, table)

    curves = Result(StudentTeacher(), [frame(0), frame(3)]).curves
    assert list(curves) == ["alpha", "step", "loss"]
    assert curves["step"].tolist() == [0, 0, 3, 3]
    assert curves["loss"].tolist() == [1.0, 2.0, 0.25, 0.5]


def test_a_run_on_own_data_without_a_frame_has_the_settings_that_it_was_given():
    assert Result(SMALL, [], own=("task",)).config == SMALL

"""Gradient flow against integrators that share nothing with it, and laws that the flow obeys.

Never by weights where there are kinks: ReLU flow jumps where activations flip, and two good methods end far apart in
weights though they agree in outputs, losses and kernels.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich import geometry
from lazyrich.kernels import kernel_distance, two_layer_ntk
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.theory import TooManySteps
from lazyrich.training import Flow, descent, flow

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


@pytest.fixture(params=["small", "batched"])
def engine(request, monkeypatch):
    """Which solver follows a single network: that for small ones, or that for many side by side."""
    if request.param == "batched":
        monkeypatch.setattr("lazyrich.training.gradient_flow.flow.is_small", lambda *sizes: False)
    return request.param


@pytest.fixture
def batched(monkeypatch):
    """Follow single networks as many are."""
    monkeypatch.setattr("lazyrich.training.gradient_flow.flow.is_small", lambda *sizes: False)


def problem(networks=None, n=30, d=4, m=8, seed=0, size=0.5):
    """(X, y, W, a) in float64, drawn at random, with outputs that a linear map gives."""
    g = torch.Generator().manual_seed(seed)
    lead = () if networks is None else (networks,)

    def draw(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    X = draw(n, d)
    return X, X @ draw(d), size * draw(*lead, m, d), size * draw(*lead, m)


def student(tau, delta, n=60, d=8, m=10, seed=0):
    """(X, y, W, a): a student of a ReLU teacher."""
    task, directions, signs = draw_task(seed, dimension=d, width=m, samples=n)
    return task.X, task.y, *start(directions, signs, tau, delta)


def dop853(X, y, W, a, times, eta_a=1.0, eta_w=1.0):
    """Weights of a linear network's flow (T, m, d) and (T, m), by scipy to eleven digits."""
    m, d = W.shape
    X, y = X.numpy(), y.numpy()

    def slope(_, theta):
        W, a = theta[: m * d].reshape(m, d), theta[m * d :]
        beta_slope = 2 / len(X) * X.T @ (y - X @ (a @ W))
        return np.concatenate([eta_w * np.outer(a, beta_slope).ravel(), eta_a * W @ beta_slope])

    theta = np.concatenate([W.numpy().ravel(), a.numpy()])
    found = solve_ivp(slope, (0, times[-1]), theta, "DOP853", times, rtol=1e-11, atol=1e-13).y.T
    return found[:, : m * d].reshape(-1, m, d), found[:, m * d :]


LINEAR_TIMES = [0.05, 0.3, 1.0, 30.0]


@cache
def linear_reference(eta_a, eta_w):
    """Weights of a linear network at LINEAR_TIMES, for all tolerances."""
    return dop853(*problem(), LINEAR_TIMES, eta_a, eta_w)


@pytest.mark.parametrize("tolerance", [1e-2, 2e-3, 1e-4, 1e-6])
@pytest.mark.parametrize(("eta_a", "eta_w"), [(1.0, 1.0), (0.2, 3.0)])
def test_a_linear_network_follows_dop853_within_the_tolerance(tolerance, eta_a, eta_w):
    X, y, W, a = problem()
    ours = flow(X, y, W, a, LINEAR_TIMES, eta_a, eta_w, leak=1.0, tolerance=tolerance)
    Ws, readouts = linear_reference(eta_a, eta_w)
    for k in range(len(LINEAR_TIMES)):
        for one, exact in ((ours.W[k], Ws[k]), (ours.a[k], readouts[k])):
            assert np.linalg.norm(one.numpy() - exact) < 10 * tolerance * np.linalg.norm(exact)


@pytest.mark.parametrize("leak", [1.0, 0.0])
def test_the_error_falls_with_the_number_of_steps_to_the_order_of_the_method(leak, engine):
    order = 1 if engine == "batched" and leak < 1 else 2
    # positive inputs, weights and targets: every neuron stays active, and ReLU is linear without its order knowing
    X, y, W, a = (part.abs() for part in problem(size=0.3))
    Ws, readouts = dop853(X, y, W, a, [0.0, 0.5])
    exact = torch.from_numpy(X.numpy() @ (readouts[1] @ Ws[1]))
    counts, wrong = [], []
    for tolerance in 10.0 ** np.arange(-4.5, -7.5, -0.5):
        run = Flow(X, y, W, a, leak=leak, tolerance=tolerance)
        run.to(0.5)
        counts.append(run.steps)
        wrong.append(float((two_layer(X, run.W, run.a, leak) - exact).norm() / exact.norm()))
    slope = np.polyfit(np.log(counts), np.log(wrong), 1)[0]
    assert slope == pytest.approx(-order, abs=0.25), (counts, wrong)


@cache
def by_small_steps(tau, delta, leak, times):
    """Descent of a student at a rate of 0.005, for both engines."""
    return descent(*student(tau, delta), 0.005, [round(time / 0.005) for time in times], leak=leak)


@pytest.mark.parametrize("leak", [0.0, 0.2])
@pytest.mark.parametrize(("tau", "delta"), [(0.3, -0.6), (0.3, 0.0), (0.3, 0.6), (1.0, 0.0)])
def test_relu_students_agree_with_very_small_steps_of_descent(tau, delta, leak, engine):
    X, y, W, a = student(tau, delta)
    times = (1.0, 10.0, 60.0)
    small = by_small_steps(tau, delta, leak, times)
    ours = flow(X, y, W, a, times, leak=leak)
    assert ours.gradients < small.gradients / (10 if engine == "batched" else 1)
    K0 = two_layer_ntk(X, W, a, leak=leak)
    for k in range(len(times)):
        pairs = [(W, a), (ours.W[k], ours.a[k]), (small.W[k], small.a[k])]
        _, f, f_small = (two_layer(X, *pair, leak) for pair in pairs)
        S, S_small = (kernel_distance(K0, two_layer_ntk(X, *pair, leak=leak)) for pair in pairs[1:])
        assert (f - f_small).norm() < 0.02 * y.norm()
        assert abs(S - S_small) < 0.01
        assert float(ours.loss[k]) == pytest.approx(float(small.loss[k]), rel=0.05, abs=2e-5 * float(y.square().mean()))


def test_the_recorded_loss_is_that_of_the_recorded_weights():
    X, y, W, a = problem(5)
    ours = flow(X, y, W, a, [0.0, 0.3, 2.0, 1e3, 1e5], tolerance=1e-2)
    for k in range(5):
        expected = (two_layer(X, ours.W[k], ours.a[k]) - y).square().mean(-1)
        torch.testing.assert_close(ours.loss[k], expected, rtol=1e-9, atol=1e-28)


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_each_of_more_students_than_there_are_slots_trains_as_alone(leak, batched):
    X, y, W, a = problem(40, size=0.4)
    W, a = W * torch.linspace(0.3, 2, 40)[:, None, None], a * torch.linspace(0.3, 2, 40)[:, None]
    together = flow(X, y, W, a, [0.1, 2.0], leak=leak, tolerance=1e-2)
    for b in range(0, 40, 3):
        alone = flow(X, y, W[b], a[b], [0.1, 2.0], leak=leak, tolerance=1e-2)
        assert alone.gradients == together.gradients[b]
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-7, atol=1e-8)
        torch.testing.assert_close(together.loss[:, b], alone.loss, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_students_with_data_of_their_own_each_train_as_alone(leak, batched):
    g = torch.Generator().manual_seed(3)
    # sizes that ask for different steps, and more students than slots, so that data move between slots
    sizes = torch.linspace(0.3, 2.0, 40, dtype=torch.float64)[:, None, None]
    X, beta = (torch.randn(40, *shape, generator=g, dtype=torch.float64) for shape in ((10, 3), (3, 1)))
    X, y = sizes * X, (X @ beta)[:, :, 0]
    W, a = (0.4 * torch.randn(40, *shape, generator=g, dtype=torch.float64) for shape in ((8, 3), (8,)))
    at = [0.0, 0.1, 0.5]
    together = flow(X, y, W, a, at, leak=leak, tolerance=1e-2)
    for b in range(0, 40, 3):
        alone = flow(X[b], y[b], W[b], a[b], at, leak=leak, tolerance=1e-2)
        assert alone.gradients == together.gradients[b]
        torch.testing.assert_close(together.loss[:, b], alone.loss, rtol=1e-11, atol=1e-20)
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-9, atol=1e-12)


def test_one_that_comes_no_further_is_left_where_it_is_and_the_others_go_on():
    X, y, W, a = student(0.3, 0.0)
    W, a = torch.stack([0.01 * W, W, 0.02 * W]), torch.stack([0.01 * a, a, 0.02 * a])
    y = torch.stack([0 * y, y, 0 * y])
    X = X.expand(3, *X.shape)
    run = Flow(X, y, W, a, most_gradients=60)
    found = run.record([0.0, 0.01, 1e5], skip_stuck=True)
    assert run.stuck.tolist() == [False, True, False]
    assert torch.isnan(found.loss).tolist() == [[False] * 3, [False] * 3, [False, True, False]]
    assert run.time.tolist() == [1e5, 0.0, 1e5]
    with pytest.raises(TooManySteps, match="needs more than 60 gradients"):
        run.to([2e5, 1e5, 1e5])
    assert run.time.tolist() == [2e5, 0.0, 1e5]
    alone = Flow(X[1], y[1], W[1], a[1], most_gradients=60)
    with pytest.raises(TooManySteps):
        alone.to(1e5)
    assert alone.stuck is True


def test_students_have_times_of_their_own(batched):
    X, y, W, a = problem(3)
    at = torch.tensor([[0.0, 1.0], [0.5, 0.7], [2.0, 40.0]])
    together = flow(X, y, W, a, at)
    assert torch.equal(together.at, at.double()) and together.W.shape == (2, 3, 8, 4)
    for b in range(3):
        alone = flow(X, y, W[b], a[b], at[b])
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-8, atol=1e-9)
    torch.testing.assert_close(together.loss[0, 0], (two_layer(X, W[0], a[0]) - y).square().mean())


def test_frames_looked_at_one_by_one_are_bitwise_those_of_one_run():
    X, y, W, a = problem()
    times = [0.0, 0.01, 0.3, 1.7, 20.0]
    ours, run = flow(X, y, W, a, times), Flow(X, y, W, a)
    for k, time in enumerate(times):
        run.to(time)
        assert run.time == time
        assert torch.equal(run.W, ours.W[k]) and torch.equal(run.a, ours.a[k]) and run.loss() == ours.loss[k]
    assert run.gradients == ours.gradients
    run.advance(2.5)
    assert run.time == 22.5 and run.finite() is True


@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_small_network_at_a_time_does_not_depend_on_other_times_to_the_last_bit(leak, dtype):
    given = [part.to(dtype) for part in problem(n=20, d=2, m=50)]
    times = np.geomspace(1e-3, 30.0, 60)
    every, few = flow(*given, times, 0.4, 3.0, leak), flow(*given, times[6::9], 0.4, 3.0, leak)
    assert torch.equal(every.W[6::9], few.W) and torch.equal(every.a[6::9], few.a)
    assert torch.equal(every.loss[6::9], few.loss)
    run = Flow(*given, 0.4, 3.0, leak)
    chunks = [run.record(times[:1]), run.record(times[1:35]), run.record(times[35:])]
    assert torch.equal(torch.cat([chunk.W for chunk in chunks]), every.W)


def test_stops_between_cost_accuracy_nothing():
    X, y, W, a = problem()
    coarse = flow(X, y, W, a, [3.0], leak=1.0, tolerance=1e-4)
    fine = flow(X, y, W, a, np.linspace(0.03, 3.0, 100), leak=1.0, tolerance=1e-4)
    assert (coarse.W[-1] - fine.W[-1]).norm() < 1e-3 * fine.W[-1].norm()
    # the long step wanted before a stop is taken up again after it
    assert fine.gradients < 2 * coarse.gradients + 300


@pytest.mark.parametrize("leak", [0.0, 1.0])
@pytest.mark.parametrize("rates", [(0.25, 4.0), (16.0, 1.0)])
def test_rates_and_sizes_that_are_one_training_give_bitwise_one_function(leak, rates):
    # ratios of rates that are powers of 16, so that k and g are powers of two and rescaling rounds nothing
    X, y, W, a = problem()
    p, q, g = geometry.equal_rates(a, W, *rates)
    times = np.array([0.25, 1.0, 8.0])
    one = flow(X, y, W, a, times, *rates, leak=leak)
    other = flow(X, y, q, p, g * times, leak=leak)
    assert one.gradients == other.gradients
    assert torch.equal(one.loss, other.loss)
    for k in range(3):
        torch.testing.assert_close(
            two_layer(X, one.W[k], one.a[k], leak), two_layer(X, other.W[k], other.a[k], leak), rtol=1e-13, atol=1e-13
        )


def test_other_rates_and_sizes_do_too_within_rounding():
    X, y, W, a = problem()
    p, q, g = geometry.equal_rates(a, W, 0.3, 7.0)
    one, other = flow(X, y, W, a, [0.5, 3.0], 0.3, 7.0), flow(X, y, q, p, [0.5 * g, 3.0 * g])
    for k in range(2):
        torch.testing.assert_close(
            two_layer(X, one.W[k], one.a[k]), two_layer(X, other.W[k], other.a[k]), rtol=1e-6, atol=1e-7
        )


def test_turning_all_signs_of_outputs_turns_the_readouts():
    X, y, W, a = problem()
    one, other = flow(X, y, W, a, [0.1, 5.0]), flow(X, -y, W, -a, [0.1, 5.0])
    assert torch.equal(one.W, other.W) and torch.equal(one.a, -other.a)


@pytest.mark.parametrize("leak", [0.0, 1.0])
def test_conserved_quantities_drift_little_and_less_with_a_smaller_tolerance(leak):
    X, y, W, a = student(0.3, 0.5)
    before = geometry.conserved_quantity(a, W)
    drifts = []
    for tolerance in (2e-3, 4e-4, 8e-5):
        end = flow(X, y, W, a, [10.0], leak=leak, tolerance=tolerance)
        drifts.append(float((geometry.conserved_quantity(end.a[0], end.W[0]) - before).abs().max()))
    assert drifts[0] < 0.05 * 0.5
    assert drifts[1] < 0.7 * drifts[0] and drifts[2] < 0.7 * drifts[1]


@pytest.mark.parametrize("device", DEVICES)
def test_float32_stays_float32_on_its_device_and_agrees_with_float64(device):
    given = student(0.4, 0.3)
    double = flow(*given, [1.0, 30.0])
    single = flow(*(part.to(device, torch.float32) for part in given), [1.0, 30.0])
    for part in (single.W, single.a, single.loss):
        assert part.dtype == torch.float32 and part.device.type == device
    torch.testing.assert_close(single.loss.cpu().double(), double.loss, rtol=0.02, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_same_call_gives_bitwise_the_same_numbers_on_a_cpu(dtype):
    given = [tensor.numpy().astype(dtype) for tensor in problem(6, n=100, m=20)]
    first, second = (flow(*given, [0.1, 1.0]) for _ in range(2))
    assert first.W.tobytes() == second.W.tobytes() and first.loss.tobytes() == second.loss.tobytes()


def test_numpy_goes_out_as_numpy_and_the_start_is_recorded_as_it_was_given():
    X, y, W, a = (tensor.numpy() for tensor in problem(2))
    kept = W.copy()
    result = flow(X, y, W, a, [0.0, 0.1, 0.5], eta_a=0.3, eta_w=1.9)
    for array in (result.at, result.W, result.a, result.loss, result.gradients):
        assert isinstance(array, np.ndarray)
    assert result.W.shape == (3, 2, 8, 4) and result.a.shape == (3, 2, 8) and result.loss.shape == (3, 2)
    assert result.at.tolist() == [0.0, 0.1, 0.5] and result.gradients.shape == (2,)
    np.testing.assert_array_equal(result.W[0], kept)
    np.testing.assert_array_equal(W, kept)


def test_one_network_has_no_axis_of_networks():
    result = flow(*problem(), [1.0, 2.0])
    assert result.W.shape == (2, 8, 4) and result.a.shape == (2, 8) and result.loss.shape == (2,)
    assert isinstance(result.gradients, int) and result.gradients > 0


def test_weights_read_between_stay_as_they_were():
    run = Flow(*problem())
    W = run.W
    before = W.clone()
    run.advance(0.5)
    assert torch.equal(W, before) and not torch.equal(run.W, before)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"y": np.zeros((4, 1))}, r"y must have one number for each of the 4 inputs, shape \(4,\), got \(4, 1\)"),
        ({"eta_a": -1.0}, r"eta_a must be 0 \(a frozen layer\) or above and finite, got -1"),
        ({"leak": 1.5}, r"leak must be between 0 \(ReLU\) and 1 \(linear\), got 1.5"),
        ({"tolerance": 0.0}, "tolerance must be above 0 and below 1, got 0"),
        ({"W": np.full((5, 2), np.nan)}, "W must hold finite numbers, got some that are not"),
        (
            {"at": [3.0, 3.0]},
            r"at must hold at least one time, finite and increasing from 0 or later, got \[3.0, 3.0\]",
        ),
        ({"at": [-1.0]}, r"increasing from 0 or later, got \[-1.0\]"),
        ({"at": []}, r"at must hold at least one time, .* got \[\]"),
        ({"at": [float("inf")]}, r"finite and increasing from 0 or later, got \[inf\]"),
        ({"at": 10.0}, r"at must have shape \(T,\), got \(\)"),
        ({"at": [[1.0], [2.0]]}, r"at must have shape \(T,\), got \(2, 1\)"),
        ({"at": "soon"}, "at must be an array of real numbers, got the text soon"),
        (
            {"at": [1e4], "most_gradients": 20},
            r"needs more than 20 gradients to reach the last time asked for and came",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_given_and_what_is_allowed(changes, sentence):
    good = {"X": np.eye(4)[:, :2], "y": np.ones(4), "W": np.ones((5, 2)), "a": np.ones(5), "at": [1.0]}
    with pytest.raises(ValueError, match=sentence):
        flow(**(good | changes))


def test_data_of_their_own_must_be_for_each_network():
    X, y, W, a = problem(3)
    X, y = X.expand(2, *X.shape), y.expand(2, *y.shape)
    with pytest.raises(ValueError, match=r"W must have shape \(2, m, 4\), as X has data for 2 networks, got \(3,"):
        flow(X, y, W, a, [1.0])
    with pytest.raises(ValueError, match=r"y must have one number for each of the 30 inputs, shape \(2, 30\), got"):
        flow(X, y[0], W[:2], a[:2], [1.0])


def test_times_of_their_own_must_be_a_row_for_each_network():
    with pytest.raises(ValueError, match=r"shape \(T,\), or \(3, T\) with a row for each network, got \(2, 1\)"):
        flow(*problem(3), [[1.0], [2.0]])


def test_flow_goes_forward_only():
    run = Flow(*problem())
    run.to(0.5)
    with pytest.raises(ValueError, match="time must be 0 or more, got -1"):
        run.advance(-1)
    with pytest.raises(ValueError, match=r"time must be 0.5, where the network is, or later, got 0.25"):
        run.to(0.25)


def test_too_much_work_is_an_error_that_theory_also_raises():
    with pytest.raises(TooManySteps, match=r"needs more than 50 gradients .* choose a shorter time or a larger tol"):
        flow(*student(0.3, 0.0), [1e5], most_gradients=50)


OWN_SCALE = [
    # factor of y, tau, symmetrised, gradients at most
    pytest.param(0.0, 1.0, False, 3000, id="outputs of zero"),
    pytest.param(1e-4, 1.0, False, 3000, id="outputs small beside the start's own"),
    pytest.param(1.0, 10.0, False, 3000, id="a large start that is not symmetrised"),
    pytest.param(1e4, 1.0, False, 3000, id="outputs that are huge"),
]


@pytest.mark.parametrize("frozen", [None, "eta_w", "eta_a"])
@pytest.mark.parametrize(("factor", "tau", "symmetrised", "most"), OWN_SCALE)
def test_whatever_the_size_of_start_and_data_flow_is_near_descent_and_cheap(
    factor, tau, symmetrised, most, frozen, engine
):
    task, directions, signs = draw_task(0, dimension=4, width=10, samples=30, symmetrised=symmetrised)
    X, y = task.X, factor * task.y
    W, a = start(directions, signs, tau, 0.0)
    rates = {"eta_a": 1.0, "eta_w": 1.0} | ({} if frozen is None else {frozen: 0.0})
    unit = 1 / max(2 / 30 * float(torch.linalg.eigvalsh(two_layer_ntk(X, W, a))[-1]), float(y.norm()) / 30**0.5)
    times = [unit, 10 * unit, 50 * unit]
    small = descent(X, y, W, a, unit / 100, [100, 1000, 5000], **rates)
    ours = flow(X, y, W, a, times, **rates)
    # a stricter error where activations flip to and fro, at a fifth of the time a gradient
    assert ours.gradients < most * (1 if engine == "batched" else 4)
    begin = two_layer(X, W, a)
    for k in range(3):
        for inputs, scale in ((X, 1.0), (task.X_test, (len(task.X_test) / 30) ** 0.5)):
            f, f_small = (two_layer(inputs, run.W[k], run.a[k]) for run in (ours, small))
            # of outputs that vanish, to a share of what they were
            size = scale * max(float(y.norm()), float(f_small.norm()) / scale, 0.1 * float(begin.norm()))
            assert float((f - f_small).norm()) < 0.03 * size


@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("size", [2.0**-20, 2.0**20])
def test_flow_has_no_unit_of_outputs(size, leak):
    # y -> c^2 y and weights -> c weights slow or speed the same training by c^2, to the last bit for powers of two
    X, y, W, a = problem(size=0.5)
    one = flow(X, y, W, a, [0.0, 0.3, 2.0], leak=leak)
    other = flow(X, size**2 * y, size * W, size * a, [0.0, 0.3 / size**2, 2.0 / size**2], leak=leak)
    assert one.gradients == other.gradients
    assert torch.equal(size * one.W, other.W) and torch.equal(size**4 * one.loss, other.loss)


def test_a_single_sample_of_any_size_is_followed():
    # one input, a linear neuron that is balanced: u = a |w| obeys u' = 2 u (y - u) on |x| = 1, a logistic curve
    X = torch.tensor([[0.6, 0.8]], dtype=torch.float64)
    for y in (1e-3, 1.0, 1e3):
        for u0 in (1e-3, 0.5, 40.0, 1e3):
            W, a = u0**0.5 * X, torch.tensor([u0**0.5], dtype=torch.float64)
            t = np.array([0.3, 1.0, 5.0]) / max(y, u0)
            ours = flow(X, torch.tensor([y], dtype=torch.float64), W, a, t, tolerance=2e-4)
            exact = y * u0 / (u0 + (y - u0) * np.exp(-4 * y * t))
            np.testing.assert_allclose((ours.a[:, 0] * ours.W[:, 0].norm(dim=-1)).numpy(), exact, rtol=0.04)
            assert ours.gradients < 1000

"""Step size control, on a method and a smooth flow whose error is known."""

from __future__ import annotations

import pytest

from lazyrich.training.gradient_flow.controller import MARGIN, StepController
from lazyrich.training.gradient_flow.rkc import MAX_STAGES, max_stability_bound


def walk(order, best, target, stiffness=1.0):
    """(accepted, refused) sizes on the way to the target where a step of size `best` has an error of 1."""
    control = StepController(order, tolerance=1e-3)
    control.measured(stiffness)
    taken, refused = [], []
    while control.now < target:
        _, size = control.plan(target)
        (taken if control.judge((size / best(control.now)) ** (order + 1)) else refused).append(size)
    assert control.now == target and control.steps == len(taken)
    return taken, refused


@pytest.mark.parametrize("order", [1, 2])
def test_steps_settle_at_four_fifths_of_the_largest_allowed_step(order):
    taken, refused = walk(order, lambda now: 0.7, target=100.0)
    assert taken[20:-1] == pytest.approx([0.8 * 0.7] * len(taken[20:-1]), rel=1e-6)
    assert not refused


@pytest.mark.parametrize("order", [1, 2])
def test_steps_that_must_shrink_steadily_are_hardly_ever_refused(order):
    # what is allowed falls by five percent a step: a control without foresight is a step behind all along
    taken, refused = walk(order, lambda now: 0.05 * (20.5 - now), target=20.0)
    assert len(refused) <= 2 < 40 < len(taken)


def test_a_time_is_hit_exactly_and_the_longer_step_taken_up_again_after_it():
    control = StepController(1, tolerance=1e-3)
    control.measured(0.01)
    for _ in range(30):
        control.plan(1e9)
        control.judge(0.64)
    wanted, now = control.plan(1e9)[1], control.now
    stop = now + wanted / 1000
    assert control.plan(stop)[1] == pytest.approx(wanted / 1000)
    assert control.judge(1e-6) and control.now == stop
    assert control.plan(1e9)[1] == pytest.approx(wanted)


@pytest.mark.parametrize("order", [1, 2])
def test_no_step_is_longer_than_the_most_stages_bear(order):
    control = StepController(order, tolerance=1e-3)
    control.measured(7.0)
    for _ in range(30):
        scheme, size = control.plan(1e9)
        assert scheme.stability_bound >= MARGIN * 7.0 * size * (1 - 1e-12)
        control.judge(0.0)
    assert scheme.stages == MAX_STAGES and size == pytest.approx(max_stability_bound(order) / MARGIN / 7.0)


@pytest.mark.parametrize("error", [float("nan"), float("inf"), 1e30])
def test_a_step_to_invalid_numbers_is_refused_and_a_tenth_of_it_tried(error):
    control = StepController(1, tolerance=1e-3)
    control.measured(1.0)
    size = control.plan(1e9)[1]
    assert not control.judge(error) and control.now == 0
    assert control.plan(1e9)[1] == pytest.approx(0.1 * size)

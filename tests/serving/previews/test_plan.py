"""The part of a run that a preview shows, by its cost, on a fast and on a slow machine."""

import pytest

from lazyrich.config.limits import Limits
from lazyrich.config.preview import PreviewCost
from lazyrich.experiments.linear_network.config import LinearNetwork
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher
from lazyrich.serving.admission import TooMuchWork
from lazyrich.serving.previews import plan
from lazyrich.serving.previews.plan import decide, plan_of


@pytest.mark.parametrize(
    ("opening", "frame", "training", "numbers", "frames"),
    [
        (0.01, 0.001, 0.05, 200, 60),
        (0.01, 0.002, 0.05, 200, 30),
        (0.01, 0.001, 0.05, 1000, 30),
        (0.01, 0.001, 0.05, 3000, None),
        (0.01, 0.001, 5.0, 200, 30),
        (0.01, 0.005, 0.05, 200, None),
        (0.2, 0.0, 0.0, 200, None),
    ],
)
def test_a_preview_is_complete_thinned_cut_or_refused_by_its_cost(opening, frame, training, numbers, frames):
    cost = PreviewCost(opening, frame, training, numbers)
    assert decide(cost, 1.0) == frames
    twice = PreviewCost(opening / 2, frame / 2, training / 2, numbers)
    assert decide(twice, 2.0) == frames, "half the cost on a machine half as fast must give the same plan"


def test_all_presets_can_be_previewed_whole_where_they_are_gradient_flow(monkeypatch):
    monkeypatch.setattr(plan, "slowness", lambda: 2.0)
    for preset in PRESETS:
        found = plan_of(preset.config, Limits())
        assert found.frames == (60 if preset.config.method == "flow" else 30)
        assert found.ordinary_seconds == found.seconds / 2


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"width": 2000, "dimension": 200, "samples": 5000}, "are allowed here"),
        ({"samples": 3000}, "too large to follow a control"),
        ({"width": 1000, "samples": 500}, "too long to compute to follow a control"),
    ],
)
def test_previews_that_are_too_expensive_are_refused_with_a_sentence(settings, why):
    with pytest.raises(TooMuchWork, match=why):
        plan_of(StudentTeacher(**settings), Limits())


@pytest.mark.parametrize(
    ("config", "allowed"),
    [
        (SingleNeuron(), True),
        (SingleNeuron(data="correlated"), True),
        (SingleNeuron(data="correlated", delta=-4.5, tau=2.7, eta_a=38.0), False),
        (LinearNetwork(start="random"), True),
        (LinearNetwork(delta=-10.0, layer_rates=(100.0, 100.0)), False),
    ],
)
def test_a_flow_that_is_long_to_integrate_is_not_followed(config, allowed):
    assert (decide(config.preview_cost(), 1.0) is not None) is allowed

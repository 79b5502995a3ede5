"""The map of a single neuron's starts: its lines are where trained neurons are balanced, and where a changes sign."""

import numpy as np
import pytest

from lazyrich import SingleNeuron, train
from lazyrich.experiments.common import schedule
from lazyrich.experiments.single_neuron.final_distances import FinalDistances
from lazyrich.web.page.start_map import _map, _words


@pytest.fixture(autouse=True)
def few_frames(monkeypatch):
    """Record about thirty frames a run, since only its end is read."""
    monkeypatch.setattr(SingleNeuron, "schedule", property(lambda self: schedule.logarithmic(self.steps, 30)))


UNEQUAL = SingleNeuron(eta_a=0.1, eta_w=10.0, tau=0.3, angle=110.0)


def mark(config, word):
    (found,) = [mark for mark in _map(FinalDistances(config)).marks if word in mark.label]
    return found


@pytest.mark.parametrize("rates", [(1.0, 1.0), (0.1, 10.0), (5.0, 0.5)], ids=str)
def test_on_the_line_of_balance_trained_kernels_end_at_the_value_of_its_label(rates):
    config = UNEQUAL.changed(eta_a=rates[0], eta_w=rates[1], dimension=3, steps=10_000)
    line = mark(config, "δ effective = 0")
    assert list(line.y) == [0, 180] and line.x[0] == line.x[1]
    curves = train(config.changed(delta=float(line.x[0]))).curves
    assert curves["effective_delta"][0] == pytest.approx(0, abs=1e-12)
    assert curves["kernel_distance"].iloc[-1] == pytest.approx(np.sin(np.radians(110)) ** 2 / 6, abs=2e-3)


def test_away_from_the_line_kernels_end_elsewhere_and_beyond_the_axis_it_is_not_drawn():
    # delta = 0 by sizes is upstream when the first layer has the larger rate
    assert train(UNEQUAL.changed(delta=0.0)).curves["kernel_distance"].iloc[-1] < 0.02
    far = UNEQUAL.changed(eta_a=0.01, eta_w=100.0, tau=3.0)
    assert FinalDistances(far).balanced == pytest.approx(-899.91)
    assert not any("effective" in mark.label for mark in _map(FinalDistances(far)).marks)


@pytest.mark.parametrize("sign", ["positive", "negative"])
@pytest.mark.parametrize("rates", [(1.0, 1.0), (4.0, 0.5)], ids=str)
def test_a_changes_its_sign_on_the_side_of_the_edge_that_is_named(sign, rates):
    config = SingleNeuron(delta=-1.0, sign=sign, eta_a=rates[0], eta_w=rates[1])
    over = FinalDistances(config)
    edge = float(np.interp(config.delta, over.delta, over.edge))
    named = mark(config, "changes its sign").label.partition(":")[0]
    ends = {}
    for side, angle in (("above", edge + 5), ("below", edge - 5)):
        a = train(config.changed(angle=angle, steps=5000)).curves["a"]
        ends[side] = np.sign(a.iloc[-1]) != np.sign(a.iloc[0])
    assert ends == {side: side == named for side in ends}
    assert named == ("above" if sign == "positive" else "below")


def test_the_caption_names_the_place_of_the_balance():
    assert "S ends at 0.18 where δ effective is 0, whatever the scale" in _words(UNEQUAL, FinalDistances(UNEQUAL))

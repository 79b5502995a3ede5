"""The thresholds between lazy and rich: the verdict uses those that the help text states."""

import re

import pytest

from lazyrich.experiments.common import verdict
from lazyrich.experiments.linear_network import charts as linear_network
from lazyrich.experiments.single_neuron import charts as single_neuron
from lazyrich.experiments.student_teacher import charts as student_teacher


def test_the_stated_thresholds_are_those_at_which_the_verdict_changes():
    marks = [float(number) for number in re.findall(r"\d\.\d+", verdict.MARKS)]
    names = ["Lazy", "Between lazy and rich", "Rich", "Very rich"]
    assert [verdict.regime(mark * 0.999) for mark in marks] == names[:3]
    assert [verdict.regime(mark) for mark in marks] == names[1:]
    assert (verdict.regime(0.0), verdict.regime(1.0)) == ("Lazy", "Very rich")


@pytest.mark.parametrize("charts", [student_teacher, single_neuron, linear_network])
def test_each_page_that_uses_lazy_or_rich_states_the_thresholds(charts):
    (kernel,) = [reading for reading in charts.READINGS if reading.column == "kernel_distance"]
    assert verdict.MARKS in kernel.formula

"""The marks between lazy and rich: what the help says is what the words do."""

import re

import pytest

from lazyrich.experiments.common import verdict
from lazyrich.experiments.linear_network.charts import LINEAR_NETWORK_READINGS
from lazyrich.experiments.single_neuron.charts import SINGLE_NEURON_READINGS
from lazyrich.experiments.student_teacher.charts import READINGS


def test_the_marks_that_are_told_are_those_at_which_the_words_change():
    marks = [float(number) for number in re.findall(r"\d\.\d+", verdict.MARKS)]
    names = ["Lazy", "Between lazy and rich", "Rich", "Very rich"]
    assert [verdict.regime(mark * 0.999) for mark in marks] == names[:3]
    assert [verdict.regime(mark) for mark in marks] == names[1:]
    assert (verdict.regime(0.0), verdict.regime(1.0)) == ("Lazy", "Very rich")


@pytest.mark.parametrize("page", ["student_teacher", "single_neuron", "linear_network"])
def test_each_page_that_says_lazy_or_rich_tells_the_marks(page):
    readings = {
        "student_teacher": READINGS,
        "single_neuron": SINGLE_NEURON_READINGS,
        "linear_network": LINEAR_NETWORK_READINGS,
    }[page]
    (kernel,) = [reading for reading in readings if reading["column"] == "kernel_distance"]
    assert verdict.MARKS in kernel["help"]

"""Work that is too large is refused before it starts, with the numbers and what to lower."""

import re

import pytest

from lazyrich.config.limits import Limits
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.serving.admission import TooMuchWork, admit

LIMITS = Limits(max_seconds=600, run_mb=256, scratch_mb=100)


@pytest.mark.parametrize(
    ("config", "allowed"),
    [
        (StudentTeacher(steps=10_000_000, samples=1000, width=1000, dimension=100), "10 minutes are allowed"),
        (StudentTeacher(width=2000, dimension=1000, steps=1000), "256 MB are allowed"),
        (StudentTeacher(samples=10_000, steps=10, width=2, test_samples=1), "100 MB are allowed"),
    ],
)
def test_a_refusal_names_the_cost_the_limit_and_settings_to_lower(config, allowed):
    with pytest.raises(TooMuchWork) as caught:
        admit(config, LIMITS)
    sentence = str(caught.value)
    assert allowed in sentence
    assert re.search(r"about [\d.,]+ (seconds|minutes|hours|days|MB|GB)", sentence)
    named = re.search(r"Lower (.*)\.$", sentence)
    assert named
    settings = re.split(r", | or ", named[1])
    lowest = {name: max(config.parameters()[name].low, 2) for name in settings}
    admit(config.changed(**lowest), LIMITS)


def test_the_presets_are_admitted_by_the_default_limits():
    from lazyrich.experiments.student_teacher.config import PRESETS

    for preset in PRESETS:
        assert admit(preset.config, LIMITS).seconds < LIMITS.max_seconds

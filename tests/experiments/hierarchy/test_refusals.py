"""Hierarchy refuses grammars and settings that cannot be trained, and estimates its work."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lazyrich.config.schema import complaints
from lazyrich.experiments.hierarchy.config import Hierarchy
from lazyrich.frame import CannotRun, Diverged
from lazyrich.results.train import stream
from tests.experiments.hierarchy.runs import QUICK


@pytest.mark.parametrize(
    "settings",
    [
        {"synonyms": 4},
        {"vocabulary": 4},
        {"vocabulary": 2, "synonyms": 2, "levels": 1},
        {"vocabulary": 16, "synonyms": 2, "levels": 1},
        {"sizes": (20_000,)},
        {"vocabulary": 4, "synonyms": 4, "levels": 2, "sizes": (16, 32, 64, 20_000)},
        {"levels": 1},
    ],
)
def test_a_grammar_without_enough_strings_is_refused_with_settings_that_work(settings):
    config = Hierarchy(**settings)
    with pytest.raises(CannotRun, match=r"strings, too few|have only") as error:
        next(stream(config))
    mended = config.changed(**error.value.remedy)
    assert mended.fitting() == {}
    assert mended.strings >= max(mended.sizes) + mended.test_samples
    assert next(stream(mended)).step == 0


def test_a_rate_that_kills_all_networks_is_reported_with_a_lower_one():
    config = QUICK.changed(rate_rule="raw", learning_rate=10.0, tau=1.0)
    with pytest.raises(Diverged, match=r"every α broke down on 32 strings.*the learning rate was 10") as error:
        list(stream(config))
    assert error.value.remedy == {"learning_rate": 3.3}


def test_settings_that_cannot_be_are_refused_in_sentences():
    for settings, message in [
        ({"alphas": (0.0,)}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got 0.0."),
        ({"sizes": ()}, "sizes must be 1 to 8 whole numbers between 16 and 20000, separated by commas, got none."),
        ({"levels": 5}, "levels must be a whole number between 1 and 4, got 5."),
        ({"student": "rnn"}, "student must be one of cnn, mlp, got rnn."),
    ]:
        with pytest.raises(ValidationError) as error:
            Hierarchy(**settings)
        assert complaints(Hierarchy, error.value) == [message]


def test_sizes_are_put_in_order_once_each():
    assert Hierarchy(sizes=(512, 64, 512)) == Hierarchy(sizes=(64, 512))


def test_the_estimated_work_grows_with_the_settings():
    for more in ({"seeds": 2}, {"width": 128}, {"tau": 0.3}, {"alphas": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)}):
        assert Hierarchy(**more).work().seconds > 1.3 * Hierarchy().work().seconds

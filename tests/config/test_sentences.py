"""Errors about settings that cannot be read at all, stops of sliders, and configs that describe no run."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import pytest
from pydantic import ValidationError, model_validator

from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.config.plain_values import plain, short
from lazyrich.config.schema import Config, complaints, parameter


class Silent:
    """An object that cannot be written as text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class HalfMasked:
    """A scalar of another library whose mask has several entries and so no truth value."""

    shape = ()
    mask = np.array([True, False])

    def item(self) -> float:
        return 0.5


class Ordered(Config):
    """Two numbers with a rule between them, raised as a ValueError, as configs outside this package may do."""

    name: ClassVar[str] = "ordered"

    low: float = parameter(0.0, "Low", "The smaller one.", ge=0, le=1)
    high: float = parameter(1.0, "High", "The larger one.", ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must not be above high.")
        return self


def refusal(config: type[Config], given: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        config.model_validate(given)
    return complaints(config, caught.value)


@pytest.mark.parametrize("config", [StudentTeacher, PhasePortrait])
def test_settings_that_are_no_mapping_are_refused_by_their_type(config):
    message = f"{config.__name__} must be given its settings by name, as keywords or a mapping, got"
    assert refusal(config, 7) == [f"{message} 7."] and refusal(config, Silent()) == [f"{message} Silent."]


def test_the_message_of_a_rule_between_settings_is_shown_unchanged():
    assert refusal(Ordered, {"low": 0.8, "high": 0.2}) == ["low must not be above high."]
    assert Ordered(low=0.2, high=0.8).settings() == {"low": 0.2, "high": 0.8}


def test_a_value_without_a_text_is_named_by_its_type_and_a_long_one_is_cut():
    assert short(Silent()) == "Silent" and short("a\n b" * 20) == "a ba ba ba ba ba ba ba ba ba ba ba ba ba" + "…"
    assert refusal(StudentTeacher, {"tau": Silent()}) == ["tau must be a number between 0.01 and 10, got Silent."]


def test_a_scalar_with_an_unreadable_mask_stays_unchanged():
    given = HalfMasked()
    assert plain(given) is given and plain(np.float32(0.5)) == 0.5


@pytest.mark.parametrize(
    ("name", "value", "stop"), [("delta", 0.33, 0.35), ("delta", -0.02, 0.0), ("leak", 0.474, 0.45)]
)
def test_the_nearest_stop_of_a_slider_is_a_multiple_of_its_step_and_never_minus_zero(name, value, stop):
    assert repr(StudentTeacher.parameters()[name].stop(value)) == repr(stop)


def test_a_config_without_a_run_refuses_other_attributes_with_a_sentence():
    config = Ordered()
    for call in (config.frames, config.work, lambda: config.expected_frames):
        with pytest.raises(TypeError, match="Ordered describes no run of its own; use one of the experiments"):
            call()
    with pytest.raises(TypeError, match="Ordered has no previews"):
        config.preview_steps(3)
    assert config.onward() is None and config.ending([]) is None
    with pytest.raises(ValidationError):
        config.colour = "red"
    assert not hasattr(config, "colour")

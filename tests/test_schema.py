"""The schema that widgets, address, command line and exports read."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lazyrich import StudentTeacher
from lazyrich.experiments import registry
from lazyrich.schema import complaints, from_strings, show


@pytest.mark.parametrize("config", registry.values())
def test_every_parameter_has_a_label_and_a_help_text_in_whole_sentences(config):
    for parameter in config.parameters().values():
        assert parameter.label
        assert len(parameter.help) > 20 and parameter.help.endswith("."), parameter.name


@pytest.mark.parametrize("config", registry.values())
def test_every_number_has_two_bounds_with_the_default_between_them(config):
    for parameter in config.parameters().values():
        if parameter.type in (int, float):
            assert parameter.low <= parameter.default <= parameter.high, parameter.name


def test_a_value_out_of_bounds_is_refused_with_field_and_bound():
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(tau=20.0)
    (problem,) = caught.value.errors()
    assert problem["loc"] == ("tau",)
    assert problem["ctx"] == {"le": 10}
    assert complaints(StudentTeacher, caught.value) == ["tau must be a number between 0.01 and 10, got 20.0."]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValidationError):
        StudentTeacher(tau=value)


def test_an_unknown_setting_is_refused():
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(taau=1.0)
    assert complaints(StudentTeacher, caught.value)[0].startswith(
        "taau is not a setting here; the settings are tau, delta,"
    )


def test_an_odd_width_is_refused_only_when_the_start_is_symmetrised():
    assert StudentTeacher(width=51, symmetrised=False).width == 51
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(width=51)
    assert complaints(StudentTeacher, caught.value) == [
        "width must be even when the start is symmetrised, got 51: choose 50 or 52, or switch symmetrised off."
    ]


def test_configs_are_frozen_and_equal_configs_share_their_key():
    config = StudentTeacher(tau=0.3)
    with pytest.raises(ValidationError):
        config.tau = 0.4
    assert config.key == StudentTeacher(tau=0.3).key != StudentTeacher(tau=0.31).key
    assert StudentTeacher(delta=-0.0).key == StudentTeacher(delta=0.0).key


def test_differences_are_those_of_the_fields_that_differ():
    assert StudentTeacher(tau=0.3, seed=2).differences(StudentTeacher(tau=0.3)) == {"seed": 2}
    assert StudentTeacher(leak=0.5).settings() == {"leak": 0.5}


def test_strings_that_cannot_be_used_fall_back_to_the_default_with_a_sentence():
    config, said = from_strings(StudentTeacher, {"tau": "1000", "delta": "1", "seed": "soon", "colour": "red"})
    assert config == StudentTeacher(delta=1.0)
    assert len(said) == 3
    assert "tau must be a number between 0.01 and 10, got 1000." in said
    assert "seed must be a whole number between 0 and 2147483647, got soon." in said


@given(st.dictionaries(st.sampled_from([*StudentTeacher.model_fields, "x"]), st.text(max_size=60), max_size=6))
def test_no_text_whatever_makes_an_invalid_config(texts):
    config, said = from_strings(StudentTeacher, texts)
    for name in texts:
        default = StudentTeacher.model_fields.get(name)
        if default is not None and getattr(config, name) == default.default:
            continue
        assert name in StudentTeacher.model_fields or any(name in sentence for sentence in said)
    assert StudentTeacher(**config.model_dump()) == config


@given(st.floats(allow_nan=False))
def test_a_shown_number_reads_back_as_the_same_number(value):
    assert float(show(value)) == value

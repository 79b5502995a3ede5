"""The schema that widgets, address, command line and exports read: single settings."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.config.schema import complaints, from_strings, named, nearest, show, shown_choice
from lazyrich.experiments import registry


@pytest.mark.parametrize("config", registry.values())
def test_every_parameter_has_a_label_and_a_help_text_in_whole_sentences(config):
    for setting in config.parameters().values():
        assert setting.label
        assert len(setting.help) > 20 and setting.help.endswith("."), setting.name


@pytest.mark.parametrize("config", registry.values())
def test_every_number_has_two_bounds_with_the_default_between_them(config):
    for setting in config.parameters().values():
        if setting.type in (int, float):
            assert setting.low <= setting.default <= setting.high, setting.name
        if setting.each:
            assert setting.min_entries <= len(setting.default) <= setting.max_entries
            filled = () if setting.missing is None else (setting.missing,)
            assert all(setting.low <= entry <= setting.high for entry in (*setting.default, *filled))


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


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"tau": math.nan}, "`tau` must be a number between 0.01 and 10, got nan."),
        ({"tau": "0,1"}, "`tau` must be a number between 0.01 and 10, got 0,1."),
        ({"tau": ""}, "`tau` must be a number between 0.01 and 10, got nothing."),
        ({"seed": 2**70}, "`seed` must be a whole number between 0 and 2147483647, got 1180591620717411303424."),
        ({"method": "Flow"}, "`method` must be one of descent, flow, got Flow."),
        ({"symmetrised": 2}, "`symmetrised` must be true or false, got 2."),
        ({"taau": 1}, "taau is not a setting here; did you mean tau?"),
        ({"width": 51}, "`width` must be even when the start is symmetrised, got 51"),
        ({"device": "{le}"}, "`device` must be one of auto, cpu, cuda, got {le}."),
    ],
)
def test_python_refuses_settings_in_the_same_sentences_as_the_page(settings, sentence):
    for refuse in (lambda: StudentTeacher(**settings), lambda: StudentTeacher().changed(**settings)):
        with pytest.raises(ValidationError) as caught:
            refuse()
        assert sentence in str(caught.value)
        assert "pydantic" not in str(caught.value) and "input_value" not in str(caught.value)


def test_a_setting_cannot_be_changed_in_place_and_the_error_names_the_alternative():
    with pytest.raises(ValidationError, match=r"make another with config\.changed\(tau=\.\.\.\)"):
        StudentTeacher().tau = 0.4


@pytest.mark.parametrize(("text", "number"), [("1e5", 100_000), ("1.5E3", 1500), (" 2e+2 ", 200)])
def test_a_whole_number_may_be_written_as_a_power_of_ten(text, number):
    assert from_strings(StudentTeacher, {"steps": text})[0].steps == StudentTeacher(steps=text).steps == number
    assert PhasePortrait(at=f"10,{text}").at == (10, number)


def test_a_power_of_ten_that_is_no_whole_number_is_none():
    with pytest.raises(ValidationError, match=r"must be a whole number between .*, got 1\.55e1"):
        StudentTeacher(steps="1.55e1")


def test_any_number_of_unknown_settings_in_an_address_is_one_sentence_and_costs_the_others_nothing():
    texts = {f"x{k}": "1" for k in range(4000)} | {"tau": "0.2"}
    config, notices = from_strings(StudentTeacher, texts)
    assert config == StudentTeacher(tau=0.2)
    (sentence,) = notices
    assert sentence.startswith("x0, x1, x2 and 3,997 more are no settings here; the settings are tau, ")
    _, notices = from_strings(StudentTeacher, {"x": "1", "y": "2"})
    assert notices[0].startswith("x and y are no settings here;")


def test_an_unknown_setting_is_refused():
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(taau=1.0)
    assert complaints(StudentTeacher, caught.value) == ["taau is not a setting here; did you mean tau?"]
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(colour="red")
    (sentence,) = complaints(StudentTeacher, caught.value)
    assert sentence.startswith("colour is not a setting here; the settings are tau, delta,")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *{
            "tua": "tau",
            "Tau": "tau",
            "τ": "tau",
            "learning-rate": "learning_rate",
            "sed": "seed",
            "m": "width",
        }.items(),
        *{"widht": "width", "eta_A": "eta_a", "optimiser": "", "☃": "", "": "", "x" * 10_000: ""}.items(),
    ],
)
def test_the_nearest_setting_is_the_one_that_was_meant(name, meant):
    assert nearest(StudentTeacher, name) == meant


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


def test_differences_hold_the_fields_that_differ():
    assert StudentTeacher(tau=0.3, seed=2).differences(StudentTeacher(tau=0.3)) == {"seed": 2}
    assert StudentTeacher(leak=0.5).settings() == {"leak": 0.5}


def test_strings_that_cannot_be_used_fall_back_to_the_default_with_a_sentence():
    config, notices = from_strings(StudentTeacher, {"tau": "1000", "delta": "1", "seed": "soon", "colour": "red"})
    assert config == StudentTeacher(delta=1.0)
    assert len(notices) == 3
    assert "tau must be a number between 0.01 and 10, got 1000." in notices
    assert "seed must be a whole number between 0 and 2147483647, got soon." in notices


@given(st.dictionaries(st.sampled_from([*StudentTeacher.model_fields, "x"]), st.text(max_size=60), max_size=6))
def test_no_text_whatever_makes_an_invalid_config(texts):
    config, notices = from_strings(StudentTeacher, texts)
    for name in texts:
        default = StudentTeacher.model_fields.get(name)
        if default is not None and getattr(config, name) == default.default:
            continue
        assert name in StudentTeacher.model_fields or any(name in sentence for sentence in notices)
    assert StudentTeacher(**config.model_dump()) == config


@given(st.floats(allow_nan=False))
def test_a_shown_number_reads_back_as_the_same_number(value):
    assert float(show(value)) == value


def test_a_sentence_names_settings_as_they_are_called_where_it_is_read():
    with pytest.raises(ValidationError) as caught:
        PhasePortrait(y_points=99, x="weather")
    assert complaints(PhasePortrait, caught.value)[1] == "y_points must be a whole number between 2 and 65, got 99."
    across, up = complaints(PhasePortrait, caught.value, page=True)
    assert up == "Points up must be a whole number between 2 and 65, got 99."
    assert across.startswith("Across must be one of τ, δ, η_w/η_a, ") and across.endswith(", got weather.")
    with pytest.raises(ValidationError) as caught:
        PhasePortrait(x="delta", y="delta")
    assert complaints(PhasePortrait, caught.value) == ["y must be another parameter than x, got delta for both."]
    sentences = complaints(PhasePortrait, caught.value, page=True)
    assert sentences == ["Up must be another parameter than Across, got δ for both."]
    assert named("Lower `samples` or `none`.", StudentTeacher, page=True) == "Lower “Training samples n” or `none`."


def test_choices_that_are_settings_are_shown_as_their_sliders_are():
    settings = PhasePortrait.parameters()
    for name in ("x", "y"):
        for choice in settings[name].choices:
            assert shown_choice(PhasePortrait, settings[name], choice) == settings[choice].label
    method = StudentTeacher.parameters()["method"]
    assert [shown_choice(StudentTeacher, method, choice) for choice in method.choices] == list(method.choices)

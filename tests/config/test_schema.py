"""The schema that widgets, address, command line and exports read."""

import math
from collections import deque
from collections.abc import MutableSequence
from decimal import Decimal
from itertools import count

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.config.schema import Config, complaints, from_strings, named, nearest, parameter, show, shown_choice
from lazyrich.experiments import registry
from tests.config.config_with_lists import Lists


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
            assert setting.least <= len(setting.default) <= setting.most
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


def test_a_setting_cannot_be_changed_in_place_and_the_refusal_says_what_can_be_done():
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
    config, said = from_strings(StudentTeacher, texts)
    assert config == StudentTeacher(tau=0.2)
    (sentence,) = said
    assert sentence.startswith("x0, x1, x2 and 3,997 more are no settings here; the settings are tau, ")
    _, said = from_strings(StudentTeacher, {"x": "1", "y": "2"})
    assert said[0].startswith("x and y are no settings here;")


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


def test_a_list_knows_the_kind_and_the_bounds_of_its_entries():
    settings = Lists.parameters()
    assert (settings["rates"].each, settings["sizes"].each, settings["depth"].each) == (float, int, None)
    assert (settings["rates"].low, settings["rates"].high, settings["rates"].scale) == (0.01, 100.0, "log")
    assert settings["rates"].allowed == "up to 6 numbers between 0.01 and 100, separated by commas, or default"
    assert settings["alphas"].allowed == "1 to 8 numbers between 0 and 100, separated by commas"
    assert settings["sizes"].allowed == "up to 4 whole numbers between 1 and 1000, separated by commas, or default"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((1, 2.5), (1.0, 2.5)),
        ([0.25], (0.25,)),
        ("0.5, 1,2", (0.5, 1.0, 2.0)),
        (" 1e1 ", (10.0,)),
        (("3", "4"), (3.0, 4.0)),
    ],
)
def test_a_list_is_read_from_any_sequence_and_from_text(given, kept):
    assert Lists(alphas=given).alphas == kept
    assert all(type(entry) is float for entry in Lists(alphas=given).alphas)


class LikeListConfig(MutableSequence):
    """A sequence that is no list and no tuple, such as OmegaConf's ListConfig."""

    def __init__(self, *entries):
        self.entries = entries

    def __getitem__(self, place):
        return self.entries[place]

    def __len__(self):
        return len(self.entries)

    __setitem__ = __delitem__ = insert = None


@pytest.mark.parametrize(
    "given",
    [
        np.array([1.0, 2.0, 4.0]),
        np.array([1, 2, 4], np.uint8),
        np.array([1, 2, 4], ">f4"),
        np.array([1, 2, 4], np.longdouble),
        np.array(["1", "2", "4"]),
        (np.float32(1), np.int64(2), np.array(4.0)),
        torch.tensor([1.0, 2.0, 4.0], requires_grad=True),
        torch.tensor([1, 2, 4]),
        [torch.tensor(1.0), torch.tensor(2), Decimal(4)],
        pd.Series([1.0, 2.0, 4.0], index=[7, 8, 9]),
        pd.Series([1, 2, 4], dtype="Int64"),
        pd.Index([1, 2, 4]),
        deque([1, 2, 4]),
        LikeListConfig(1, 2, 4),
        (2.0**k for k in range(3)),
        map(float, "124"),
        memoryview(bytes([1, 2, 4])),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_list_from_any_sequence_is_that_of_plain_numbers(given):
    config, plain = Lists(alphas=given), Lists(alphas=(1.0, 2.0, 4.0))
    assert config == plain and config.key == plain.key
    assert {type(entry) for entry in config.alphas} == {float}
    assert Lists(sizes=range(1, 4)).sizes == (1, 2, 3)


@pytest.mark.parametrize(
    "tau",
    [
        *(np.float64(0.5), np.float32(0.5), np.float16(0.5), np.array(0.5), np.longdouble(0.5), torch.tensor(0.5)),
        *(torch.tensor(0.5, requires_grad=True), Decimal("0.5"), "0.5", np.str_("0.5"), pd.Series([0.5]).iloc[0]),
    ],
    ids=lambda tau: type(tau).__name__,
)
def test_a_setting_from_a_scalar_of_any_library_is_that_of_the_plain_number(tau):
    config = StudentTeacher(tau=tau)
    assert config == StudentTeacher(tau=0.5) and config.key == StudentTeacher(tau=0.5).key
    assert type(config.tau) is float and config.model_dump_json() == StudentTeacher(tau=0.5).model_dump_json()


def test_whole_numbers_switches_and_words_come_from_other_libraries_too():
    plain = StudentTeacher(seed=3, symmetrised=False, method="flow")
    for seed in (np.int64(3), np.uint8(3), np.float32(3), torch.tensor(3), np.array(3)):
        config = StudentTeacher(seed=seed, symmetrised=np.bool_(False), method=np.str_("flow"))
        assert config.key == plain.key and type(config.seed) is int and config.symmetrised is False


@pytest.mark.parametrize(
    ("settings", "got"),
    [
        ({"tau": True}, "got True."),
        ({"seed": np.bool_(True)}, "got True."),
        ({"tau": np.ma.masked}, "got --."),
        ({"tau": np.array([0.5])}, "got [0.5]."),
        ({"tau": torch.tensor([0.5])}, "got tensor([0.5000])."),
        ({"tau": torch.tensor(0.5, device="meta")}, "got tensor(..., device='meta', size=())."),
        ({"tau": np.complex64(0.5)}, "got (0.5+0j)."),
        ({"tau": np.datetime64("2024-01-01")}, "got 2024-01-01."),
        ({"tau": [0.5]}, "got [0.5]."),
        ({"tau": {0.5}}, "got {0.5}."),
        ({"tau": None}, "got None."),
        ({"seed": np.float64(0.5)}, "got 0.5."),
        ({"method": ["flow"]}, "got ['flow']."),
        ({"symmetrised": np.array([True])}, "got [ True]."),
    ],
)
def test_what_is_no_single_value_is_refused_in_a_sentence(settings, got):
    with pytest.raises(ValidationError) as caught:
        StudentTeacher(**settings)
    ((name, _),) = settings.items()
    assert complaints(StudentTeacher, caught.value) == [
        f"{name} must be {StudentTeacher.parameters()[name].allowed}, {got}"
    ]


def test_the_axes_of_a_portrait_come_from_any_sequence():
    plain = PhasePortrait(tau=(0.1, 2.0, 5), delta=0.5, leak=(0.0, 1.0), at=(10, 100))
    for kind in (np.array, torch.tensor, pd.Series, iter, list):
        config = PhasePortrait(
            tau=kind([0.1, 2.0, 5]), delta=np.float64(0.5), leak=kind([0.0, 1.0]), at=kind([10, 100])
        )
        if kind is torch.tensor:  # float32, which 0.1 is not
            assert (config.x, config.y, config.x_points, config.at) == (plain.x, plain.y, 5, (10, 100))
        else:
            assert config == plain and config.key == plain.key


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
    said = complaints(PhasePortrait, caught.value, page=True)
    assert said == ["Up must be another parameter than Across, got δ for both."]
    assert named("Lower `samples` or `none`.", StudentTeacher, page=True) == "Lower “Training samples n” or `none`."


def test_choices_that_are_settings_are_shown_as_their_sliders_are():
    settings = PhasePortrait.parameters()
    for name in ("x", "y"):
        for choice in settings[name].choices:
            assert shown_choice(PhasePortrait, settings[name], choice) == settings[choice].label
    method = StudentTeacher.parameters()["method"]
    assert [shown_choice(StudentTeacher, method, choice) for choice in method.choices] == list(method.choices)


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ({"alphas": (0.5, 200.0)}, "got 200.0 as entry 2."),
        ({"alphas": "1,two,3"}, "got two as entry 2."),
        ({"alphas": "1,2,"}, "got nothing as entry 3."),
        ({"alphas": "0"}, "got 0."),
        ({"alphas": (1.0, math.nan)}, "got nan as entry 2."),
        ({"alphas": (math.inf,)}, "got inf."),
        ({"alphas": (1.0, True)}, "got True as entry 2."),
        ({"alphas": 3.0}, "got 3.0."),
        ({"alphas": None}, "got None."),
        ({"alphas": {1.0, 2.0}}, "got {1.0, 2.0}."),
        ({"alphas": {1.0: 2}}, "got {1.0: 2}."),
        ({"alphas": b"1,2"}, "got b'1,2'."),
        ({"alphas": np.array(3.0)}, "got 3.0."),
        ({"alphas": np.array([[1.0, 2.0]])}, "got [[1. 2.]]."),
        ({"alphas": np.array([1.0, np.nan])}, "got nan as entry 2."),
        ({"alphas": np.ma.masked_equal([1.0, 5.0], 5.0)}, "got None as entry 2."),
        ({"alphas": np.array([1 + 1j])}, "got (1+1j)."),
        ({"alphas": np.array([True, False])}, "got True as entry 1."),
        ({"alphas": np.ones(99)}, "got 99 of them."),
        ({"alphas": count()}, "got 9 of them."),
        ({"alphas": pd.DataFrame({"a": [1.0]})}, "got a 0 1.0."),
        ({"alphas": pd.Series(["1", "two"])}, "got two as entry 2."),
        ({"alphas": torch.ones(1, device="meta")}, "got tensor(..., device='meta', size=(1,))."),
        ({"sizes": np.array([64.0, 0.5])}, "got 0.5 as entry 2."),
        ({"alphas": ()}, "got none."),
        ({"alphas": "1,1,1,1,1,1,1,1,1"}, "got 9 of them."),
        ({"alphas": "{}," + "x" * 99}, "got {} as entry 1."),
        ({"alphas": "x" * 99}, f"got {'x' * 40}…."),
        ({"sizes": (64, 2.5)}, "got 2.5 as entry 2."),
        ({"sizes": (2000,)}, "got 2000."),
        ({"rates": (1.0, 0.0)}, "got 0.0 as entry 2."),
    ],
)
def test_a_list_that_cannot_be_used_gets_one_sentence_with_the_entry(given, got):
    with pytest.raises(ValidationError) as caught:
        Lists(**given)
    (name,) = given
    (sentence,) = complaints(Lists, caught.value)
    assert sentence == f"{name} must be {Lists.parameters()[name].allowed}, {got}"


def test_a_list_without_bounds_takes_any_finite_numbers():
    class Free(Config):
        biases: tuple[float, ...] = parameter((0.5,), "Biases", "Any numbers.")

    assert Free(biases="-1e300,7").biases == (-1e300, 7.0)
    for wrong in ("1,inf", "nan"):
        with pytest.raises(ValidationError) as caught:
            Free(biases=wrong)
        (sentence,) = complaints(Free, caught.value)
        assert sentence.startswith("biases must be up to 100 numbers, separated by commas")


def test_entries_of_layers_are_filled_in_and_cut_off_whatever_the_depth():
    assert Lists(depth=3, rates=(2.0,)).by_layer("rates") == (2.0, 1.0, 1.0)
    assert Lists(depth=2).by_layer("shifts") == (0, 0)
    deep = Lists(depth=5, rates=(1, 2, 3, 4, 5))
    assert deep.changed(depth=2).by_layer("rates") == (1.0, 2.0)
    assert deep.changed(depth=6).by_layer("rates") == (1.0, 2.0, 3.0, 4.0, 5.0, 1.0)


def test_lists_of_layers_that_mean_the_same_are_equal_configs():
    assert Lists(depth=2, rates=(2, 1, 5)) == Lists(depth=2, rates=(2,)) == Lists(depth=2, rates="2,1")
    assert Lists(depth=2, rates=(1, 1, 7)).key == Lists().key
    assert Lists(depth=3, rates=(1, 1, 7)).key != Lists(depth=3).key


def test_lists_share_their_key_exactly_when_they_are_equal():
    assert Lists(shifts=(0, -1)).key == Lists(shifts=[-0, -1.0]).key != Lists(shifts=(-1, 0)).key


def test_bad_text_for_a_list_falls_back_to_the_default_with_a_sentence():
    config, said = from_strings(Lists, {"alphas": "1;2", "rates": "2,3", "depth": "3"})
    assert config == Lists(depth=3, rates=(2.0, 3.0))
    assert said == ["alphas must be 1 to 8 numbers between 0 and 100, separated by commas, got 1;2."]


@given(
    st.integers(2, 6),
    st.lists(st.floats(0.01, 100), max_size=6),
    st.lists(st.floats(0, 100, exclude_min=True), min_size=1, max_size=8),
    st.lists(st.integers(1, 1000), max_size=4),
)
def test_a_shown_list_reads_back_as_the_same_list(depth, rates, alphas, sizes):
    config = Lists(depth=depth, rates=rates, alphas=alphas, sizes=sizes)
    texts = {name: show(value) for name, value in config.model_dump().items()}
    assert from_strings(Lists, texts) == (config, [])
    assert Lists.model_validate_json(config.model_dump_json()) == config


@given(st.dictionaries(st.sampled_from([*Lists.model_fields]), st.text(max_size=60), max_size=5))
def test_no_text_whatever_makes_an_invalid_list(texts):
    config, _ = from_strings(Lists, texts)
    assert Lists(**config.model_dump()) == config

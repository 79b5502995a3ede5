"""Settings that are lists: their bounds and the sentences about their entries."""

import math
from itertools import count

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lazyrich.config.schema import Config, complaints, from_strings, parameter, show
from tests.config.config_with_lists import Lists


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
    config, notices = from_strings(Lists, {"alphas": "1;2", "rates": "2,3", "depth": "3"})
    assert config == Lists(depth=3, rates=(2.0, 3.0))
    assert notices == ["alphas must be 1 to 8 numbers between 0 and 100, separated by commas, got 1;2."]


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

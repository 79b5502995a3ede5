"""Numbers as people type them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazyrich import StudentTeacher
from lazyrich.config.schema import Config, parameter, show
from lazyrich.own_data import Preparation
from lazyrich.web.page.typed_number import readings, typed_list, typed_number
from tests.config.config_with_lists import Lists

DELTA = StudentTeacher.parameters()["delta"]
SEED = StudentTeacher.parameters()["seed"]


@pytest.mark.parametrize(
    ("text", "real", "whole"),
    [
        ("0,25", [0.25], []),
        ("7,5", [7.5], []),
        (" 0.25\u00a0", [0.25], []),
        ("−1", [-1.0], [-1]),
        ("–0,5", [-0.5], []),
        ("+2", [2.0], [2]),
        (",5", [0.5], []),
        ("5.", [5.0], [5]),
        ("1e-3", [1e-3], []),
        ("1E3", [1000.0], [1000]),
        ("2,5e-1", [0.25], []),
        ("1.2 × 10⁻⁵", [1.2e-5], []),
        ("3 x 10^2", [300.0], [300]),
        ("10^5", [1e5], [100000]),
        ("10⁻²", [0.01], []),
        ("1.234e3", [1234.0], [1234]),
        ("1.500e2", [150.0], [150]),
        ("1,234e3", [1234000.0, 1234.0], [1234000, 1234]),
        ("½", [0.5], []),
        ("1½", [1.5], []),
        ("1/4", [0.25], []),
        ("1,000", [1000.0, 1.0], [1000]),
        ("1.000", [1.0], [1000]),
        ("1 000", [1000.0], [1000]),
        ("1\u202f000", [1000.0], [1000]),
        ("1'000", [1000.0], [1000]),
        ("1’000’000", [1e6], [1000000]),
        ("1_000", [1000.0], [1000]),
        ("1,000,000", [1e6], [1000000]),
        ("10,00,000", [1e6], [1000000]),
        ("1.234.567", [1234567.0], [1234567]),
        ("1,234.5", [1234.5], []),
        ("1.234,5", [1234.5], []),
        ("1 234,50", [1234.5], []),
        ("20,0", [20.0], [20]),
        ("0,250", [0.25], []),
        ("０,２５", [0.25], []),
        ("１,０００", [1000.0, 1.0], [1000]),
        ("2147483647", [2147483647.0], [2147483647]),
        ("007", [7.0], [7]),
        *[(text, [], []) for text in (
            "abc", "", ".", ",", "-", "--1", "1,5,2", "1.5.2", "1 2", "1,00,0", "nan", "inf", "1e999", "0x10", "2²",
            "1-2", "1/0", "true", "1e", "e5", "1;2", "(1)", "1,,5", "9" * 61,
        )],
    ],
)  # fmt: skip
def test_texts_are_read_as_people_mean_them(text: str, real: list[float], whole: list[int]) -> None:
    assert readings(text, whole=False) == real
    assert readings(text, whole=True) == whole
    assert all(type(number) is int for number in readings(text, whole=True))


@given(st.floats(-1e9, 1e9).map(lambda number: float(f"{number:.9g}")))
def test_every_number_is_read_back_however_it_is_written(number: float) -> None:
    texts = {show(number), f"{number:.8e}", show(number).replace("-", "−"), f" {number!r} "}
    if "," not in f"{number:,}" or "e" in f"{number}":
        texts.add(show(number).replace(".", ","))
    else:
        texts |= {f"{number:,}", f"{number:,}".replace(",", " ").replace(".", ",")}
    for text in texts:
        found = readings(text, whole=False)
        assert number in found, text
        # a second reading only where digits in threes follow a single comma
        assert len(found) == 1 or text.count(",") == 1, text


@given(st.text(max_size=12, alphabet="0123456789.,'’ -−+eE×⁻½/½_"))
def test_no_text_raises_or_gives_an_invalid_number(text: str) -> None:
    for whole in (False, True):
        assert all(math.isfinite(number) for number in readings(text, whole))


@pytest.mark.parametrize(
    ("parameter", "text", "number", "message"),
    [
        (SEED, "1,000", 1000, ""),
        (SEED, "1.000", 1000, ""),
        (DELTA, "0,25", 0.25, ""),
        (DELTA, "1,500", 1.5, "was read as 1.5."),
        (DELTA, "5", -1.0, "must be a number between -2 and 2, got 5. It stays -1."),
        (DELTA, "abc", -1.0, "must be a number between -2 and 2, got abc. It stays -1."),
        (DELTA, "", -1.0, "cannot be empty: it must be a number between -2 and 2. It stays -1."),
        (DELTA, None, -1.0, "cannot be empty"),
        (SEED, "7,5", -1.0, "must be a whole number between 0 and 2147483647, got 7,5."),
        (SEED, "x" * 999, -1.0, f"got {'x' * 40}…."),
        (Preparation.parameters()["held_out"], "25 %", 25, ""),
    ],
)
def test_invalid_texts_leave_the_number_unchanged_with_a_sentence(parameter, text, number, message) -> None:
    found, sentence = typed_number(parameter, text, -1.0)
    assert (found, type(found)) == (number, type(number))
    assert sentence.startswith(parameter.title) and message in sentence if message else sentence == ""


def test_a_comma_that_may_be_of_either_kind_is_asked_about() -> None:
    class Wide(Config):
        size: float = parameter(3.0, "Size", "Of something wide.", ge=0, le=5000)

    message = "Size: 1,000 may mean 1000 or 1; write it without the comma. It stays 3."
    assert typed_number(Wide.parameters()["size"], "1,000", 3.0) == (3.0, message)


@pytest.mark.parametrize(
    ("text", "read", "message"),
    [
        ("0.5, 1, 2", "0.5, 1, 2", ""),
        ("0.5,1,2", "0.5,1,2", ""),
        ("0,5; 1; 2,5", "0.5,1,2.5", ""),
        ("0,25, 0,5", None, "Alphas: 0,25, 0,5 can be read in two ways; put semicolons between the numbers."),
        ("1; x", "1; x", ""),
    ],
)
def test_a_list_takes_semicolons_between_decimal_commas(text: str, read: str | None, message: str) -> None:
    found, sentence = typed_list(Lists.parameters()["alphas"], text)
    assert sentence == message and (read is None or found == read)

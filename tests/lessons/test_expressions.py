"""Expressions of lessons: their values, their errors, and missing numbers."""

import math
import statistics

import pytest

from lazyrich.lessons.expression import Rows, Unknown, read
from lazyrich.lessons.outcome import read_outcome, write

TABLE = {
    (0, "loss"): [0.1, 0.4, 0.2],
    (1, "loss"): [0.2, 0.3, 0.5],
    (2, "loss"): [0.3, 0.2, 0.5],
    (3, "loss"): [0.2, 0.3, 0.5],
    (0, "seeds"): [3.0],
    (0, "never"): [math.nan],
    (1, "two"): [1.0, 2.0],
    (0, "twice"): [1.0, 2.0, 3.0],
}

SEEDS = {
    (0, "loss"): [4, 5, 6],
    (1, "loss"): [4, 5, 6],
    (2, "loss"): [5, 4, 6],
    (3, "loss"): [5, 6, 7],
    (0, "never"): [4],
    (1, "two"): [4, 5],
    (0, "twice"): [4, 4, 5],
}


class Numbers:
    def rows(self, run, name, where):
        if (run, name) not in TABLE:
            raise Unknown(f"the run has no number {name}.")
        rows = Rows(TABLE[run, name], SEEDS.get((run, name)))
        place = slice(None) if not where else slice(abs(int(where["row"])), abs(int(where["row"])) + 1)
        return Rows(rows.values[place], rows.seeds and rows.seeds[place])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("loss", statistics.median([0.1, 0.4, 0.2])),
        ("kept.loss - loss", statistics.median([0.2, 0.3, 0.5]) - 0.2),
        ("-loss * 10 / 4", -0.5),
        ("loss(row=1)", 0.4),
        ("count(loss < kept.loss)", 2),
        ("count(kept.loss == kept2.loss)", 3),
        ("count(loss(row=0) < kept.loss(row=0))", 1),
        ("count(loss * seeds < 1)", 2),
        ("count(abs(loss - 0.2) < 0.15)", 2),
        ("count(max(loss, kept.loss) > 0.35)", 2),
        ("loss(row=-1)", 0.4),
        ("count(loss < 0.15 or loss > 0.3) >= 0.5 * seeds", True),
        ("0.1 < loss <= 0.2 and not loss > 1", True),
        ("max(loss, 3) + min(1, 2) + abs(-2)", 6),
        ("known(never)", False),
        ("known(never) and never < 1", False),
        ("known(loss) or never < 1", True),
    ],
)
def test_an_expression_has_the_value_that_it_would_have_by_hand(text, value):
    assert read(text)(Numbers()) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "never > 1", "absent", "1 / (loss - loss)", "loss(row=0) / never", "count(loss < kept.two)",
        "count(loss < kept3.loss)", "count(loss(row=0) < kept.loss)", "count(twice > 1)",
    ],
)  # fmt: skip
def test_a_number_that_is_not_there_or_of_another_seed_is_unknown_and_never_a_verdict(text):
    with pytest.raises(Unknown):
        read(text)(Numbers())


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "__import__('os')", "open('x')", "loss.real", "kept.loss.real", "[1]", "'a'", "loss[0]", "lambda: 1",
        "2 ** 9", "loss if 1 else 2", "(x := 1)", "f'{loss}'", "kept", "count", "loss()", "loss(1)", "loss(**a)",
        "count(loss, 1)", "count(count(loss))", "loss(row=seeds)", "kept.count(loss)", "1e999", "True", "loss is 1",
        "loss and " * 30 + "loss", "(" * 90 + "1" + ")" * 90 + "+",
    ],
)  # fmt: skip
def test_expressions_outside_the_grammar_are_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"(?s)^(“|An expression).+\.$"):
        read(text)


def test_an_outcome_has_texts_for_true_false_and_unknown_conditions():
    outcome = read_outcome(
        "At {loss:.1f}.\n\n{if loss < 0.3}\nLow: {loss}.\n{else}\nHigh.\n{end}\n{if never > 1}\na\n{else}\nb\n{end}"
    )
    shown = outcome.written(Numbers())
    assert (
        shown
        == "At 0.2.\n\nLow: 0.2.\n\nThis cannot be said of what is on the page now: never has no value in this run."
    )
    TABLE[0, "loss"].append(TABLE[0, "loss"].pop(0) + 0.5)  # 0.4, 0.2, 0.6
    try:
        assert "High." in outcome.written(Numbers())
    finally:
        TABLE[0, "loss"].insert(0, TABLE[0, "loss"].pop() - 0.5)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("{if loss > 1}\nyes\n{end}", "where it does not hold"),
        ("{if loss > 1}\nyes\n{else}\n{end}", "without text"),
        ("{else}\nx", "no {if ...} is open"),
        ("a {loss", "brace"),
        ("a {loss:%n}", "no format"),
        ("{if loss}\na\n{else}\nb\n{if loss}\nc\n{end}", "not followed by"),
        ("{if loss}\na\n{else}\nb\n{end}\n" * 13, "at most 12 conditions; this one has 13"),
    ],
)
def test_an_invalid_outcome_is_refused_with_the_reason(text, pattern):
    with pytest.raises(ValueError, match=pattern):
        read_outcome(text)


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (0.000238, "", "0.000238"), (7.09e-10, "", "7.09 × 10⁻¹⁰"), (0.0, "", "0"), (-12.5, "", "−12.5"),
        (123456.0, "", "123,456"), (0.0996, ".1%", "10.0%"), (True, "", "yes"), (1234.5, ",.0f", "1,234"),
        (0.123456, ".2g", "0.12"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_read_them(value, style, text):
    assert write(value, style) == text

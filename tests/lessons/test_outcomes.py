"""The numbers in the text of the project's lessons, against their expressions on the tables of real runs.

The oracle reads `Result.curves` with pandas and lets Python itself evaluate the expressions.
"""

import re
from functools import lru_cache
from types import SimpleNamespace

import pytest

from lazyrich import StudentTeacher, train
from lazyrich.lessons import shipped
from lazyrich.lessons.expression import Unknown, read
from lazyrich.lessons.numbers import RunNumbers
from lazyrich.lessons.outcome import Condition, read_outcome
from lazyrich.lessons.pages import runs_of

STEPS = [(name, number) for name, lesson in shipped().items() for number in range(1, len(lesson.steps) + 1)]
IDS = [f"{name}-{number}" for name, number in STEPS]

SLOW = {
    *(("deep-and-filters", number) for number in (1, 2, 3)),
    ("which-one-learns", 5),
    ("scale", 4),
    ("who-learns-first", 4),
}
"""Steps whose runs take seconds."""

BY_DEFAULT = [pytest.param(*one, marks=[pytest.mark.claims] if one in SLOW else []) for one in STEPS]

trained = lru_cache(maxsize=32)(train)
"""Steps of several lessons show the same run, which is trained once."""

NUMBER = "([−0-9.,% ×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"


class Column(float):
    """The median of a column, which rows can be chosen from as a lesson does."""

    def __new__(cls, rows, name):
        column = super().__new__(cls, rows[name].median(skipna=False))
        column.rows, column.name = rows, name
        return column

    def __call__(self, **where):
        rows = self.rows
        for name, value in where.items():
            rows = rows[rows[name] == value] if isinstance(value, str) else rows[(rows[name] - value).abs() < 1e-9]
        assert len(rows)
        return Column(rows, self.name)


def names(result, whole):
    """Names -> numbers of a run: columns as arrays if `whole`, else their medians."""
    curves = result.curves
    rows = curves[curves["step"] == curves["step"].max()] if result.config.columns.clock else curves
    numbers = [name for name in rows if rows[name].dtype.kind in "biuf"]
    columns = {name: rows[name].to_numpy() if whole else Column(rows, name) for name in numbers}
    return {**result.config.model_dump(), **columns}


def namespaces(results):
    """Return the names of an expression: whole columns, as `count` reads them, and medians."""
    for whole in (True, False):
        own, *kept = (names(result, whole) for result in results)
        others = {
            f"kept{number or ''}": SimpleNamespace(**one) for number, one in zip((0, 2, 3, 4), kept, strict=False)
        }
        yield {**own, **others}


def value(text, columns, medians):
    """Evaluate an expression of a lesson with Python's own eval."""
    counted = re.sub(r"count\(([^()]*)\)", lambda part: str(int(eval(part[1], {}, columns).sum())), text)
    return eval(counted, {}, medians)


def check(name, number, seed=None):
    """Compare all that a step says of its runs, at its own seed or another. Returns how many effects are there."""
    step = shipped()[name].steps[number - 1]
    current, kept = runs_of(step.page, step.query)
    configs = (current, *kept) if seed is None else [one.changed(seed=seed) for one in (current, *kept)]
    results = [trained(config) for config in configs]
    outcome = read_outcome(step.outcome)
    shown_text = outcome.written(RunNumbers([(result.config, result.frames) for result in results]))
    assert "cannot be said" not in shown_text
    assert outcome.conditions, "a step says what is seen if the effect is not there"
    spaces = [*namespaces(results)]
    present = 0
    for part in outcome.parts:
        line = part
        if isinstance(part, Condition):
            holds = bool(value(part.holds.text, *spaces))
            line, other = (part.then, part.otherwise) if holds else (part.otherwise, part.then)
            present += holds
            assert max(other.texts, key=len) not in shown_text
        for text in line.texts:
            assert text in shown_text
        shown = re.search(NUMBER.join(map(re.escape, line.texts)), shown_text, re.DOTALL)
        for (expression, style), written in zip(line.numbers, shown.groups(), strict=True):
            exact = float(value(expression.text, *spaces))
            assert read_number(written) == pytest.approx(exact, rel=0.006, abs=half_a_digit(written)), style
    return present


def read_number(text):
    mantissa, _, power = text.replace("−", "-").replace(",", "").rstrip("%").partition(" × 10")
    power = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(mantissa) * 10.0 ** int(power or 0) / (100 if text.endswith("%") else 1)


def half_a_digit(text):
    if "×" in text:
        return 0.0
    decimals = len(text.rstrip("%").partition(".")[2])
    return 0.51 * 10.0**-decimals / (100 if text.endswith("%") else 1)


@pytest.mark.parametrize(("name", "number"), BY_DEFAULT, ids=IDS)
def test_texts_of_a_step_agree_with_the_table_of_its_run(name, number):
    assert check(name, number) > 0


@pytest.mark.claims
@pytest.mark.parametrize(("name", "number"), STEPS, ids=IDS)
def test_texts_state_on_every_seed_whether_the_effect_is_there(name, number):
    for seed in (11, 12, 13):
        check(name, number, seed)


def test_texts_state_absent_effects_on_a_seed_without_them():
    assert check("deep-and-filters", 4, seed=4) == 0


def test_seeds_that_ended_before_the_others_are_counted_at_their_last_row_and_failed_ones_are_not():
    small = {"tau": 1.0, "seeds": 4, "width": 10, "test_samples": 50}
    flat = StudentTeacher(method="flow", until="flat", steps=20_000, learning_rate=0.02, samples=5, **small)
    # near the largest stable rate, which differs between seeds
    wild = StudentTeacher(learning_rate=0.7, steps=300, **small)
    results = [train(config) for config in (flat, wild)]
    ends = []
    for result in results:
        rows = result.curves[~result.curves["seed"].isin(list(result.failed))]
        ends.append(rows.groupby("seed").tail(1).set_index("seed")["test_loss"])
    assert ends[0].index.size == 4 and (results[0].curves["step"] == results[0].frames[-1].step).sum() < 4
    assert 0 < len(results[1].failed) < 4
    for result, losses in zip(results, ends, strict=True):
        numbers = RunNumbers([(result.config, result.frames)])
        found = numbers.rows(0, "test_loss", {})
        assert dict(zip(found.seeds, found.values, strict=True)) == losses.to_dict()
        assert read(f"count(test_loss <= {float(losses.min())!r})")(numbers) == 1
    both = RunNumbers([(result.config, result.frames) for result in results])
    with pytest.raises(Unknown, match="not have the same seeds"):
        read("count(test_loss < kept.test_loss)")(both)

"""Own data in the playground's script: a file is read, shown, kept, refused and removed."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.own_data import OwnStudent
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.upload_widget import example, short_name
from lazyrich.web.server.wiring import pool
from tests.pages.scripts import move, type_in, unfold
from tests.pages.test_playground_script import opened, shown

NAME = "student-teacher"


def bring(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not app.exception
    return app


def trained(app: AppTest):
    """The configs of the runs on the page."""
    return [pool().get(id).config for id in app.session_state[f"{NAME}.state"].runs.values()]


def five(n: int = 50) -> bytes:
    rows = np.random.default_rng(0).normal(size=(n, 6)).tolist()
    return "\n".join(",".join(map(repr, row)) for row in rows).encode()


def test_a_file_takes_the_place_of_the_teacher_until_it_is_dropped():
    app = bring(unfold(opened(), NAME), "mi*ne.csv", five())
    (config,) = trained(app)
    assert isinstance(config, OwnStudent) and config.data.name == "mi*ne.csv"
    assert (config.dimension, config.samples, config.test_samples) == (5, 40, 10)
    words = "50 samples of 5 inputs, 10 of them held out; no line of names; inputs columns 1 to 5; output column 6."
    assert rf"**mi\*ne.csv**: {words}" in [m.value for m in app.markdown]
    decided = {w.key.split(".")[1]: w.value for w in app.text_input if w.disabled}
    assert decided == {"dimension": "5", "samples": "40", "test_samples": "10"}
    assert not [w.key for w in app.text_input if w.key.startswith(f"{NAME}.teacher_width")]
    code = "\n".join(block.value for block in app.code)
    assert "own_data.read('mi*ne.csv')" in code and "--data 'mi*ne.csv'" in code
    app.button(key=f"{NAME}.share").click().run()
    assert any(caption.value.startswith("The data are not in it") for caption in app.caption)
    assert "five" not in str(app.query_params) and "dimension" not in app.query_params
    # presets and controls go on working, on the data
    app.button_group(key=f"{NAME}.preset").set_value("Lazy").run()
    assert shown(app) == PRESETS[3].config
    move(app, f"{NAME}.tau", 0.3)
    move(app, f"{NAME}.tau", 0.4)
    assert shown(app) == PRESETS[3].config.changed(tau=0.4)
    assert [type(c) for c in trained(app)] == [OwnStudent] and trained(app)[0].tau == 0.4
    app.button(key=f"{NAME}.back").click().run()
    assert not app.exception
    assert trained(app) == [PRESETS[3].config.changed(tau=0.4)]
    assert {w.key.split(".")[1]: w.value for w in app.text_input}["samples"] == "20"


def test_kept_runs_learn_from_the_data_too_and_preparation_makes_new_runs_of_all():
    app = opened()
    app.button(key=f"{NAME}.keep").click().run()
    move(app, f"{NAME}.tau", 0.3)
    bring(app, "mine.csv", five())
    assert [type(config) for config in trained(app)] == [OwnStudent, OwnStudent]
    app.selectbox(key="own-data.scaling").set_value("unit").run()
    type_in(app, "own-data.held_out", "0")
    assert not app.exception
    for config in trained(app):
        assert np.linalg.norm(config.data.X, axis=1).mean() == pytest.approx(1) and len(config.data.X) == 50


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.csv", b"1,2,3\n4,[x](http://y),6\n", r"line 2: '[x](http://y)' in column 2 is not a number"),
        ("mine.csv", b"1,2\n3,4\n", "mine.csv has 1 input; 2 to 1,000 are allowed: switch the constant input on"),
        ("mine.npz", b"PK\x03\x04", "mine.npz is damaged"),
    ],
)
def test_an_invalid_file_is_reported_and_the_teacher_stays(name, content, message):
    app = bring(opened(), name, content)
    (error,) = app.error
    assert plain(message) in error.value
    assert trained(app) == [PRESETS[0].config]


def test_one_input_learns_once_the_constant_is_switched_on():
    app = bring(opened(), "mine.csv", b"1,2\n3,4\n")
    app.toggle(key="own-data.constant").set_value(True).run()
    assert not app.error and trained(app)[0].dimension == 2
    bring(app, "mine.npz", npz(X=np.ones((4, 2)), y=np.ones(4), odd=np.ones(1)))
    assert any(plain("Not read: odd.") in caption.value for caption in app.caption)


def choices(app: AppTest) -> set[str]:
    return {box.key.partition(".")[2] for box in app.selectbox if box.key.startswith("own-data.")}


def test_the_page_asks_about_ambiguous_files_only():
    rows = np.random.default_rng(0).normal(size=(20, 3))
    plainly = "\n".join(["a,b,y", *(",".join(map(str, row)) for row in rows)]).encode()
    app = bring(opened(), "mine.csv", plainly)
    assert not app.error and choices(app) == {"scaling"}
    assert any(plain("names from line 1; inputs a, b; output y") in m.value for m in app.markdown)
    # pandas' own names and row numbers: both are asked for, one after the other
    bring(app, "pandas.csv", pd.DataFrame(np.column_stack([np.arange(20), rows])).to_csv(index=False).encode())
    assert plain("set “First line” to names or to sample.") in app.error[0].value
    assert trained(app) == [PRESETS[0].config] and choices(app) == {"scaling", "first_line", "row_numbers"}
    app.selectbox(key="own-data.first_line").set_value("names").run()
    assert plain("column 1 (0) counts 0, 1, 2, …") in app.error[0].value
    assert plain("set “Row numbers” to drop, or to keep") in app.error[0].value
    app.selectbox(key="own-data.row_numbers").set_value("drop").run()
    assert not app.error
    (config,) = trained(app)
    np.testing.assert_array_equal(config.data.X_test, rows[4::5, :2])
    assert "first_line='names', row_numbers='drop'" in "\n".join(block.value for block in app.code)
    assert any(plain("column 1 (0) left out as row numbers") in m.value for m in app.markdown)
    # an answer is for one file
    bring(app, "next.csv", pd.DataFrame(rows).to_csv(index=False).encode())
    assert plain("set “First line” to names or to sample.") in app.error[0].value


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_the_example_can_be_read_and_names_from_outside_are_only_names():
    app = bring(opened(), "../../etc/example.csv", example())
    assert trained(app)[0].data.name == "example.csv"
    assert short_name("a\n\x1b[31m" + "b" * 100 + ".csv").endswith("b.csv")
    assert not re.search(r"(?<!\\)[`*<\[$]", plain("`*<b>[a](b)$x$"))


def test_text_from_an_address_is_shown_literally_and_not_as_a_link():
    app = opened(tau="[Log in](//evil.example/a)")
    (warning,) = app.warning
    assert plain("got [Log in](//evil.example/a).") in warning.value and "](" not in warning.value


def test_how_data_are_prepared_stays_when_another_page_was_looked_at():
    app = bring(opened(), "mine.csv", five())
    app.selectbox(key="own-data.scaling").set_value("unit").run()
    for page in ("exact_solutions", "playground"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    assert [config.data.preparation.scaling for config in trained(app)] == ["unit"]
    assert app.selectbox(key="own-data.scaling").value == "unit"

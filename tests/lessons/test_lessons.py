"""Lesson files: those of the project, an administrator's own, and errors about invalid ones."""

import pytest

from harness.documents import document
from lazyrich import StudentTeacher, train
from lazyrich.lessons import first_step, read_lesson, shipped
from lazyrich.lessons.expression import Unknown, read
from lazyrich.lessons.library import MAX_LESSONS, own_lessons
from lazyrich.lessons.markdown import blocks
from lazyrich.lessons.numbers import RunNumbers
from lazyrich.lessons.outcome import read_outcome, write
from lazyrich.lessons.pages import runs_of

TEXT = """+++
title = "Mine"
minutes = 3
summary = "One step."

[[steps]]
address = "/playground?tau=0.3&steps=50&width=10"
show = ["seed"]
highlight = ["plane"]
+++

## One

Look at *this*.

### Question

More or
less?

- More
- Less

### What happened

{train_loss:.3f}
"""


def test_a_users_own_file_is_read_from_its_folder_and_read_again_when_it_changes(tmp_path):
    file = tmp_path / "mine.md"
    file.write_text(TEXT)
    (tmp_path / "Bad name.md").write_text(TEXT)
    (tmp_path / "broken.md").write_text("+++\n+++")
    found = own_lessons(str(tmp_path))
    [step] = found.lessons["mine"].steps
    assert (step.question, step.answers, step.page) == ("More or less?", ("More", "Less"), "playground")
    assert [sentence.partition(" is left out: ")[0] for sentence in found.notices] == ["Bad name.md", "broken.md"]
    file.write_text(TEXT.replace("Mine", "Yours"))
    assert own_lessons(str(tmp_path)).lessons["mine"].title == "Yours"
    assert "cannot be read" in own_lessons(str(tmp_path / "absent")).notices[0]


def test_a_folder_of_many_files_is_read_up_to_a_number_and_text_of_another_encoding_is_reported(tmp_path):
    for number in range(MAX_LESSONS + 1):
        (tmp_path / f"lesson-{number:03}.md").write_bytes(TEXT.encode() + (b"\xfc" if number == 1 else b""))
    found = own_lessons(str(tmp_path))
    assert len(found.lessons) == 99 and "lesson-099" in found.lessons and "lesson-100" not in found.lessons
    assert found.notices == (
        "LAZYRICH_LESSONS has 101 files, and the first 100 are read.",
        "lesson-001.md is left out: it is no text in UTF-8.",
    )


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("kept.test_loss", "it compares with a kept run that is not on the page"),
        ("test_loss(alpha=1)", "the run has no column alpha"),
        ("test_loss(seed=-1)", r"the run has no row with seed = -1\.0"),
        ("tau(seed=0)", "the run has no number tau"),
        ("method", "the run has no number method"),
        ("speed", "the run has no number speed"),
    ],
)
def test_a_number_missing_in_a_run_is_reported_with_the_cause(text, pattern):
    config = StudentTeacher(steps=20, width=4, samples=5, seeds=2)
    result = train(config)
    numbers = RunNumbers([(config, result.frames)])
    rows = result.curves[result.curves["step"] == 20].set_index("seed")["test_loss"]
    assert read("test_loss(seed=1)")(numbers) == rows[1] and read("tau * 10")(numbers) == 1.0
    with pytest.raises(Unknown, match=pattern):
        read(text)(numbers)


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        ("+++\n", "", "front matter"),
        ("minutes = 3", "minutes = ", "no TOML"),
        ("minutes = 3", "minutes = 0", "minutes"),
        ("minutes = 3", "hours = 3", "hours is no name that a lesson has"),
        ("[[steps]]", "[[step]]", r"no \[\[steps\]\]"),
        ("## One", "# One", "before the first step"),
        ("### Question", "### Ask", "Step 1, “One”: its sections"),
        ("- Less\n", "", "Step 1, answers"),
        ("- Less", "- More", "differ"),
        ("{train_loss:.3f}", "{train_loss", "Step 1, what happened cannot be read"),
        ("{train_loss:.3f}", "{__import__('os')}", "brackets after a name choose rows"),
        ("/playground?", "https://elsewhere.example/playground?", "a page of this app"),
        ("/playground?", "/study?", "no page /study"),
        ("tau=0.3", "see=grokking", "see must be one of student-teacher on /playground, got grokking"),
        ("tau=0.3", "&".join(["keep=tau%3D0.3"] * 5), "at most 4 runs can be kept, there are 5"),
        ("## One", "## Zero\n\nLook.\n\n## One", r"1 of \[\[steps\]\] and the text 2 sections"),
        ("tau=0.3", "tua=0.3", "tau"),
        ("tau=0.3", "tau=-3", "tau"),
        ("tau=0.3", "lesson=x", "lesson"),
        ('["plane"]', '["a b"]', "highlight"),
        ("Look at", "x" * 70_000, "at most 60,000 bytes"),
    ],
)
def test_an_invalid_lesson_is_refused_with_the_error_and_its_place(old, new, pattern):
    assert old in TEXT
    with pytest.raises(ValueError, match=pattern) as raised:
        read_lesson(TEXT.replace(old, new, 1))
    assert len(str(raised.value)) < 600


def test_the_lesson_in_the_documents_is_valid_and_shows_numbers_of_its_runs():
    [text] = document("docs/lessons.md").blocks("markdown")
    [step] = read_lesson(text).steps
    current, kept = runs_of(step.page, step.query)
    results = [train(config) for config in (current, *kept)]
    shown = read_outcome(step.outcome).written(RunNumbers([(one.config, one.frames) for one in results]))
    small, large = (result.curves["test_loss"].iloc[-1] for result in results)
    assert f"**{write(small)}** from the small start, **{write(large)}** from" in shown
    assert ("is better by" in shown) == (small < large)


def test_the_documents_have_notes_on_each_lesson():
    text = document("docs/lessons.md").text
    for name, lesson in shipped().items():
        assert f"### {lesson.title} (`{name}`, {lesson.minutes} minutes" in text


def test_markdown_is_plain_html_links_and_pictures_stay_text():
    text = "a **b** *c* `d` <script>x</script> [l](https://x) ![p](y) $z$\n\n- one\n  more\n- two"
    first, second = blocks(text)
    assert [(one["style"], one["text"]) for one in first["items"][0]] == [
        ("plain", "a "), ("strong", "b"), ("plain", " "), ("em", "c"), ("plain", " "), ("code", "d"),
        ("plain", " <script>x</script> [l](https://x) ![p](y) $z$"),
    ]  # fmt: skip
    assert [[span["text"] for span in item] for item in second["items"]] == [["one more"], ["two"]]


def test_the_link_of_start_opens_the_first_step_with_its_settings_and_controls():
    assert first_step().items() >= {"lesson": "which-one-learns", "step": "1", "tau": "2", "show": "seed"}.items()

"""The page "My runs" in Streamlit's own test runner: runs of other pages, kept, annotated, deleted and downloaded."""

from dataclasses import replace
from urllib.parse import parse_qs

from harness.waiting import eventually
from lazyrich import StudentTeacher, train
from lazyrich.run_archive.recorded_run import EXPERIMENTS, RecordedRun
from lazyrich.run_archive.writing import archive
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.my_runs.places import PLACES
from lazyrich.web.page.upload_widget import example
from tests.pages.scripts import APP, move, opened, state, unfold, watching

SMALL = {"steps": "30", "samples": "6", "test_samples": "5", "width": "4"}


def visited():
    """A visitor who has run two settings in the playground, both to their end, on the page."""
    app = opened("playground", tau="0.5", **SMALL)
    to_its_end(app)
    move(app, "student-teacher.tau", 1.0)
    to_its_end(app)
    app.switch_page("pages/my_runs.py").run()
    assert not app.exception
    return app


def follow(app, link):
    """Go where a link of the page leads, as a browser does."""
    for name in list(app.query_params):
        del app.query_params[name]
    for name, values in parse_qs(link.query_string).items():
        app.query_params[name] = values
    app.switch_page("pages/playground.py").run()
    assert not app.exception


def to_its_end(app):
    """Watch the run on the page until it is over."""
    with watching(app, "student-teacher") as run:
        eventually(lambda: run.over, seconds=60)


def blocks(app):
    return [one.proto.body for one in app.get("html") if 'my-run"' in one.proto.body]


def test_runs_are_listed_noted_kept_and_deleted():
    app = visited()
    newest, oldest = blocks(app)
    assert "τ 1" in newest and "τ 0.5" in oldest and "finished at" in newest and "test loss" in newest
    app.text_input(key="my-runs.note.1").set_value("for the talk").run()
    app.button(key="my-runs.keep.1").click().run()
    app.button(key="my-runs.keep.1").click().run()
    assert [one.value for one in app.warning] == ["This run is kept already."]
    app.switch_page("pages/playground.py").run()
    assert [one.tau for one in state(app, "student-teacher").kept] == [0.5]
    app.switch_page("pages/my_runs.py").run()
    assert app.text_input(key="my-runs.note.1").value == "for the talk"
    app.selectbox(key="my-runs.order").set_value("τ").run()
    assert [("τ 0.5" in one) for one in blocks(app)] == [True, False]
    app.toggle(key="my-runs.largest").set_value(True).run()
    assert [("τ 0.5" in one) for one in blocks(app)] == [False, True]
    # back to a run on a page that has others meanwhile, and with what is kept there
    app.button(key="my-runs.keep.2").click().run()
    links = [one.proto for one in app.get("page_link") if one.proto.label == "Open"]
    follow(app, next(one for one in links if one.query_string.startswith("tau=0.5")))
    assert state(app, "student-teacher").config.tau == 0.5
    assert sorted(one.tau for one in state(app, "student-teacher").kept) == [1.0]
    app.switch_page("pages/my_runs.py").run()
    app.button(key="my-runs.delete.2").click().run()
    assert len(blocks(app)) == 1 and not app.exception


def test_archives_are_opened_again_and_other_files_refused_in_a_sentence():
    app = visited()
    content = archive([entry.for_archive for entry in app.session_state["my-runs"].entries])
    other = opened("my_runs")
    assert "Nothing has been run yet" in other.info[0].value
    other.file_uploader[0].set_value(("runs.zip", content, "application/zip")).run()
    assert [one.value for one in (*other.success, *other.error)] == ["2 runs opened from runs.zip."]
    newest, oldest = blocks(other)
    assert "τ 1" in newest and "from runs.zip" in oldest and 'alt="test loss over time' in oldest
    other.file_uploader[0].set_value(("runs.zip", b"tau,delta", "application/zip")).run()
    assert other.error[0].value.startswith("runs.zip is no archive of runs") and len(blocks(other)) == 2
    # a run that this visitor has not trained is kept on a page that they have not opened
    other.button(key="my-runs.keep.1").click().run()
    other.switch_page("pages/playground.py").run()
    assert [one.tau for one in state(other, "student-teacher").kept] == [0.5] and not other.exception


def test_a_note_of_an_archive_is_shown_in_the_row_that_was_there_without_one():
    app = visited()
    noted = [replace(entry.for_archive, note=f"note {entry.number}") for entry in app.session_state["my-runs"].entries]
    assert app.text_input(key="my-runs.note.1").value == ""
    app.file_uploader[0].set_value(("runs.zip", archive(noted), "application/zip")).run()
    assert [app.text_input(key=f"my-runs.note.{number}").value for number in (1, 2)] == ["note 1", "note 2"]


def test_a_long_list_is_shown_in_parts_kept_as_far_as_a_page_goes_and_deleted_whole():
    config = StudentTeacher(steps=30, samples=6, test_samples=5, width=4)
    first = RecordedRun.of(train(config))
    settings = [first.settings | {"tau": round(0.1 + number / 100, 2)} for number in range(14)]
    app = opened("my_runs")
    content = archive([replace(first, settings=one) for one in settings])
    app.file_uploader[0].set_value(("runs.zip", content, "application/zip")).run()
    assert len(blocks(app)) == 12 and app.button(key="my-runs.more").label == "Show more (2)"
    app.button(key="my-runs.more").click().run()
    assert len(blocks(app)) == 14 and not [one for one in app.button if one.key == "my-runs.more"]
    for number in range(1, 6):
        app.button(key=f"my-runs.keep.{number}").click().run()
    assert [one.value for one in app.warning] == [plain("4 runs are kept on its page: drop one there first.")]
    app.button(key="my-runs.clear").click().run()
    assert not blocks(app) and "Nothing has been run yet" in app.info[0].value and not app.exception


def test_a_page_with_other_data_than_a_run_shows_a_note():
    app = opened("playground", tau="0.5", **SMALL)
    to_its_end(app)
    unfold(app, "student-teacher")
    app.file_uploader[0].set_value(("mine.csv", example(), "text/csv")).run()
    to_its_end(app)

    def offered():
        app.switch_page("pages/my_runs.py").run()
        links = {one.proto.label: one.proto for one in app.get("page_link") if one.proto.label.startswith("Open")}
        keep = [app.button(key=f"my-runs.keep.{number}") for number in (1, 2)]
        return [one.disabled for one in keep], [one.help for one in keep], links["Open on other data"].help

    disabled, helps, opening = offered()
    assert disabled == [True, False] and helps[0] == opening
    assert opening.startswith("This run learned from drawn data, and its page holds your own now")
    app.switch_page("pages/playground.py").run()
    app.button(key="student-teacher.back").click().run()
    disabled, helps, opening = offered()
    assert disabled == [False, True] and helps[1] == opening
    assert "its page does not hold them now: bring the file there first." in opening and not app.exception


def test_every_experiment_has_its_place():
    assert PLACES.keys() == EXPERIMENTS.keys()
    assert {place.file for place in PLACES.values()} <= {
        f"pages/{path.name}" for path in (APP.parent / "pages").glob("*")
    }

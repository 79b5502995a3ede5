"""The list of a visitor's runs: new entries, kept frames, and removals within its limits."""

from __future__ import annotations

import gc
from dataclasses import replace
from threading import Thread
from types import SimpleNamespace
from weakref import ref

import pytest

from lazyrich import LinearNetwork, StudentTeacher
from lazyrich.config.limits import Limits
from lazyrich.own_data import OVERRULED, Bounds, OwnStudent, Preparation, parse, prepare
from lazyrich.run_archive.recorded_run import RecordedRun
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.web.page.my_runs import rows as list_rows
from lazyrich.web.page.my_runs.rows import NEWEST, OLDEST, PAGE, block, orders, rows_of, sorted_rows
from lazyrich.web.page.my_runs.run_list import RunList

SMALL = StudentTeacher(steps=20, samples=6, test_samples=5, width=4)
LINK = "http://localhost:8501/playground?tau=0.1"


def trained(config, frames: int | None = None) -> Run:
    """A run with its frames, over unless their number is given."""
    run = Run(config, 120.0)
    run.start()
    for number, frame in enumerate(config.frames()):
        if number == frames:
            return run
        run.receive(frame)
    run.end(Event.FINISH)
    return run


def listed(*configs, **limits) -> RunList:
    runs = RunList(Limits(**limits))
    for config in configs:
        runs.add(trained(config), config, LINK)
    runs.settle()
    return runs


def test_last_numbers_are_kept_and_the_frames_are_freed():
    runs, run = RunList(Limits()), trained(SMALL)
    runs.add(run, SMALL, LINK)
    runs.add(run, SMALL, LINK)
    last = run.frames[-1].metrics
    runs.settle()
    [entry] = runs.entries
    assert entry.recorded.final == pytest.approx({name: last[name] for name in entry.recorded.final})
    assert {"test_loss", "kernel_distance"} <= entry.recorded.final.keys() and entry.for_archive.link == LINK
    gone = ref(run)
    del run
    gc.collect()
    assert gone() is None, "the list holds the run and its frames"


def test_a_running_run_is_listed_with_its_progress_and_a_stopped_one_with_its_end():
    runs, run = RunList(Limits()), trained(SMALL, frames=5)
    runs.add(run, SMALL, LINK)
    runs.settle()
    [row] = rows_of(runs.entries)
    assert "still training" in block(row) and row.recorded.curves.shape[0] == 5
    run.end(Event.STOP, "Stopped; the frames so far are kept.")
    runs.settle()
    [row] = rows_of(runs.entries)
    step = row.recorded.curves["step"].iloc[-1]
    assert f"stopped at {row.recorded.moment}" in block(row) and row.recorded.moment.endswith(f"(step {step})")
    again = trained(SMALL)
    runs.add(again, SMALL, LINK)
    runs.settle()
    [entry] = runs.entries
    assert entry.recorded.status == "finished", "the same settings trained again made another entry"


def test_the_oldest_leave_a_full_list_and_curves_go_before_runs():
    configs = [SMALL.changed(seed=seed) for seed in range(5)]
    runs = listed(*configs, listed_runs=3)
    assert [entry.config.seed for entry in runs.entries] == [2, 3, 4] and runs.left == 2
    one = listed(SMALL).nbytes / 1e6
    runs = listed(*configs, list_mb=3.8 * one)
    had = [entry.recorded.curves is not None for entry in runs.entries]
    assert had == sorted(had) and 0 < sum(had) < 5 and runs.nbytes <= 3.8e6 * one
    assert all("polyline" in entry.recorded.picture.svg and entry.recorded.final for entry in runs.entries)
    assert "curves left out" in block(rows_of(runs.entries)[0])
    # memory of other lists counts too, and is free when they are gone
    del runs
    first = listed(*configs, all_lists_mb=5.5 * one)
    second = listed(SMALL.changed(seed=9), SMALL.changed(seed=10), all_lists_mb=5.5 * one)
    assert sum(entry.recorded.curves is not None for entry in second.entries) == 0
    del first
    gc.collect()
    second.add(trained(SMALL.changed(seed=11)), SMALL.changed(seed=11), LINK)
    second.settle()
    assert second.entries[-1].recorded.curves is not None


def test_an_archive_is_taken_in_once_with_its_notes():
    runs = listed(SMALL, SMALL.changed(tau=1.0))
    runs.note(1, "first")
    kept = [entry.for_archive for entry in runs.entries]
    other = listed(SMALL)
    assert other.take_in(kept, "runs.zip") == 1 and other.take_in(kept, "runs.zip") == 0
    assert [(entry.config.tau, entry.note) for entry in other.entries] == [(0.1, "first"), (1.0, "")]
    assert other.entries[1].began == runs.entries[1].began
    unknown = replace(kept[0], settings={"tau": 99})
    assert other.take_in([unknown], "old.zip") == 1 and other.entries[-1].config is None
    assert "This version does not take its settings." in block(rows_of(other.entries)[-1])
    with pytest.raises(ValueError, match="has 2 runs, and this list has room for 1"):
        RunList(Limits(listed_runs=1)).take_in(kept, "runs.zip")


def test_rows_name_differing_settings_and_are_sorted_by_these_or_by_numbers():
    taus = (1.0, 0.1, 0.5)
    runs = listed(*(SMALL.changed(tau=tau) for tau in taus))
    rows = rows_of(runs.entries)
    assert [row.settings_text for row in rows] == [f"τ {tau:g}" for tau in taus]
    names = orders(rows)
    assert {NEWEST, OLDEST, "τ", "test loss"} <= set(names)
    assert [row.settings["τ"] for row in sorted_rows(rows, "τ")] == sorted(taus)
    assert [row.settings["τ"] for row in sorted_rows(rows, NEWEST)] == list(taus[::-1])
    losses = [row.numbers["test loss"] for row in sorted_rows(rows, "test loss", largest_first=True)]
    assert losses == sorted(losses, reverse=True)
    [alone] = rows_of(listed(StudentTeacher(steps=30, samples=6, test_samples=5, width=4)).entries)
    assert "Steps 30" in alone.settings_text


def test_lists_are_sorted_by_page_and_times_are_shown_in_suitable_units(monkeypatch):
    runs = listed(SMALL, LinearNetwork(steps=20, start="random", width=4, dimension=3), SMALL.changed(tau=1.0))
    rows = rows_of(runs.entries)
    places = [row.place for row in rows]
    assert len(set(places)) == 2 and [row.place for row in sorted_rows(rows, PAGE)] == sorted(places)
    assert [row.place for row in sorted_rows(rows, PAGE, largest_first=True)] == sorted(places, reverse=True)
    entry = runs.entries[0]
    for seconds, age in ((59, "just now"), (60, "1 min ago"), (3599, "59 min ago"), (7300, "2 h ago")):
        monkeypatch.setattr(list_rows, "time", SimpleNamespace(monotonic=lambda s=seconds: entry.asked + s))
        assert age in block(rows_of(runs.entries)[0])


def test_a_cleared_list_is_empty_and_missing_runs_cannot_be_noted_or_deleted():
    runs = listed(SMALL, SMALL.changed(tau=1.0), listed_runs=1)
    assert runs.left == 1 and runs.nbytes > 0
    runs.note(99, "nobody")
    runs.delete(99)
    assert [entry.note for entry in runs.entries] == [""]
    runs.clear()
    assert (len(runs.entries), runs.left, runs.nbytes) == (0, 0, 0)


def test_texts_from_outside_are_escaped():
    recorded = RecordedRun("student-teacher", SMALL.model_dump(mode="json"), "stopped", moment="<img src=x>")
    runs = RunList(Limits())
    runs.take_in([recorded], '<script>"x"</script>.zip')
    shown = block(rows_of(runs.entries)[0])
    assert "<script" not in shown and "<img src=x" not in shown and "&lt;script&gt;" in shown


def on_own_data(config: StudentTeacher, samples: int = 10) -> OwnStudent:
    rows = "".join(f"{i / 9},{1 - i / 7},{(i / 9) ** 2}\n" for i in range(samples))
    given = parse("mine.csv", f"x,z,y\n{rows}".encode(), Bounds.of(StudentTeacher, megabytes=1))
    return OwnStudent.of(config, prepare(given, Preparation()))


def test_a_run_on_own_data_is_noted_with_the_settings_of_the_page_and_without_the_data():
    own = on_own_data(SMALL)
    runs, run = RunList(Limits()), trained(own)
    runs.add(run, SMALL, LINK)
    [entry] = runs.entries
    assert entry.config == SMALL and entry.recorded.own == ("task",)
    assert "on your own data" in block(rows_of(runs.entries)[0])
    assert entry.recorded.config.samples == own.samples and "noise" not in entry.recorded.settings


def test_settings_overruled_by_own_data_are_not_listed():
    runs = RunList(Limits())
    for page in (SMALL, SMALL.changed(noise=0.2, samples=7, tau=1.0)):
        runs.add(trained(on_own_data(page)), page, LINK)
    assert [row.settings_text for row in rows_of(runs.entries)] == ["τ 0.1", "τ 1"]
    drawn = SMALL.changed(noise=0.3)
    runs.add(trained(drawn), drawn, LINK)
    other = SMALL.changed(noise=0.4)
    runs.add(trained(other), other, LINK)
    rows = rows_of(runs.entries)
    assert [set(row.settings) for row in rows[1:3]] == [{"τ"}, {"τ", "noise"}]
    # the same for a run from an archive
    again = RunList(Limits())
    again.take_in([runs.entries[1].for_archive], "runs.zip")
    [alone] = rows_of(again.entries)
    parameters = StudentTeacher.parameters()
    assert not {parameters[name].symbol for name in OVERRULED} & set(alone.settings)
    assert {"τ", parameters["steps"].symbol} <= set(alone.settings)


def test_a_run_without_weights_is_recorded_and_one_that_cannot_be_read_breaks_no_other(caplog):
    light, broken = trained(on_own_data(SMALL)), trained(on_own_data(SMALL, samples=12))
    whole = light.result()
    light.drop_weights()
    broken.frames[0] = replace(broken.frames[0], header=replace(broken.frames[0].header, arrays={}))
    runs = RunList(Limits())
    for run in (broken, light, trained(SMALL)):
        runs.add(run, SMALL, LINK)
    runs.settle()
    unread, own, drawn = runs.entries
    assert own.recorded.settings == RecordedRun.of(whole).settings and own.recorded.settings["dimension"] == 2
    assert unread.now is None and "its result cannot be read" in block(rows_of(runs.entries)[0])
    assert drawn.recorded.final and "cannot be read" in caplog.text


def test_two_runs_of_a_pages_script_may_use_a_list_at_the_same_time():
    runs, others, listed = RunList(Limits()), [], False
    second = trained(StudentTeacher(steps=20, samples=6, test_samples=5, width=4, seed=9))

    class Meanwhile(Run):
        """A run that is asked whether it is over while another thread changes the list."""

        @property
        def over(self):
            if listed and not others:
                others.append(Thread(target=lambda: runs.add(second, second.config, LINK)))
                others[0].start()
                others[0].join(0.2)
            return False

    first = Meanwhile(SMALL, 120.0)
    runs.add(first, SMALL, LINK)
    listed = True
    runs.settle()
    others[0].join(10)
    assert [entry.config.seed for entry in runs.entries] == [0, 9]


def test_a_list_keeps_no_run_from_being_freed():
    runs, run = RunList(Limits()), trained(SMALL, frames=5)
    runs.add(run, SMALL, LINK)
    assert rows_of(runs.entries)[0].recorded is not None
    gone = ref(run)
    del run
    gc.collect()
    assert gone() is None, "the list holds a run in training"
    runs.settle()
    assert "dropped by the server" in block(rows_of(runs.entries)[0])
    # of one that its viewer had left, what there was of it stays
    run = trained(SMALL.changed(seed=1), frames=5)
    run.join()
    run.leave(until=0.0)
    runs.add(run, run.config, LINK)
    moment = RecordedRun.of(run.result()).moment
    del run
    gc.collect()
    runs.settle()
    assert f"stopped at {moment}" in block(rows_of(runs.entries)[1])

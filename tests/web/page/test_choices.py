"""The next seed, the stops of a slider, colours of a map, and available downloads."""

from __future__ import annotations

import pytest

from lazyrich import PhasePortrait, SingleNeuron, StudentTeacher
from lazyrich.config.limits import MB
from lazyrich.experiments.single_neuron.final_distances import FinalDistances
from lazyrich.replay import recording
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.web.components.live_chart import Shown
from lazyrich.web.page import downloads
from lazyrich.web.page.choices.seeds import MAX_SEED, next_seed
from lazyrich.web.page.choices.stops import nearest_stop
from lazyrich.web.page.start_map import _words

BASE = StudentTeacher(steps=20, samples=6, test_samples=5, width=4)


def of_seeds(*seeds: int) -> list[StudentTeacher]:
    return [BASE.changed(seed=seed) for seed in seeds]


@pytest.mark.parametrize(
    ("config", "kept", "seed"),
    [
        (BASE.changed(seed=4), [], 5),
        (BASE.changed(seed=4), of_seeds(5, 6), 7),
        (BASE.changed(seed=4), of_seeds(6, 5), 7),
        (BASE.changed(seed=4), [BASE.changed(seed=5, tau=0.5)], 5),
        (BASE.changed(seed=4, seeds=8), [], 12),
        (BASE.changed(seed=MAX_SEED), [], 0),
        (BASE.changed(seed=MAX_SEED - 1), of_seeds(MAX_SEED, 0), 1),
        # a kept run of eight seeds must have them too
        (BASE.changed(seed=MAX_SEED - 7), [BASE.changed(seed=MAX_SEED - 7, seeds=8)], 0),
        (SingleNeuron(), [], None),
    ],
)
def test_the_next_seed_is_one_that_no_run_of_the_page_has_trained(config, kept, seed):
    assert next_seed(config, kept) == seed


@pytest.mark.parametrize(
    ("name", "before", "sent", "stop"),
    [
        ("delta", 0.0, 0.333, 0.35),
        ("delta", 0.0, -0.01, 0.0),
        ("delta", 0.0, 77.0, 2.0),
        ("width", 50, 51.2, 52),
        ("tau", 0.1, 0.104, 0.1),
        ("tau", 0.1, 0.169, 0.16),
        ("tau", 0.173, 0.172, 0.173),  # where it stands is a stop too
        ("tau", 0.1, 1e9, 10.0),
        ("steps", 1000, 1600.0, 2000),
    ],
)
def test_a_number_from_a_browser_is_taken_at_the_nearest_stop(name, before, sent, stop):
    found = nearest_stop(StudentTeacher.parameters()[name], before, sent)
    assert (found, type(found)) == (stop, type(stop))


def test_the_map_of_starts_has_a_note_if_the_run_above_has_other_data():
    for data in ("whitened", "correlated"):
        config = SingleNeuron(data=data)
        assert ("The map is for whitened data" in _words(config, FinalDistances(config))) == (data == "correlated")


def ended(config, frames: int | None = None) -> Run:
    run = Run(config, 120.0)
    run.start()
    for frame in list(config.frames())[:frames]:
        run.receive(frame)
    run.end(Event.FINISH)
    return run


def test_a_file_is_refused_where_it_is_too_large_or_its_weights_are_gone(monkeypatch):
    run, limit = ended(BASE), [1000.0 * MB]
    monkeypatch.setattr(downloads, "largest_download", lambda: limit[0])
    suffixes = ("csv", "parquet", "npz", "json", "html")
    assert [downloads._why_not(run, suffix) for suffix in suffixes] == [""] * 5
    limit[0] = 100.0
    refused = [bool(downloads._why_not(run, suffix)) for suffix in suffixes]
    assert refused == [False, False, True, False, True]
    assert downloads._why_not(run, "npz").startswith("More than ")
    limit[0] = 1000.0 * MB
    run.drop_weights()
    assert downloads._why_not(run, "npz").startswith("The server let go of the weights for want of memory")
    monkeypatch.setattr(recording, "MAX_BYTES", 100)
    assert downloads._why_not(run, "html") and not downloads._why_not(ended(BASE, 0), "html")


def test_the_estimated_memory_of_a_file_grows_with_its_contents():
    run, portrait = ended(BASE), ended(PhasePortrait(x_points=2, y_points=2, seeds=1, at=(10,), base=BASE.changed()))
    assert downloads._cost(run, "npz") == run.nbytes
    assert downloads._cost(run, "html") > recording.row_bytes(run.frames)
    written = len(portrait.result().curves.to_csv(index=False))
    assert written < downloads._cost(portrait, "csv") and downloads._cost(run, "csv") > downloads._cost(
        ended(BASE, 3), "csv"
    )


def test_a_replay_has_the_first_kept_runs_that_fit_beside_the_run(monkeypatch):
    run, kept = ended(BASE), [ended(BASE.changed(seed=seed)) for seed in (1, 2)]
    empty = ended(BASE.changed(seed=3), 0)
    shown = [Shown(one, f"seed {one.config.seed}", place) for place, one in enumerate([kept[0], empty, kept[1]], 1)]
    each = recording.row_bytes(run.frames)
    for room, labels in ((10 * each, ["seed 1", "seed 2"]), (2 * each, ["seed 1"]), (each, [])):
        monkeypatch.setattr(recording, "MAX_BYTES", room)
        assert [one.label for one in downloads._playing(run, shown)] == labels

"""Archives of runs: read as written, also by other programs; invalid files are refused in a sentence."""

from __future__ import annotations

import io
import json
import math
import tracemalloc
import warnings
import zipfile
import zlib

import pandas as pd
import pytest

from harness.small_runs import SMALL
from lazyrich import StudentTeacher, open_runs, save_runs, train
from lazyrich.results.result import Result
from lazyrich.run_archive import BadArchive, RecordedRun, table
from lazyrich.run_archive.reading import Bounds, memory_to_read, read_runs
from lazyrich.run_archive.recorded_run import EXPERIMENTS
from lazyrich.run_archive.table import read_table
from lazyrich.run_archive.writing import archive
from lazyrich.studies.live.config import SeedComparison

SHARED = "samples=6,width=6,test_samples=20,steps=40,learning_rate=0.001,tau=0.5"
RUN = train(StudentTeacher(**SMALL["student-teacher"], tau=0.3))


@pytest.fixture(scope="module")
def recorded():
    """A run of each kind: of one network, of several, and of two settings over seeds."""
    configs = [StudentTeacher(**SMALL["student-teacher"], tau=0.3)]
    configs += [EXPERIMENTS[name](**SMALL[name]) for name in ("deep-network", "hierarchy")]
    notes = ["for the talk, “τ = 0.3” <b>&amp;", "", ""]
    found = [RecordedRun.of(train(one), note) for one, note in zip(configs, notes, strict=True)]
    versus = SeedComparison(a="delta=1", b="delta=-1", shared=SHARED, seeds=2)
    return [*found, RecordedRun.of(Result(versus, list(versus.frames())))]


def test_a_written_archive_reads_back_equal(recorded, tmp_path):
    save_runs(tmp_path / "runs.zip", recorded)
    again = open_runs(tmp_path / "runs.zip")
    assert [run.config for run in again] == [run.config for run in recorded]
    for found, wanted in zip(again, recorded, strict=True):
        pd.testing.assert_frame_equal(found.curves, wanted.curves, check_exact=True)
        for name in ("status", "moment", "verdict", "final", "environment", "note", "began"):
            assert getattr(found, name) == getattr(wanted, name), name
        assert found.picture == wanted.picture
    assert archive(again) == archive(recorded) == (tmp_path / "runs.zip").read_bytes()


def test_any_program_can_read_an_archive_and_its_numbers_agree_with_the_run(tmp_path):
    save_runs(tmp_path / "runs.zip", [RUN])
    with zipfile.ZipFile(tmp_path / "runs.zip") as file:
        record = json.loads(file.read("manifest.json"))
        curves = pd.read_csv(io.BytesIO(file.read(record["runs"][0]["curves"])))
    assert (record["format"], record["schema"]) == ("lazyrich runs", 1)
    [run] = record["runs"]
    assert run["settings"]["tau"] == 0.3 and run["status"] == "finished" and run["moment"].endswith("(step 20)")
    assert run["final"]["test_loss"] == RUN.curves["test_loss"].iloc[-1] == curves["test_loss"].iloc[-1]


def test_a_run_without_frames_and_a_long_note_are_refused():
    with pytest.raises(ValueError, match="wait for its first one"):
        RecordedRun.of(Result(StudentTeacher(), []))
    with pytest.raises(ValueError, match="note must have up to 500 characters, got 501"):
        RecordedRun.of(RUN, note="x" * 501)


def packed(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def manifest(change=lambda record: None) -> bytes:
    """The archive of RUN with its manifest changed."""
    with zipfile.ZipFile(io.BytesIO(archive([RecordedRun.of(RUN)]))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    record = json.loads(members["manifest.json"])
    change(record)
    return packed(members | {"manifest.json": json.dumps(record)})


def settings(**changed):
    return manifest(lambda record: record["runs"][0].update(changed))


def more(name: str, content: bytes | str = b"") -> bytes:
    with zipfile.ZipFile(io.BytesIO(manifest())) as file:
        return packed({one: file.read(one) for one in file.namelist()} | {name: content})


def damaged() -> bytes:
    whole = bytearray(manifest())
    whole[80:120] = bytes(40)
    return bytes(whole)


def manifest_text() -> str:
    with zipfile.ZipFile(io.BytesIO(manifest())) as file:
        return file.read("manifest.json").decode()


def twice() -> bytes:
    """An archive with two manifests, the second one later in the file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made, warnings.catch_warnings(action="ignore"):
        for _ in range(2):
            made.writestr("manifest.json", manifest_text())
    return file.getvalue()


def encrypted() -> bytes:
    """An archive whose table of contents says that its first member has a password."""
    whole = bytearray(manifest())
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


BOMB = 50_000_000

REFUSED = {
    "a table": (b"tau,delta\n1,2\n", "is no archive of runs: open a .zip"),
    "nothing": (b"", "is no archive of runs"),
    "another zip": (packed({"X.npy": b"1"}), "it holds X.npy, and no manifest.json"),
    "another manifest": (packed({"manifest.json": '{"name": "my app"}'}), "is that of another program"),
    "no JSON": (packed({"manifest.json": "{" * 100_000}), "its manifest.json is no JSON"),
    "a later schema": (manifest(lambda record: record.update(schema=2)), "has schema 2; this version reads schema 1"),
    "no runs": (manifest(lambda record: record.update(runs=7)), "has no list of runs"),
    "a path": (more("../../etc/passwd"), "which is no part of an archive of runs"),
    "a script": (more("curves/2.csv.py", "import os"), "which is no part of an archive of runs"),
    "a missing table": (packed({"manifest.json": zipfile.ZipFile(io.BytesIO(manifest())).read("manifest.json")}),
                        "curves/1.csv is missing"),
    "a table elsewhere": (settings(curves="/etc/passwd"), "names /etc/passwd as its curves; curves/1.csv is needed"),
    "a table of texts": (more("curves/1.csv", b"\xff\xfe"), "is no table of comma-separated values"),
    "a ragged table": (more("curves/1.csv", "a,b\n1,2\n3\n"), "has 1 columns in row 2 and 2 above"),
    "an unknown experiment": (settings(experiment="perceptron"), "run 1 is of perceptron"),
    "nested settings": (settings(settings={"tau": {"a": 1}}), "has settings that are none"),
    "a wrong status": (settings(status="fine"), "has status fine; one of waiting, running"),
    "a long note": (settings(note="x" * 501), "has no text as its note, or too long a one"),
    "a script as link": (settings(link="javascript:alert(1)"), "which is no address of a page"),
    "texts as numbers": (settings(final={"test_loss": "<b>"}), "has final numbers that are none"),
    "a bomb": (more("curves/1.csv", b"a\n" + b"1\n" * (BOMB // 2)), "unpacks to more than is read"),
    "a number that is none": (settings(settings={"tau": math.nan}), "has NaN in its manifest.json, which is no number"),
    "a number too large": (packed({"manifest.json": manifest_text().replace('"tau": 0.3', '"tau": 1e999')}), "no JSON"),
    "half a character": (settings(verdict="\ud800"), "is no Unicode (half a pair of surrogates)"),
    "a clock of texts": (more("curves/1.csv", "time,test_loss\n0,1\nlate,2\n"), "has texts in the column time"),
    "prose in a column": (more("curves/1.csv", "a\n" + "x" * 201), "has texts of more than 200 characters"),
    "another method": (packed({"manifest.json": b"{}"}, zipfile.ZIP_LZMA), "is packed in another way"),
    "damage": (damaged(), "damaged"),
    "two manifests": (twice(), "holds manifest.json twice: download it again"),
    "a password": (encrypted(), "is encrypted: write it without a password"),
    "many members": (packed({f"curves/{one}.csv": b"" for one in range(22)}), "holds more than 20 runs, which is the"),
    "a number for a run": (manifest(lambda record: record.update(runs=[7])), "run 1 is no run"),
    "an environment of numbers": (settings(environment={"device": 1}), "has an environment that is none"),
    "a name without end": (settings(final={"x" * 101: 1.0}), "has final numbers that are none"),
    "own data of another kind": (settings(own=["weights"]), "has own data of a kind that is none: ['weights']"),
    "two columns of one name": (more("curves/1.csv", "a,a\n1,2\n"), "names of columns that are missing, too long, too"),
    "a table of names": (more("curves/1.csv", "a,b\n"), "has no row"),
    "too many": (manifest(lambda record: record.update(runs=record["runs"] * 99)),
                 "holds 99 runs; at most 20 are read"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_no_archive_are_refused_in_a_sentence(name):
    content, sentence = REFUSED[name]
    with pytest.raises(BadArchive) as refused:
        read_runs("mine.zip", content, Bounds(runs=20, manifest=10**6, table=10**6, unpacked=2 * 10**6))
    message = str(refused.value)
    assert message.startswith("mine.zip") and sentence in message and message.endswith(".") and len(message) < 250


def test_a_header_with_a_wrong_size_is_refused():
    # both headers say that one byte is in there, and a megabyte comes out
    content = bytearray(more("curves/1.csv", b"a\n" + b"1\n" * 500_000))
    real = (1_000_002).to_bytes(4, "little")
    while (place := bytes(content).find(real)) >= 0:
        content[place : place + 4] = (1).to_bytes(4, "little")
    with pytest.raises(BadArchive, match=r"damaged|unpacks"):
        read_runs("mine.zip", bytes(content), Bounds(table=10**5))


@pytest.mark.parametrize("columns", [2, 100])
def test_a_small_file_of_many_numbers_takes_no_more_memory_than_is_charged(columns):
    """Ones and commas pack to nothing, and as texts and lists they would be 10 to 40 times their bytes."""
    line = ",".join("1" * columns) + "\n"
    table = ",".join(f"c{number}" for number in range(columns)) + "\n" + line * (100_000 // columns)
    content, bounds = more("curves/1.csv", table), Bounds.of_list(runs=10, held=4e6)
    assert len(content) < 10_000
    charged = memory_to_read("mine.zip", content, bounds)
    tracemalloc.start()
    try:
        [run] = read_runs("mine.zip", content, bounds)
        assert tracemalloc.get_traced_memory()[1] < charged < 15 * len(table)
    finally:
        tracemalloc.stop()
    assert run.curves.size == 100_000 and (run.curves == 1).all(axis=None)
    # of a list with less room it is not read at all, and one that is all names is refused as well
    with pytest.raises(BadArchive, match="has more than 50,000 numbers"):
        read_runs("mine.zip", content, Bounds(held=400_000))


def test_columns_keep_their_type_where_it_shows_only_late():
    rows = 30_000
    table = "whole,number,truth,text\n" + "7,7,True,1\n" * rows + "-7,0.1,False,one\n"
    found = read_table(table.encode())
    assert [column.dtype.kind for _, column in found.items()][:3] == ["i", "f", "b"]
    assert found["text"].tolist() == ["1"] * rows + ["one"]
    assert found.iloc[-1].tolist() == [-7, 0.1, False, "one"] and found["number"][0] == 7.0


def test_a_table_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    assert len(read_table(b"a\n1\n2\n3\n")) == 3
    with pytest.raises(table.BadTable, match="has more than 3 rows"):
        read_table(b"a\n1\n2\n3\n4\n")


def test_a_run_whose_curves_were_dropped_keeps_its_numbers_and_its_note():
    light = RecordedRun.of(RUN, note="for the talk").without_curves()
    [run] = read_runs("mine.zip", archive([light]), Bounds())
    assert run.curves is None and run.note == "for the talk" and run.config == RUN.config
    assert run.final["test_loss"] == RUN.curves["test_loss"].iloc[-1]
    assert repr(run) == f"<RecordedRun of student-teacher: finished, {run.moment}, 'for the talk'>"


def test_a_run_archived_in_training_is_a_stopped_one():
    running = Result(StudentTeacher(**SMALL["student-teacher"]), RUN.frames[:3], "running")
    [run] = read_runs("mine.zip", archive([RecordedRun.of(running)]), Bounds())
    assert run.status == "stopped" and run.message.startswith("It was still training")
    assert run.moment == RecordedRun.of(running).moment


def test_settings_unknown_to_this_version_are_reported_on_access():
    [run] = read_runs("mine.zip", settings(settings={"tau": 99.0}), Bounds())
    with pytest.raises(ValueError, match="tau must be a number between"):
        _ = run.config
    assert run.final and "polyline" not in run.picture.svg


def test_every_cut_and_every_flipped_byte_is_read_or_refused_in_a_sentence():
    whole = archive([RecordedRun.of(RUN, began="2026-01-01T00:00:00+00:00")])
    step = max(1, len(whole) // 150)
    for place in range(0, len(whole), step):
        flipped = bytearray(whole)
        flipped[place] ^= 0xFF
        for content in (whole[:place], bytes(flipped)):
            try:
                read_runs("mine.zip", content, Bounds())
            except BadArchive as refused:
                assert str(refused).startswith("mine.zip")
    again = archive([RecordedRun.of(RUN, began="2026-01-01T00:00:00+00:00")])
    assert zlib.crc32(whole) == zlib.crc32(again), "equal runs give equal files"

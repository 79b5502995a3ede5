"""Journals of long computations after a full disk, writes by another process, and damage."""

from __future__ import annotations

import errno
import fcntl
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.faults.full_disk import no_file_larger_than
from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.experiments.phase_portrait.parts import parts
from lazyrich.results.atomic_write import CannotWrite
from lazyrich.studies.runs.checkpoint import StudyCheckpoint
from lazyrich.studies.runs.jobs import Finished, jobs
from lazyrich.sweeps import computed
from lazyrich.sweeps.checkpoint import Checkpoint
from lazyrich.sweeps.files import read_portrait, read_record
from lazyrich.sweeps.journal import InUse, Journal, in_use
from lazyrich.sweeps.parts_file import finished_before

PORTRAIT = PhasePortrait(
    tau=(0.5, 1.0, 2), delta=(0, 1, 2), seeds=1, at=(3,), base=StudentTeacher(dimension=2, samples=4, width=2)
)


class Squares(Journal):
    """Parts are numbers with their squares."""

    kind = "squares"

    def __init__(self, path: Path):
        self.squares: dict[int, int] = {}
        super().__init__(path)

    @property
    def header(self) -> dict[str, str]:
        return {"of": "whole numbers"}

    @property
    def done(self) -> set[int]:
        return set(self.squares)

    def check(self, header: object) -> None:
        if header != self.header:
            raise self.wrong_kind_error()

    def take(self, line: dict[str, int]) -> None:
        self.squares[line["number"]] = line["square"]

    def add(self, number: int) -> None:
        self.write({"number": number, "square": number**2})


def test_a_full_disk_costs_the_part_that_did_not_fit_and_no_other(tmp_path):
    path = tmp_path / "squares"
    with Squares(path) as journal:
        journal.add(1)
        journal.add(2)
        before = path.read_bytes()
        with (
            no_file_larger_than(len(before) + 7),
            pytest.raises(CannotWrite, match=r"squares could not be written: .*\. The 2 parts before are kept\. Mend"),
        ):
            journal.add(3)
        assert path.read_bytes() == before and journal.done == {1, 2}
        journal.add(4)
    with Squares(path) as journal:
        assert journal.squares == {1: 1, 2: 4, 4: 16}


def test_a_journal_that_cannot_be_started_gives_the_reason(tmp_path):
    with pytest.raises(CannotWrite, match=r"could not be written: .*\. Mend that or choose another place"):
        Squares(tmp_path / "nowhere" / "squares")
    with no_file_larger_than(5), pytest.raises(CannotWrite, match=r"could not be written"):
        Squares(tmp_path / "squares")
    assert not in_use(tmp_path / "squares")
    with pytest.raises(ValueError, match="is no journal of squares: move it away"):
        Squares(tmp_path)


def test_one_process_at_a_time_holds_a_journal(tmp_path):
    path = tmp_path / "squares"
    assert not in_use(path) and not in_use(tmp_path)
    with Squares(path) as journal:
        assert in_use(path)
        with pytest.raises(InUse, match="is written to by another process: wait until that has ended"):
            Squares(path)
        journal.add(3)
    assert not in_use(path)
    with Squares(path) as journal:
        assert journal.squares == {3: 9}


def test_a_journal_removed_just_before_its_lock_is_created_again(tmp_path, monkeypatch):
    path, real = tmp_path / "squares", fcntl.flock
    with Squares(path) as journal:
        journal.add(7)
    removed = []

    def lock(file, how):
        if not removed:
            removed.append(path.unlink())
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", lock)
    with Squares(path) as journal:
        journal.add(2)
    assert removed and [json.loads(line) for line in path.read_text().splitlines()][1:] == [{"number": 2, "square": 4}]


def test_a_system_of_files_without_locks_has_journals_too(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", unknown)
    with Squares(tmp_path / "squares") as journal:
        journal.add(2)
        assert not in_use(tmp_path / "squares")
    with Squares(tmp_path / "squares") as journal:
        assert journal.squares == {2: 4}


def test_a_first_line_that_was_cut_short_is_taken_up_and_that_of_something_else_is_not(tmp_path):
    path = tmp_path / "squares"
    path.write_bytes(b'{"of": "who')
    with Squares(path) as journal:
        assert not journal.done
    path.write_bytes(b'{"of": "cubes')
    with pytest.raises(ValueError, match="is no journal of squares"):
        Squares(path)
    assert path.read_bytes() == b'{"of": "cubes'


def test_parts_of_a_portrait_that_do_not_fit_are_left_out_and_one_there_twice_counts_once(tmp_path):
    path = tmp_path / "portrait"
    with Checkpoint(path, PORTRAIT) as checkpoint:
        for finished in computed(PORTRAIT):
            checkpoint.add(finished)
        whole, seconds = checkpoint.done, checkpoint.seconds
    assert whole == set(range(len(parts(PORTRAIT))))
    lines = path.read_text().splitlines()
    part = json.loads(lines[1])
    short = part | {"columns": {name: column[:-1] for name, column in part["columns"].items()}}
    damaged = [json.dumps(one) for one in (part | {"part": -1}, part | {"part": "0"}, short, [1], part)]
    path.write_text("\n".join([lines[0], *damaged, *lines[1:], ""]))
    with Checkpoint(path, PORTRAIT) as checkpoint:
        assert checkpoint.done == whole and checkpoint.seconds == pytest.approx(seconds, rel=1e-12)


def test_a_portrait_with_other_parts_is_distinguished_from_one_with_other_settings(tmp_path):
    path = tmp_path / "portrait"
    Checkpoint(path, PORTRAIT).close()
    header = json.loads(path.read_text())
    for other in ({"portrait": "0"}, {"portrait": "0", "config": {"tau": 1}}, header | {"portrait": "0"}):
        path.write_text(json.dumps(other) + "\n")
        with pytest.raises(ValueError, match="begun by another version, with other parts: delete it to begin anew"):
            Checkpoint(path, PORTRAIT)


def test_runs_of_a_study_keep_their_numbers_to_the_bit_and_texts_and_others_are_left_out(tmp_path):
    path, all_jobs = tmp_path / "study", jobs([StudentTeacher(width=4)], 0, 10)
    rows = {
        "seed": np.array([0, 1]),
        "loss": np.array([0.1, np.nan]),
        "network": np.array(["linear", "ReLU"], dtype=object),
    }
    given = Finished(all_jobs[0], rows, {1: "It diverged."}, {"loss": 1 / 3}, {"start": "a"}, 2.5, {"device": "cpu"})
    with StudyCheckpoint(path, all_jobs) as checkpoint:
        checkpoint.add(given)
    lines = path.read_text().splitlines()
    line = json.loads(lines[1])
    loss, wrong = line["rows"]["loss"], [line | {"job": -1}, line | {"job": "0"}, line | {"job": 99}]
    wrong += [line | {"rows": line["rows"] | {"seed": column}} for column in (["7", "8"], ["0"])]
    wrong += [line | {"rows": line["rows"] | {"loss": {"dtype": "O", "data": loss["data"]}}}]
    path.write_text("\n".join([lines[0], *map(json.dumps, wrong), ""]))
    with StudyCheckpoint(path, all_jobs) as checkpoint:
        assert checkpoint.done == set()
    path.write_text("\n".join([*lines, ""]))
    with StudyCheckpoint(path, all_jobs) as checkpoint:
        [found] = checkpoint.finished
    assert {name: column.tolist() for name, column in found.rows.items() if name != "loss"} == {
        "seed": [0, 1],
        "network": ["linear", "ReLU"],
    }
    assert found.rows["loss"].tobytes() == rows["loss"].tobytes()
    assert (found.failed, found.zero_losses, found.seconds) == (given.failed, given.zero_losses, given.seconds)
    path.write_text('{"portrait": "0"}\n')
    with pytest.raises(ValueError, match="is no journal of a study"):
        StudyCheckpoint(path, all_jobs)


def test_truncated_or_other_files_are_refused_as_tables_and_kept(tmp_path):
    path = tmp_path / "portrait.parquet"
    for read in (read_portrait, read_record):
        with pytest.raises(FileNotFoundError):
            read(path)
    path.write_bytes(b"PAR1, and then nothing")
    for read in (read_portrait, read_record):
        with pytest.raises(ValueError, match="is no Parquet file, or was cut short or changed: compute it anew"):
            read(path)
    with pytest.raises(ValueError, match="holds something else: without --resume it would be replaced"):
        finished_before(str(path), {"tau": 1})
    for record in (b"{", b"[1]", b"\xff"):
        pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({"lazyrich": record}), path)
        assert read_record(path) == {} and read_portrait(path).attrs["lazyrich"] == {}
    with pytest.raises(ValueError, match="holds something else"):
        finished_before(str(path), {"tau": 1})

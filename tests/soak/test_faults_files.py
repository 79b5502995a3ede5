"""Files on a full disk, cut short, damaged, or of an older version: a sentence, no loss of data, and work continues."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.faults.full_disk import no_file_larger_than
from lazyrich import CannotWrite, PhasePortrait, StudentTeacher
from lazyrich.cli import main
from lazyrich.sweeps import Finished, computed, in_order
from lazyrich.sweeps.checkpoint import Checkpoint
from lazyrich.sweeps.files import read_portrait, read_record, write_table

CONFIG = PhasePortrait(
    tau=(0.2, 2.0, 3), delta=(-1, 1, 5), seeds=3, at=(10, 100), base=StudentTeacher(dimension=6, samples=40, width=10)
)
WORDS = [
    *("phase-portrait", "--tau", "0.2,2,3", "--delta", "-1,1,5", "--seeds", "3", "--at", "10,100"),
    *("--dimension", "6", "--samples", "40", "--width", "10", "--workers", "1"),
]


@pytest.fixture(scope="module")
def parts() -> list[Finished]:
    return list(computed(CONFIG))


@pytest.fixture(scope="module")
def whole(parts: list[Finished]) -> pd.DataFrame:
    return in_order(CONFIG, [part.table for part in parts])


@pytest.fixture(scope="module")
def written(parts: list[Finished], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A complete journal."""
    path = tmp_path_factory.mktemp("journal") / "journal"
    with Checkpoint(path, CONFIG) as checkpoint:
        for part in parts:
            checkpoint.add(part)
    return path.read_bytes()


def goes_on(path: Path, parts: list[Finished], whole: pd.DataFrame) -> None:
    """Continue a journal: its parts are correct, and the finished table is equal to the last bit."""
    with Checkpoint(path, CONFIG) as checkpoint:
        for part in parts:
            if part.part.number not in checkpoint.done:
                checkpoint.add(part)
        pd.testing.assert_frame_equal(in_order(CONFIG, checkpoint.tables), whole, check_exact=True)
    with Checkpoint(path, CONFIG) as checkpoint:
        assert len(checkpoint.done) == len(parts)


def examples(long: bool, check) -> None:
    """Check random examples: few, or many in the long form."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    settings(max_examples=2000 if long else 40, deadline=None, suppress_health_check=quiet, database=None)(check)()


def test_a_journal_cut_at_any_byte_is_continued(written, parts, whole, tmp_path, long):
    @given(st.integers(0, len(written)))
    def check(cut: int) -> None:
        path = tmp_path / "journal"
        path.write_bytes(written[:cut])
        goes_on(path, parts, whole)
        assert path.read_bytes().startswith(written[:cut][: written[:cut].rfind(b"\n") + 1])

    examples(long, check)


def test_a_damaged_line_of_a_journal_costs_its_own_part_and_no_other(written, parts, whole, tmp_path, long):
    header = written.index(b"\n") + 1
    lines = written[header:].splitlines(keepends=True)

    @given(
        st.integers(0, len(lines) - 1), st.sampled_from([b"", b"{}", b"[]", b"\0\0\0", b'{"part": 0}', b'"', b"\xff"])
    )
    def check(which: int, damage: bytes) -> None:
        path = tmp_path / "journal"
        changed = [*lines]
        changed[which] = damage + b"\n"
        path.write_bytes(written[:header] + b"".join(changed))
        with Checkpoint(path, CONFIG) as checkpoint:
            assert len(checkpoint.done) == len(parts) - 1
        goes_on(path, parts, whole)

    examples(long, check)


def test_journal_entries_of_unknown_parts_or_wrong_shape_are_ignored(written, parts, whole, tmp_path):
    header, *lines = written.splitlines(keepends=True)
    for change in (
        {"part": 10**6},
        {"part": -1},
        {"part": "0"},
        {"columns": {}},
        {"seconds": None},
        {"environment": 3},
    ):
        path = tmp_path / "journal"
        path.write_bytes(header + json.dumps(json.loads(lines[0]) | change).encode() + b"\n")
        with Checkpoint(path, CONFIG) as checkpoint:
            assert not checkpoint.done and not checkpoint.environments
        goes_on(path, parts, whole)


def test_files_that_are_no_journal_or_an_older_one_are_left_unchanged(written, tmp_path):
    path = tmp_path / "journal"
    header = json.loads(written.splitlines()[0])
    older = [
        {"portrait": "something", "config": {"tau": 1}},
        {"portrait": "something"},
        {"portrait": "something", "config": header["config"]},
    ]
    for content in (
        *(json.dumps(line).encode() + b"\n" for line in older),
        b"notes of mine",
        b"notes of mine\n",
        b"\0" * 9,
    ):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"is no journal of a phase portrait: move it away\.|was begun by another"):
            Checkpoint(path, CONFIG)
        assert path.read_bytes() == content


def test_a_portrait_cut_at_any_byte_is_refused_in_one_sentence(parts, whole, tmp_path, long):
    path = tmp_path / "portrait.parquet"
    write_table(path, whole, {"config": {}})
    content = path.read_bytes()

    @given(st.integers(0, len(content) - 1))
    def check(cut: int) -> None:
        path.write_bytes(content[:cut])
        for read in (read_portrait, read_record):
            with pytest.raises(
                ValueError, match=r"^[^\n]*is no Parquet file, or was cut short or changed: compute it anew\.$"
            ):
                read(path)

    examples(long, check)
    path.write_bytes(content)
    pd.testing.assert_frame_equal(read_portrait(path), whole, check_exact=True)


# ---- a full disk


def test_a_journal_on_a_full_disk_keeps_its_lines_and_continues_when_there_is_room(written, parts, whole, tmp_path):
    path = tmp_path / "journal"
    ends = [place + 1 for place, byte in enumerate(written) if byte == ord("\n")]
    for size in (1, ends[0] - 1, ends[0], ends[0] + 1, ends[1] + 100, ends[2] - 1):
        path.unlink(missing_ok=True)
        there = sum(end <= size for end in ends)
        with suppress(CannotWrite), no_file_larger_than(size):
            with Checkpoint(path, CONFIG) as checkpoint:
                for _ in range(2):  # a second attempt ends in the same way
                    with pytest.raises(CannotWrite, match=r"^[^\n]*could not be written: file too large\.[^\n]*$"):
                        for part in parts:
                            if part.part.number not in checkpoint.done:
                                checkpoint.add(part)
            assert there
        assert path.read_bytes() == written[: ends[there - 1] if there else 0]
        goes_on(path, parts, whole)


def test_a_table_larger_than_the_disk_leaves_the_old_one_and_no_other_file(whole, tmp_path):
    for name in ("portrait.parquet", "portrait.csv"):
        path = tmp_path / name
        path.write_bytes(b"old")
        with (
            no_file_larger_than(1000),
            pytest.raises(CannotWrite, match=r"^[^\n]*could not be written: file too large\."),
        ):
            write_table(path, whole, {})
        assert path.read_bytes() == b"old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["portrait.csv", "portrait.parquet"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 kB. Where mounting is not allowed, a folder with a limit of 8 kB for each file."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        with no_file_larger_than(8192):
            yield place
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_sweep_onto_a_full_disk_reports_it_and_is_resumed_when_there_is_room(small_disk, whole, capsys):
    out = small_disk / "portrait.parquet"
    assert main([*WORDS, "--out", str(out)]) == 1
    errors = capsys.readouterr().err
    assert "could not be written: " in errors and "Traceback" not in errors and len(errors.splitlines()) == 1
    assert [item.name for item in small_disk.iterdir()] == ["portrait.parquet.parts"]
    if subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], capture_output=True).returncode:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )
    assert main([*WORDS, "--out", str(out), "--resume"]) == 0
    pd.testing.assert_frame_equal(read_portrait(out), whole, check_exact=True)


def test_a_read_only_folder_is_refused_before_anything_is_computed(small_disk, capsys):
    if subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], capture_output=True).returncode:
        small_disk.chmod(0o500)
    assert main([*WORDS, "--out", str(small_disk / "portrait.parquet")]) != 0
    errors = capsys.readouterr().err
    assert "cannot be written there: choose another place" in errors or "could not be written" in errors
    assert not list(small_disk.iterdir())

"""Output paths that are no regular file, or lead to one: pipes, devices, links, open files."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from lazyrich import CannotWrite, Result, StudentTeacher, train
from lazyrich.results import export
from lazyrich.results.target import obstacle
from lazyrich.sweeps.files import write_table
from tests.results.writing import mode, write


@pytest.fixture(scope="module")
def result() -> Result:
    return train(StudentTeacher(width=4, samples=5, test_samples=6, steps=40))


def test_write_protected_files_are_refused_for_root_too(tmp_path, result):
    old = tmp_path / "run.csv"
    old.write_bytes(b"old")
    old.chmod(0o444)
    (tmp_path / "link.csv").symlink_to("run.csv")
    for name in ("run.csv", "link.csv"):
        assert "it is write-protected" in obstacle(tmp_path / name)
        with pytest.raises(CannotWrite, match=rf"^[^\n]*{name} could not be written: it is write-protected\.[^\n]*$"):
            result.to_csv(tmp_path / name)
    assert (old.read_bytes(), mode(old)) == (b"old", 0o444)
    assert sorted(os.listdir(tmp_path)) == ["link.csv", "run.csv"]


@contextmanager
def reader(path: Path) -> Iterator[list[bytes]]:
    """Read from a pipe during the block."""
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(path.read_bytes()))
    thread.start()
    yield got
    thread.join(30)


def test_a_named_pipe_is_written_into_in_every_format(tmp_path, result):
    expected = {
        "csv": export.curves_csv(result),
        "parquet": export.curves_parquet(result),
        "npz": export.arrays_npz(result),
        "json": export.config_json(result),
    }
    for suffix, content in expected.items():
        pipe = tmp_path / f"run.{suffix}"
        os.mkfifo(pipe)
        (tmp_path / f"link.{suffix}").symlink_to(pipe)
        for name in (pipe, tmp_path / f"link.{suffix}"):
            with reader(pipe) as got:
                export.write(result, name)
            assert got == [content]
        assert stat.S_ISFIFO(pipe.stat().st_mode)
    table = pd.DataFrame({"tau": [0.1], "delta": [1.0]})
    os.mkfifo(tmp_path / "portrait")
    with reader(tmp_path / "portrait") as got:
        write_table(tmp_path / "portrait", table, {})
    assert got == [b"tau,delta\n0.1,1.0\n"]
    assert not list(tmp_path.glob(".*"))


def test_devices_stay_devices(tmp_path, result):
    null, full = tmp_path / "null.csv", tmp_path / "full.csv"
    null.symlink_to("/dev/null")
    full.symlink_to("/dev/full")
    for path in ("/dev/null", null):
        result.to_csv(path)
    with pytest.raises(CannotWrite, match=r"^[^\n]*full\.csv could not be written: no space left on device\.[^\n]*$"):
        result.to_csv(full)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode) and stat.S_ISCHR(os.stat("/dev/full").st_mode)
    assert null.is_symlink() and full.is_symlink()


def test_an_open_file_is_written_on_where_it_is(tmp_path):
    """With `--out /dev/fd/3` and `>> run.csv` the old content stays, and later output follows the new content."""
    path = tmp_path / "run.csv"
    path.write_bytes(b"before,")
    with open(path, "ab") as file:
        (tmp_path / "link").symlink_to(f"/dev/fd/{file.fileno()}")
        for name in (f"/dev/fd/{file.fileno()}", f"/proc/self/fd/{file.fileno()}", tmp_path / "link"):
            write(name, b"new,")
        file.write(b"after")
    assert path.read_bytes() == b"before,new,new,new,after"
    with open(path, "rb") as file, pytest.raises(CannotWrite, match="was opened for reading only"):
        write(f"/dev/fd/{file.fileno()}")
    with pytest.raises(CannotWrite, match="could not be written: bad file descriptor"):
        write("/dev/fd/987")


def test_links_stay_links_also_without_a_target(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("far/c")
    write(tmp_path / "a")
    assert (tmp_path / "a").is_symlink() and (tmp_path / "b").is_symlink()
    assert (tmp_path / "far" / "c").read_bytes() == b"new"
    (tmp_path / "lost").symlink_to("nowhere/c")
    (tmp_path / "round").symlink_to("round")
    for name, reason in (("lost", "there is no folder .*nowhere"), ("round", "too many levels of symbolic links")):
        with pytest.raises(CannotWrite, match=reason):
            write(tmp_path / name)


def test_a_suffix_is_read_from_the_name_given_and_then_from_the_one_behind_its_links(tmp_path, result):
    (tmp_path / "run.txt").touch()
    (tmp_path / "link.csv").symlink_to("run.txt")
    export.write(result, tmp_path / "link.csv")
    assert (tmp_path / "run.txt").read_bytes() == export.curves_csv(result)
    (tmp_path / "latest").symlink_to("run.JSON")
    export.write(result, tmp_path / "latest")
    assert (tmp_path / "run.JSON").read_bytes() == export.config_json(result)
    with pytest.raises(ValueError, match=r"must end in \.parquet, \.csv, \.npz, \.json, \.html, got .*run\.txt"):
        export.write(result, tmp_path / "run.txt")


def test_a_reader_that_leaves_is_reported(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    thread = threading.Thread(target=lambda: io.FileIO(pipe).close())
    thread.start()
    with pytest.raises(CannotWrite, match="its reader has left"):
        write(pipe, bytes(10**6))
    thread.join(30)


def test_a_file_that_a_container_has_from_outside_gets_the_bytes(tmp_path):
    """Such a file is a mount point, so no file can be moved to its place."""
    outside, inside = tmp_path / "outside.csv", tmp_path / "inside.csv"
    outside.write_bytes(b"old, and longer")
    inside.touch()
    if subprocess.run(["mount", "--bind", outside, inside], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        write(inside)
        assert outside.read_bytes() == inside.read_bytes() == b"new"
    finally:
        subprocess.run(["umount", inside], check=True)
    assert sorted(os.listdir(tmp_path)) == ["inside.csv", "outside.csv"]


def test_a_pipe_that_does_not_wait_for_its_reader_gets_everything():
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    content, read = bytes(range(256)) * 2000, bytearray()

    def drain():
        while chunk := os.read(ours, 4096):
            read.extend(chunk)

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        write(f"/dev/fd/{theirs}", content)
    finally:
        os.close(theirs)
        thread.join(30)
        os.close(ours)
    assert bytes(read) == content

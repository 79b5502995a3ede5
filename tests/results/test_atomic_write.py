"""Files are replaced whole and keep their mode, owner and access list; places that cannot be written to are refused."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lazyrich import CannotWrite
from lazyrich.results import target
from lazyrich.results.atomic_write import whole_file
from lazyrich.results.target import obstacle
from tests.results.writing import mode, write

ROOT = Path(__file__).parents[2]
ROOT_USER = os.geteuid() == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may use, unlike the folders of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextmanager
def umask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def test_a_new_file_has_the_mode_of_the_umask_and_an_old_one_keeps_its_own(tmp_path):
    with umask(0o027):
        write(tmp_path / "new")
        assert mode(tmp_path / "new") == 0o640
        for bits in (0o600, 0o644, 0o664, 0o755, 0o200):
            old = tmp_path / f"{bits:o}"
            old.write_bytes(b"old")
            old.chmod(bits)
            with whole_file(old) as file:
                file.write(b"new")
                # nor may others read it before it is in its place
                [part] = tmp_path.glob(".*.part")
                assert mode(part) == 0o600
            assert mode(old) == bits and (bits == 0o200 or old.read_bytes() == b"new")


@pytest.mark.skipif(not ROOT_USER, reason="only root may give files away")
def test_owner_group_and_access_list_are_kept_where_the_system_allows_it(open_folder):
    old = open_folder / "run.csv"
    old.write_bytes(b"old")
    os.chown(old, 1234, 4321)
    old.chmod(0o640)
    os.setxattr(old, "user.note", b"of mine")
    write(old)
    state = old.stat()
    assert (state.st_uid, state.st_gid, mode(old)) == (1234, 4321, 0o640)
    assert os.getxattr(old, "user.note") == b"of mine"
    # for one who may not give it away: another group gets no more than everybody
    as_another(f"with whole_file({str(old)!r}) as file: file.write(b'third')")
    state = old.stat()
    assert (old.read_bytes(), state.st_uid, state.st_gid, mode(old)) == (b"third", 1234, 999, 0o600)


def as_another(lines: str) -> None:
    """Run lines of Python as a user who owns nothing but what the tests give them."""
    script = f"""
import os
from lazyrich.results.target import obstacle
from lazyrich.results.atomic_write import whole_file
os.setgroups([]); os.setgid(999); os.setuid(1234)
{lines}
"""
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "its name is empty"),
        ("folder", "it is a folder"),
        ("folder/", "its name is that of a folder"),
        ("run.csv/", "its name is that of a folder"),
        ("folder/..", "its name is that of a folder"),
        ("run.csv/x.csv", "not a directory"),
        ("nowhere/x.csv", "there is no folder .*nowhere"),
        ("x" * 252 + ".csv", "file name too long"),
        ("x/" * 2100 + "x.csv", "file name too long"),
        ("a\0b.csv", "its name holds a zero byte"),
        ("socket", "it is a socket, which is no place for a file"),
    ],
)
def test_invalid_output_paths_are_refused_in_one_sentence(tmp_path, monkeypatch, name, reason):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "run.csv").touch()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
        with pytest.raises(CannotWrite, match=rf"^[^\n]*could not be written: {reason}\.[^\n]*$"):
            write(name)
    assert re.search(reason, obstacle(name))
    assert sorted(os.listdir(tmp_path)) == ["folder", "run.csv", "socket"]


def test_names_of_any_kind_and_length_that_the_system_takes_are_written(tmp_path):
    names = [b"x" * 251 + b".csv", "学".encode() * 83 + b".csv", b"caf\xe9 \xff.csv", b"-.csv", b"two\nlines.csv"]
    for name in names:
        write(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    assert sorted(os.listdir(os.fsencode(tmp_path))) == sorted(names)


@pytest.mark.skipif(not ROOT_USER, reason="needs another user")
def test_unwritable_folders_of_others_are_refused_before_anything_is_computed(open_folder):
    """Runs as another user, since root may write everywhere."""
    for folder, bits in (("closed", 0o555), ("shared", 0o1777)):
        (open_folder / folder).mkdir()
        (open_folder / folder).chmod(bits)
        (open_folder / folder / "run.csv").write_bytes(b"old")
        (open_folder / folder / "run.csv").chmod(0o666)
    as_another(
        f"""
os.chdir({str(open_folder)!r})
assert "lets no file be made in it" in obstacle("closed/run.csv")
assert "lets no file be made in it" in obstacle("closed/new.csv")
assert "only its owner may replace it" in obstacle("shared/run.csv")
assert obstacle("shared/new.csv") == ""
"""
    )


def test_a_file_that_cannot_be_moved_into_place_leaves_the_old_one(tmp_path, monkeypatch):
    def replace(part, path):
        raise PermissionError(errno.EACCES, "permission denied")

    path = tmp_path / "run.csv"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(CannotWrite, match=r"run\.csv could not be written: permission denied\."):
        write(path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["run.csv"]


@pytest.mark.skipif(not ROOT_USER, reason="needs files of another user")
@pytest.mark.parametrize(("before", "after"), [(0o640, 0o600), (0o664, 0o644), (0o4775, 0o755), (0o2750, 0o700)])
def test_a_file_that_loses_its_owner_or_group_gets_no_wider_access(tmp_path, monkeypatch, before, after):
    def refused(*_):
        raise PermissionError(errno.EPERM, "operation not permitted")

    path = tmp_path / "run.csv"
    path.touch()
    os.chown(path, 12345, 12346)
    path.chmod(before)
    monkeypatch.setattr(os, "fchown", refused)
    write(path)
    assert path.read_bytes() == b"new" and mode(path) == after and path.stat().st_uid == os.geteuid()


def test_a_system_without_access_lists_keeps_the_mode(tmp_path, monkeypatch):
    path = tmp_path / "run.csv"
    path.touch()
    path.chmod(0o640)
    monkeypatch.delattr(os, "listxattr", raising=False)
    write(path)
    assert path.read_bytes() == b"new" and mode(path) == 0o640


def test_a_whole_disk_and_a_folder_of_others_are_no_places(tmp_path, monkeypatch):
    with pytest.raises(OSError, match="it is a whole disk, whose content would be lost"):
        target._check_kind(stat.S_IFBLK | 0o660)
    (tmp_path / "run.csv").touch()
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, how: how != os.W_OK | os.X_OK and allowed(path, how))
    assert obstacle(tmp_path / "run.csv") == f"the folder {tmp_path} lets no file be made in it"
    monkeypatch.undo()
    if ROOT_USER:
        os.chown(tmp_path / "run.csv", 12345, -1)
        os.chown(tmp_path, 12346, -1)
        tmp_path.chmod(0o1777)
        for user, reason in (
            (0, ""),
            (12345, ""),
            (12346, ""),
            (12347, f"in the folder {tmp_path} only its owner may"),
        ):
            monkeypatch.setattr(os, "geteuid", lambda user=user: user)
            assert obstacle(tmp_path / "run.csv").startswith(reason) and bool(obstacle(tmp_path / "run.csv")) == bool(
                reason
            )

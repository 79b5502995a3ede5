"""Atomic writing of files: completely or not at all.

    with whole_file("run.parquet") as file:
        file.write(b"...")

The bytes go into a temporary file in the same folder, which is moved into place when all are on the disk. A full disk,
an interrupt or a power cut leaves the old file. The new file has the mode, the access list and, where the system
allows it, the owner and the group of the one that it replaces. A pipe, a device or an open file of this process cannot
be replaced: the bytes are written into it once all of them are available.
"""

from __future__ import annotations

import errno
import io
import os
import select
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO
from uuid import uuid4

from lazyrich.results.target import Target, reason_of

__all__ = ["CannotWrite", "reason_of", "whole_file"]


class CannotWrite(OSError):
    """Error of a file that could not be written, with a sentence for people. An old file is unchanged.

    A pipe or a device may have received the first part.
    """


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Yield a file to write to, which is at `path` once the block has ended.

    A link stays a link, and the file that it points to is replaced. Opening a named pipe waits for a reader.

    Raises:
        CannotWrite: If the system does not allow it, or `path` is write-protected, a folder or a disk.
    """
    try:
        target = Target.at(path)
        with _into(target) if target.is_stream else _beside(target) as file:
            yield file
    except BrokenPipeError as error:
        raise CannotWrite(f"{path} could not be written to its end: its reader has left.") from error
    except OSError as error:
        reason = reason_of(error)
        raise CannotWrite(f"{path} could not be written: {reason}. Mend that or choose another place.") from error


@contextmanager
def _beside(target: Target) -> Iterator[IO[bytes]]:
    """A new file in the same folder, which takes the place of the target in the end."""
    folder, name = os.path.split(target.path)
    # a name may have 255 bytes, of which a character takes up to four
    part = os.path.join(folder, f".{name[:32]}.{uuid4().hex[:8]}.part")
    try:
        # a file that others may not read is never open to them, not even while it is written
        mode = 0o666 if target.state is None else 0o600
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            if target.state is not None:
                _protect(file.fileno(), target.path, target.state)
            os.fsync(file.fileno())
        _move(part, target.path)
        _settle(folder)
    finally:
        with suppress(OSError):
            os.unlink(part)


def _move(part: str, path: str) -> None:
    """Move a new file into place.

    A single file that a container mounts from outside cannot be replaced: the bytes are then written into it.
    """
    try:
        os.replace(part, path)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EXDEV):
            raise
        shutil.copyfile(part, path)


def _protect(new: int, old: str, state: os.stat_result) -> None:
    """Give a new file the owner, the group, the mode and the access list of an old one."""
    mode = stat.S_IMODE(state.st_mode)
    if (state.st_uid, state.st_gid) != (os.fstat(new).st_uid, os.fstat(new).st_gid):
        with suppress(OSError):
            os.fchown(new, -1, state.st_gid)
        with suppress(OSError):
            os.fchown(new, state.st_uid, -1)
        now = os.fstat(new)
        if now.st_gid != state.st_gid:
            # a group that differs gets only the rights of everybody
            mode = mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
        if (now.st_uid, now.st_gid) != (state.st_uid, state.st_gid):
            mode &= ~(stat.S_ISUID | stat.S_ISGID)
    with suppress(OSError):  # not every system of files has modes; without, it is closed to others
        os.fchmod(new, mode)
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(old):
                with suppress(OSError):
                    os.setxattr(new, name, os.getxattr(old, name))


@contextmanager
def _into(target: Target) -> Iterator[IO[bytes]]:
    """Yield a buffer whose bytes are written to a pipe or a device at the end, because some formats need to seek."""
    buffer = io.BytesIO()
    yield buffer
    for stream in (sys.stdout, sys.stderr):
        # flush earlier output first, to keep the order
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if target.descriptor is None:
        descriptor = os.open(target.name, os.O_WRONLY | os.O_NOCTTY)
    else:
        # duplicated, because reopening a file would write from its beginning
        descriptor = os.dup(target.descriptor)
    try:
        left = buffer.getbuffer()
        while left:
            try:
                left = left[os.write(descriptor, left) :]
            except BlockingIOError:
                select.select([], [descriptor], [])
    finally:
        os.close(descriptor)


def _settle(folder: str) -> None:
    """Flush the folder to disk, so that the new name is safe before the sources of the file are deleted."""
    with suppress(OSError):  # not every system lets a folder be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""What is at the place that a file is to be written to, and whether it can be written there.

    target = Target.at("run.parquet")
    target.is_stream, target.path

Asked before hours of training, and once more when the file is written.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["Target", "is_stream", "obstacle", "reason_of", "suffix_of"]

MAX_LINKS = 40
"""Links that are followed one after another, as many as Linux follows."""


@dataclass(frozen=True)
class Target:
    """A place to write to.

    name: as it was given. path: the same without links, where a regular file is made or replaced. state: of what is
    there, None if there is nothing yet. descriptor: the open file of this process that the name stands for, as
    /dev/stdout and /dev/fd/3 do; None for any other name.
    """

    name: str
    path: str
    state: os.stat_result | None
    descriptor: int | None

    @classmethod
    def at(cls, name: str | os.PathLike[str]) -> Target:
        """Look at a place.

        Whether a file is write-protected is read from its mode, so that it holds for root as well.

        Raises:
            OSError: With the reason in words, if no file can be written there.
        """
        text = os.fsdecode(name)
        _check_name(text)
        descriptor = _descriptor(text)
        try:
            state = os.stat(text) if descriptor is None else os.fstat(descriptor)
        except FileNotFoundError:
            state = None
        target = cls(text, os.path.realpath(text), state, descriptor)
        target._check()
        return target

    @property
    def is_stream(self) -> bool:
        """Whether the bytes are written into what is there: a pipe, a device, an open file of this process."""
        return self.descriptor is not None or (self.state is not None and not stat.S_ISREG(self.state.st_mode))

    def _check(self) -> None:
        if self.descriptor is not None:
            _check_descriptor(self.descriptor)
        if self.state is not None:
            _check_kind(self.state.st_mode)
            if self.descriptor is None and not (_has_write_bit(self.state) and os.access(self.path, os.W_OK)):
                raise PermissionError(errno.EACCES, "it is write-protected")
        if not self.is_stream:
            self._check_folder()

    def _check_folder(self) -> None:
        """A new file is made beside the old one, so the folder has to let files be made, and be replaced."""
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(errno.ENOENT, f"there is no folder {folder}")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, f"the folder {folder} lets no file be made in it")
        if self.state is not None and hasattr(os, "geteuid"):
            of_folder = os.stat(folder)
            owners = (0, self.state.st_uid, of_folder.st_uid)
            if of_folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners:
                raise PermissionError(errno.EACCES, f"in the folder {folder} only its owner may replace it")


def obstacle(name: str | os.PathLike[str]) -> str:
    """Say why no file can be written at `name`, as "it is write-protected"; empty if nothing speaks against it."""
    try:
        Target.at(name)
    except OSError as error:
        return reason_of(error)
    return ""


def reason_of(error: OSError) -> str:
    """Say what the system has against a file."""
    reason = error.strerror or str(error) or type(error).__name__
    # what the system says begins with a capital, what is said here may hold the name of a folder
    return reason[:1].lower() + reason[1:]


def suffix_of(name: str | os.PathLike[str], known: Collection[str], stream: str = ".csv") -> str:
    """Read the kind of a file from its name: one of the suffixes in `known`, or "" if it has none of them.

    The name as given counts first, then the one behind its links. A pipe or a device without such a name, such as
    /dev/stdout, is of the kind `stream`.
    """
    text = os.fsdecode(name)
    for path in (text, os.path.realpath(text)):
        suffix = os.path.splitext(path)[1].lower()
        if suffix in known:
            return suffix
    return stream if is_stream(text) else ""


def is_stream(name: str | os.PathLike[str]) -> bool:
    """Whether what is at `name` is written into, not replaced; see Target.is_stream."""
    with suppress(OSError):
        return Target.at(name).is_stream
    return False


def _check_name(name: str) -> None:
    if not name:
        raise FileNotFoundError(errno.ENOENT, "its name is empty")
    if "\0" in name:
        raise OSError(errno.EINVAL, "its name holds a zero byte")
    if os.path.basename(name) in ("", os.curdir, os.pardir):
        raise IsADirectoryError(errno.EISDIR, "its name is that of a folder")


def _check_kind(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if stat.S_ISSOCK(mode):
        raise OSError(errno.ENXIO, "it is a socket, which is no place for a file")
    if stat.S_ISBLK(mode):
        raise OSError(errno.EPERM, "it is a whole disk, whose content would be lost")


def _has_write_bit(state: os.stat_result) -> bool:
    """Root may write to any file: the mode tells what its owner wants."""
    return bool(state.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def _check_descriptor(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, which has no such names
        return
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, f"descriptor {descriptor} was opened for reading only")


def _descriptor(name: str) -> int | None:
    """The number of the open file of this process that a name stands for, through any links; None if it is another."""
    process = os.getpid()
    own = re.compile(rf"(?:/dev/fd|/proc/{process}/fd|/proc/{process}/task/\d+/fd)/(\d+)")
    for _ in range(MAX_LINKS):
        folder, last = os.path.split(name)
        name = os.path.join(os.path.realpath(folder), last)
        if found := own.fullmatch(name):
            return int(found[1])
        try:
            name = os.path.join(os.path.dirname(name), os.readlink(name))
        except OSError:
            return None
    return None

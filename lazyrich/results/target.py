"""Checks of the path that a file is written to: what is there, and whether it can be written.

    target = Target.at("run.parquet")
    target.is_stream, target.path

Commands check it before hours of training, and again when the file is written.
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
"""Largest number of links that are followed one after another, as on Linux."""


@dataclass(frozen=True)
class Target:
    """A place to write to.

    Attributes:
        name: The name as given.
        path: The name with links resolved, where a regular file is created or replaced.
        state: Status of the existing file, None if there is none.
        descriptor: Number of the open file of this process that the name denotes, such as /dev/stdout and /dev/fd/3;
            None for any other name.
    """

    name: str
    path: str
    state: os.stat_result | None
    descriptor: int | None

    @classmethod
    def at(cls, name: str | os.PathLike[str]) -> Target:
        """Inspect a place.

        Write protection is read from the mode of a file, so that it holds for root as well.

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
        """Return whether bytes are written into the existing target: a pipe, a device, an open file of this process."""
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
        """Raise OSError unless the folder allows files to be created and replaced, as a temporary file is needed."""
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
    """Return why no file can be written at `name`, such as "it is write-protected"; empty if one can."""
    try:
        Target.at(name)
    except OSError as error:
        return reason_of(error)
    return ""


def reason_of(error: OSError) -> str:
    """Return the system's reason against a file, in words."""
    reason = error.strerror or str(error) or type(error).__name__
    # lower the first letter of the system's message; our own may begin with the name of a folder
    return reason[:1].lower() + reason[1:]


def suffix_of(name: str | os.PathLike[str], known: Collection[str], stream: str = ".csv") -> str:
    """Return the suffix of a file's name that is in `known`, or "" if it has none of them.

    The name as given takes precedence over the target of its links. For a pipe or a device without such a suffix, such
    as /dev/stdout, return `stream`.
    """
    text = os.fsdecode(name)
    for path in (text, os.path.realpath(text)):
        suffix = os.path.splitext(path)[1].lower()
        if suffix in known:
            return suffix
    return stream if is_stream(text) else ""


def is_stream(name: str | os.PathLike[str]) -> bool:
    """Return whether the file at `name` is written into, not replaced; see Target.is_stream."""
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
    """Return whether the mode allows writing. Root may write to any file, but the mode is the owner's intention."""
    return bool(state.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def _check_descriptor(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, which has no such names
        return
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, f"descriptor {descriptor} was opened for reading only")


def _descriptor(name: str) -> int | None:
    """Return the number of the open file of this process that a name denotes, through any links; else None."""
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

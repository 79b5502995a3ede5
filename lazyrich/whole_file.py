"""Files that are written all or nothing.

    with whole_file("run.parquet") as file:
        file.write(b"...")

The bytes go beside the file's place and are moved there when all of them are on the disk. A full disk, an interrupt or
a power cut leaves what was there before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4


class CannotWrite(OSError):
    """A file could not be written, with a sentence for people. What was at its place before is untouched."""


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write to, at `path` once the block has ended. Raises CannotWrite where the system does not allow it."""
    # a link stays a link: the file that it points to is what gets replaced
    target = Path(path).resolve()
    part = target.with_name(f".{target.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
        _settle(target.parent)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = f"there is no folder {target.parent}" if missing else reason_of(error)
        raise CannotWrite(f"{path} could not be written: {reason}. Mend that or choose another place.") from error
    finally:
        with suppress(OSError):
            part.unlink()


def reason_of(error: OSError) -> str:
    """What the system has against it, in words."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def _settle(folder: Path) -> None:
    """Have the new name on the disk as well, so that what it was made from may be deleted."""
    with suppress(OSError):  # not every system lets a folder be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

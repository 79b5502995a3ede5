"""Write a file as results are written, and read its mode."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lazyrich.results.atomic_write import whole_file


def write(path: str | os.PathLike[str], content: bytes = b"new") -> None:
    with whole_file(path) as file:
        file.write(content)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)

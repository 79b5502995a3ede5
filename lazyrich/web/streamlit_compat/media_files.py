"""A file that was made at a click stays until the visitor's browser has had the time to ask for it.

Streamlit knows no session that such a file belongs to, and drops it as soon as two scripts of whatever visitors have
ended since: in a full hall before the browser, which is told the address first, comes to fetch it.
"""

from __future__ import annotations

import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind

KEPT: Final = 20.0
"""Seconds. A browser asks at once; what it has begun to fetch comes whole, also when the file has gone meanwhile."""

_dropped: Final = MediaFileManager._get_inactive_file_ids
"""Streamlit's own choice of what to drop."""

_seen: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
"""What stands for a file, new each time it is made -> when it was first to be dropped."""


def keep_made_files() -> None:
    """From now on they are kept for KEPT seconds. There is no public way; to be called as often as you like."""
    MediaFileManager._get_inactive_file_ids = _old_enough  # type: ignore[assignment,method-assign]


def _old_enough(manager: MediaFileManager) -> set[str]:
    now = time.monotonic()
    return {id for id in _dropped(manager) if _age(manager._file_metadata[id], now) >= KEPT}


def _age(file: Any, now: float) -> float:
    """Seconds since a file was first to be dropped; what nobody downloads is as old as can be."""
    return now - _seen.setdefault(file, now) if file.kind == MediaFileKind.DOWNLOADABLE else float("inf")

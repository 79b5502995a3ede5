"""Keep a file that was made at a click until the visitor's browser has had the time to ask for it.

Private: `MediaFileManager._get_inactive_file_ids` is replaced; `MediaFileManager._file_metadata` and the kind of each
file in it (`MediaFileKind`) are read.
Why: Streamlit assigns such a file to no session, and drops it as soon as any two scripts have ended since: with many
visitors before the browser, which gets the address first, can fetch it.
Public way: none. An age below which `st.download_button` keeps a file that a function made would replace it.
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
"""Entry of a made file -> time at which Streamlit first wanted to drop it."""


def keep_made_files() -> None:
    """Keep files made at a click for KEPT seconds from now on; may be called again."""
    MediaFileManager._get_inactive_file_ids = _old_enough  # type: ignore[assignment,method-assign]


def _old_enough(manager: MediaFileManager) -> set[str]:
    now = time.monotonic()
    return {id for id in _dropped(manager) if _age(manager._file_metadata[id], now) >= KEPT}


def _age(file: Any, now: float) -> float:
    """Return the seconds since a file was first to be dropped; what nobody downloads is as old as can be."""
    return now - _seen.setdefault(file, now) if file.kind == MediaFileKind.DOWNLOADABLE else float("inf")

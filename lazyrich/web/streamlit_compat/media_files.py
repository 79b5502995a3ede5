"""Keep a file that is made at a click, and the function that makes it, until the visitor's browser has had time for it.

Private: `MediaFileManager._get_inactive_file_ids` and `._remove_orphaned_deferred_callables` are replaced; its
`_file_metadata` with the kind of each file (`MediaFileKind`), `_deferred_callables` and `_files_by_session_and_coord`
are read, and `_drop_deferred_id` is called.
Why: Streamlit assigns such a file to no session, and drops it as soon as any two scripts have ended since: with many
visitors before the browser, which gets the address first, can fetch it. It drops the function as soon as its page has
run again: a click on a button that the browser still shows then brings nothing.
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

CLICKED: Final = 5.0
"""Seconds from the end of a script until its buttons are no longer clicked: each browser has got the new ones."""

_dropped: Final = MediaFileManager._get_inactive_file_ids
"""Streamlit's own choice of what to drop."""

_seen: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
"""Entry of a made file -> time at which Streamlit first wanted to drop it."""

_unshown: WeakKeyDictionary[MediaFileManager, dict[str, float]] = WeakKeyDictionary()
"""Functions that no page shows any more, by id -> time at which Streamlit first wanted to drop them."""


def keep_made_files() -> None:
    """Keep files made at a click for KEPT seconds, and their functions for CLICKED; may be called again."""
    MediaFileManager._get_inactive_file_ids = _old_enough  # type: ignore[assignment,method-assign]
    MediaFileManager._remove_orphaned_deferred_callables = _drop_old_functions  # type: ignore[assignment,method-assign]


def _old_enough(manager: MediaFileManager) -> set[str]:
    now = time.monotonic()
    return {id for id in _dropped(manager) if _age(manager._file_metadata[id], now) >= KEPT}


def _age(file: Any, now: float) -> float:
    """Return the seconds since a file was first to be dropped; what nobody downloads is as old as can be."""
    return now - _seen.setdefault(file, now) if file.kind == MediaFileKind.DOWNLOADABLE else float("inf")


def _drop_old_functions(manager: MediaFileManager) -> None:
    now = time.monotonic()
    shown = {id for files in manager._files_by_session_and_coord.values() for id in files.values()}
    before = _unshown.get(manager, {})
    unshown = {id: before.get(id, now) for id in manager._deferred_callables if id not in shown}
    for id, since in unshown.items():
        if now - since >= CLICKED:
            manager._drop_deferred_id(id)
    _unshown[manager] = {id: since for id, since in unshown.items() if id in manager._deferred_callables}

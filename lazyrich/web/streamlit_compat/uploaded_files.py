"""Count the files that visitors have uploaded, and their bytes.

Private: `streamlit.runtime.get_instance().uploaded_file_mgr`, its `get_stats()` with the `CacheStat` entries in it, and
its `file_storage`, which maps a session to its files.
Why: Streamlit keeps every file in memory until its page is closed and has no limit on their number.
Public way: none. A limit for a session and one for the server, or counts on the metrics that a program can ask in
process, would replace it.
"""

from __future__ import annotations

from typing import Any

from streamlit import runtime
from streamlit.runtime.stats import CacheStat


def bytes_of_files() -> int:
    """Return the bytes of all files that are held now; 0 where no Streamlit server runs."""
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(stat.byte_length for family in stats.values() for stat in family if isinstance(stat, CacheStat))


def number_of_files(session: str) -> int:
    """Return how many files are held for a session, by the id in the address that it sends them to."""
    manager: Any = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    return len(getattr(manager, "file_storage", {}).get(session, ()))

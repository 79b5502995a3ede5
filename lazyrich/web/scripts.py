"""Pages run a few at a time, so that a class that opens one link in the same second does not stop the charts.

    with a_few_at_a_time():
        st.navigation(pages).run()

Each visitor's page runs on a thread of its own, and all threads share one interpreter. Fifty at once are done no sooner
than two after two, but then each of them is done last, and what sends the frames waits behind them all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

AT_ONCE: Final = 2
"""Pages that run at the same time. A second one uses the moments in which the first waits."""

PATIENCE: Final = 5.0
"""Seconds after which a page runs in any case: one that takes long must not hold up the others for ever."""

_places = threading.Semaphore(AT_ONCE)


@contextmanager
def a_few_at_a_time() -> Iterator[None]:
    """Wait for a place among the pages that run, and keep it while this one does."""
    entered = _places.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if entered:
            _places.release()

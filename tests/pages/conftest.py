"""One pool with one worker for all tests of pages: it trains the runs that pages start, without viewers."""

from collections.abc import Iterator

import pytest

from lazyrich.web.server.wiring import pool


@pytest.fixture(scope="session", autouse=True)
def workers() -> Iterator[None]:
    """Pages start the pool of this process; end its worker after the last test.

    In Streamlit's test runner all tests are one visitor, who therefore may start any number of runs.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LAZYRICH_WORKERS", "1")
        # what nobody looks at ends at the next check of the pool; `watching` in scripts.py looks
        environment.setenv("LAZYRICH_FIRST_VIEWER_SECONDS", "0.1")
        environment.setenv("LAZYRICH_GRACE_SECONDS", "0")
        environment.setenv("LAZYRICH_SESSION_STARTS", "10000")
        # pictures computed ahead of clicks have their own tests, in a browser
        environment.setenv("LAZYRICH_SESSION_PREVIEWS", "0")
        assert pool().limits.workers == 1, "the pool was made before"
    yield
    pool().stop()

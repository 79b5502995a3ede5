"""Pools for a single test each."""

from collections.abc import Callable, Iterator

import pytest

from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool


@pytest.fixture
def small() -> Iterator[Callable[..., RunPool]]:
    """Makes pools with limits of the test's own, on one thread, which starts at once."""
    pools = []

    def make(**limits: float) -> RunPool:
        pools.append(RunPool(Limits(**{"workers": 0, **limits})))
        pools[-1].start()
        return pools[-1]

    yield make
    for pool in pools:
        pool.stop()

"""Downloaded files are named by their contents."""

from __future__ import annotations

import pytest

from lazyrich.experiments import registry

QUICK = {
    "phase-portrait": {"x_points": 2, "y_points": 2, "seeds": 1, "samples": 20, "dimension": 5, "at": (100,)},
    "linear-or-relu": {"seeds": 1, "points": 5, "dimension": 4},
    "hierarchy": {"sizes": (64,), "seeds": 1},
}


@pytest.mark.parametrize("name", registry)
def test_the_file_of_arrays_is_named_after_its_contents(name: str) -> None:
    config = registry[name](**QUICK.get(name, {}))
    first = next(config.frames())
    assert ("eights" in config.array_content, "ata" in config.array_content) == (
        bool(first.arrays),
        bool(first.header.arrays),
    )

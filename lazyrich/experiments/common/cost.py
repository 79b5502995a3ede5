"""Rates of one core, for estimates made before a run starts.

Rounded down from `python -m benchmarks` on a two-core machine (Zen 4, torch 2.13, one thread): an estimate should err
on the slow side. Another machine may be two or three times off, which is what a limit on work needs to know and no
more.
"""

from typing import Final

GIGAFLOPS: Final = {"float64": 20.0, "float32": 45.0}
"""Matrix products of the sizes met here, 10^9 operations a second."""

OVERHEAD_SECONDS: Final = 15e-6
"""Seconds of the calls of a gradient step, its least cost at any size."""

BYTES_PER_SECOND: Final = 8e9
"""Memory traffic of element-wise passes over arrays larger than a cache."""

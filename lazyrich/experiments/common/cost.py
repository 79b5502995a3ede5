"""Rates of one core, for estimates made before a run starts.

Rounded down from `python -m benchmarks` on a two-core machine (Zen 4, torch 2.13, one thread), so that estimates err on
the slow side. Another machine may be two or three times faster or slower, which is accurate enough for a limit on work.
"""

from typing import Final

GIGAFLOPS: Final = {"float64": 20.0, "float32": 45.0}
"""Speed of matrix products of the sizes used here, 10^9 operations a second."""

OVERHEAD_SECONDS: Final = 15e-6
"""Seconds for the calls of a gradient step, its smallest cost at any size."""

BYTES_PER_SECOND: Final = 8e9
"""Memory traffic of element-wise passes over arrays larger than a cache, bytes a second."""

"""Settings compared over seeds, with valid statistics.

repeat(config)                  one setting, its curves with bands
compare(A, B)                   two settings, paired by seed
study(config, over={...})       one or two settings varied

repeating, comparing and studying yield the same result as it grows, after each run.
"""

from lazyrich.studies.comparison import Comparison
from lazyrich.studies.ensemble import Ensemble, repeat, repeating
from lazyrich.studies.grid import Study, study, studying
from lazyrich.studies.pairing import compare, comparing
from lazyrich.studies.plan import Plan

__all__ = [
    "Comparison",
    "Ensemble",
    "Plan",
    "Study",
    "compare",
    "comparing",
    "repeat",
    "repeating",
    "study",
    "studying",
]

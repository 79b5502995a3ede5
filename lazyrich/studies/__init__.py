"""Settings compared over seeds, with statistics that hold.

repeat(config)                  one setting, its curves with bands
compare(A, B)                   two settings, paired by seed
study(config, over={...})       one or two settings varied

repeating, comparing and studying give the same as it fills, after each run.
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

"""This engine beside its peers, in one run: `python -m benchmarks`, or `python -m benchmarks --quick` for a first look.

Every number is a ratio of CPU times on one thread, measured in interleaved rounds, so that other load on the machine
affects all alike. The table shows the required value beside each: 1 many students at once, 2 the small student of the
playground, 3 recording frames while training, 4 the kernel distance.
"""

import os

# set here, because numpy reads them once, at its first import
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

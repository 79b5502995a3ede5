"""This engine beside its peers, in one run: `python -m benchmarks`, or `python -m benchmarks --quick` for a first look.

Every number is a ratio of CPU times on one thread, measured in interleaved rounds, so that other load on the machine
meets all alike. What is needed of each stands beside it: 1 many students at once, 2 the small student of the
playground, 3 recording frames while training, 4 the kernel distance.
"""

import os

# here, because numpy reads them once, when it is first imported
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

"""Compare this engine with its peers in one run: `python -m benchmarks`, or `python -m benchmarks --quick` for less.

Every number is a ratio of CPU times on one thread, measured in interleaved rounds, so that other load on the machine
affects all alike. The table shows the required value beside each. Its items: 1 many students at once, 2 the small
student of the playground, 3 recording frames while training, 4 the kernel distance.
"""

import os

# set here, as numpy reads them once, at its first import
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

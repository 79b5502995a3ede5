"""The command line, as `python -m lazyrich`: see lazyrich.cli."""

from __future__ import annotations

import sys

from lazyrich.cli import main
from lazyrich.cli.process import run

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(run())

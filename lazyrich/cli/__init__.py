"""The command line.

    python -m lazyrich student-teacher --tau 0.1 --delta 1 --out run.parquet
    lazyrich student-teacher --help

Importing this brings nothing else: Ctrl-C is heard from the first moment on (lazyrich.cli.process).
"""

from __future__ import annotations

# what type checkers take it for
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line on `words`, those of the process if None, within this process; return the exit code."""
    from lazyrich.cli.commands import main

    return main(words)

"""The command line.

    python -m lazyrich student-teacher --tau 0.1 --delta 1 --out run.parquet
    lazyrich student-teacher --help

Importing this package loads nothing else, so that Ctrl-C is handled from the start (lazyrich.cli.process).
"""

from __future__ import annotations

# type checkers take this name for True
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line within this process.

    Args:
        words: Arguments of the command; None for those of the process.

    Returns:
        The exit code.
    """
    from lazyrich.cli.commands import main

    return main(words)

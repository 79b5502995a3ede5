"""Set up the process of a command: open streams, handled signals, and an exit without tracebacks."""

from __future__ import annotations

import os
import sys

from lazyrich.console import interrupts

__all__ = ["run"]


def run() -> int:
    """Run the command line of this process and return its exit code."""
    interrupts.listen()
    _open_streams()
    from lazyrich.cli.commands import main

    code: int | str | None
    try:
        code = main()
    except SystemExit as left:  # raised by argparse after --help, and for arguments that it cannot read
        code = left.code
    # Python takes a moment to exit, and would print a traceback for a signal in that time
    interrupts.ignore()
    return code if isinstance(code, int) else 0


def _open_streams() -> None:
    """Open standard input, output and error where they are closed.

    Otherwise the next file to be opened would get their file descriptor, and receive the output of libraries.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the lowest descriptor that is free, which is this one
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 (open until the end)

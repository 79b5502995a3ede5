"""Import modules once, then fork a program for each client that asks for one."""

import fcntl
import gc
import importlib
import io
import json
import locale
import os
import runpy
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

ABOVE = 200
"""Programs and clients use only file descriptors below this number."""


def serve(path: str) -> list[str]:
    """Wait for clients until standard input is closed. Returns in each forked program, with its arguments.

    A program whose client has gone is killed.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(path)
        listening.listen()
        print("ready", flush=True)
        running: dict[socket.socket, tuple[int, int]] = {}
        """The connection of a client -> its program: process id, and a descriptor that is readable after its end."""
        try:
            while True:
                ends = [end for _, end in running.values()]
                heard, _, _ = select.select([listening, sys.stdin, *running, *ends], [], [])
                if sys.stdin in heard:
                    sys.exit(0)
                for connection in [one for one, (_, end) in running.items() if one in heard or end in heard]:
                    end_one(connection, *running.pop(connection))
                if listening in heard:
                    connection, _ = listening.accept()
                    message, given, *_ = socket.recv_fds(connection, 1 << 20, 100)
                    ask = json.loads(message)
                    child = os.fork()
                    if child == 0:
                        become(ask, given)
                        for one in (listening, connection, *running):
                            one.detach()
                        running.clear()
                        return ask["words"]
                    for number in given:
                        os.close(number)
                    running[connection] = child, os.pidfd_open(child)
        finally:
            for connection, program in running.items():
                end_one(connection, *program)


def end_one(connection: socket.socket, program: int, end: int) -> None:
    """Kill a program unless it has ended, and send its exit code to its client unless that has gone."""
    signal.pidfd_send_signal(end, signal.SIGKILL)
    _, status = os.waitpid(program, 0)
    os.close(end)
    with connection, suppress(OSError):
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(ask: dict[str, Any], given: list[int]) -> None:
    """Take over the open files, the folder and the environment of a client."""
    held = [fcntl.fcntl(number, fcntl.F_DUPFD, ABOVE) for number in given]
    os.closerange(0, ABOVE)
    for number, above in zip(ask["numbers"], held, strict=True):
        os.dup2(above, number)
        os.close(above)
    os.chdir(ask["folder"])
    os.environ.clear()
    os.environ.update(ask["environment"])
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        made = stream(number) if number in ask["numbers"] else None
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def stream(number: int) -> io.TextIOWrapper:
    """Return a standard stream as Python makes it: see PYTHONIOENCODING and PYTHONUNBUFFERED in its manual."""
    bare = number > 0 and bool(os.environ.get("PYTHONUNBUFFERED"))
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    return io.TextIOWrapper(
        open(number, "wb" if number else "rb", 0 if bare else -1, closefd=False),
        encoding or locale.getencoding(),
        "backslashreplace" if number == 2 else errors or "strict",
        newline="\n" if number else None,
        line_buffering=number == 2 or os.isatty(number),
        write_through=bare,
    )


if __name__ == "__main__":
    _, path, *modules = sys.argv
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    words = serve(path)
    if words[0] == "-m":
        sys.argv[:] = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = words
        runpy.run_path(words[0], run_name="__main__")

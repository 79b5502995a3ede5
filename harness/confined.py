"""Start a command as confined as in the container, without one: it may write below one folder only, and has no rights.

    python confined.py FOLDER COMMAND...

The kernel enforces this for the command and all its children: Landlock (Linux 5.13 and later) for files, an empty
capability bounding set if root starts it, and no new privileges. Without Landlock the first line of output is "not
confined: ...", and the command is started all the same.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # numbers of system calls, the same on all architectures
VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
WRITING = WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # remove and create files and folders of all kinds
CAPBSET_READ, CAPBSET_DROP, SET_NO_NEW_PRIVS = 23, 24, 38

libc = ctypes.CDLL(None, use_errno=True)


def call(*arguments: object) -> int:
    """Make a system call. Raises OSError."""
    if (result := libc.syscall(*arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def only_write_below(folder: str) -> None:
    """From now on, allow writing only below a folder. Raises OSError if the kernel does not support it."""
    version = call(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    handled = WRITING | (TRUNCATE if version >= 3 else 0)
    rules = call(CREATE_RULESET, struct.pack("Q", handled), ctypes.c_size_t(8), 0)
    for path, allowed in ((folder, handled), ("/dev", handled & (WRITE_FILE | TRUNCATE))):
        place = os.open(path, os.O_PATH)
        call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
        os.close(place)
    call(RESTRICT_SELF, rules, 0)


def drop_capabilities() -> None:
    """Drop the capabilities that root would have after the next exec; other users have none."""
    capability = 0
    while libc.prctl(CAPBSET_READ, capability, 0, 0, 0) >= 0:
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
        capability += 1


if __name__ == "__main__":
    drop_capabilities()
    libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    try:
        only_write_below(sys.argv[1])
    except OSError as error:
        print(f"not confined: {error}", flush=True)
    os.execvp(sys.argv[2], sys.argv[2:])

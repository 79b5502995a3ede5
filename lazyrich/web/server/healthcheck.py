"""Check whether the app in this container is healthy: exit code 0 if it is, else 1.

    python lazyrich/web/server/healthcheck.py

Run it as a file, not as a module: it needs nothing but Python, and starts fast on a busy machine. It finds the app's
address where Streamlit finds its settings: on the app's command line (or in the arguments given here in its place),
then in the environment, then in .streamlit/config.toml.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import time
import tomllib
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

ROOT = Path(__file__).parents[3]
PROCESSES = Path("/proc")
SECONDS = 4.5
"""Seconds for all requests together; the container's check ends after 5 s."""

FLAG = re.compile(r"--server\.(\w+)(?:=(.*))?", flags=re.DOTALL)


def command() -> list[str]:
    """Return the arguments of the app's command line, [] if it is not found.

    It is that of process 1, or of a child of it if that only starts the app of this folder.
    """
    try:
        children = (PROCESSES / "1/task/1/children").read_text().split()
    except OSError:
        children = []
    for process in ("1", *children):
        try:
            words = (PROCESSES / process / "cmdline").read_text(errors="replace").split("\0")
            if (PROCESSES / process / "cwd").resolve() != ROOT:
                continue
        except OSError:
            continue
        if any("streamlit" in word for word in words[:3]) and "run" in words:
            return words
    return []


def flags(words: Sequence[str]) -> dict[str, str]:
    """Return the settings of the server in the words of a command, given as `--server.name=value` or in two words."""
    found = {}
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if flag := FLAG.fullmatch(word):
            found[flag[1]] = following if flag[2] is None else flag[2]
    return found


def setting(name: str, default: str, given: dict[str, str]) -> str:
    """Return a setting of the server, such as baseUrlPath."""
    variable = "STREAMLIT_SERVER_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
    for value in (given.get(name), os.environ.get(variable)):
        if value is not None:
            return value
    try:
        with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
            return str(tomllib.load(file)["server"][name])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return default


def addresses(given: dict[str, str]) -> list[str]:
    """Return where the health route may be: on the address that is set, or on the loopback of either protocol."""
    scheme = "https" if setting("sslCertFile", "", given) else "http"
    base = setting("baseUrlPath", "", given).strip("/")
    path = f"{'/' if base else ''}{quote(base)}/lazyrich/health"
    host = setting("address", "", given).strip("[]")
    local = ["127.0.0.1"] if host in ("", "0.0.0.0", "::") else []
    local += ["[::1]"] if host in ("", "::") else []
    hosts = local or [f"[{host}]" if ":" in host else host]
    return [f"{scheme}://{place}:{setting('port', '8501', given)}{path}" for place in hosts]


def ask(address: str, seconds: float) -> str:
    """Return what the health route says. Raises OSError or HTTPException if the app is not well or not there."""
    # the certificate is that of a name on the internet, not of the loopback that is asked here
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # a proxy that the environment names, as Docker hands it on, knows another loopback
    direct = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
    with direct.open(address, timeout=seconds) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    wrong, end = [], time.monotonic() + SECONDS
    for place in addresses(flags(sys.argv[1:] or command())):
        try:
            print(ask(place, max(0.1, end - time.monotonic())))
            sys.exit(0)
        except (OSError, HTTPException, ValueError) as error:  # an answer of 503 is an OSError
            wrong.append(f"{place}: {error}")
    sys.exit("\n".join(wrong))

"""Soak tests: load, faults, fuzz and proxy. Each test has a short and a long form.

    make test      short, with all other tests: seconds each
    make soak      long (`--long`), meant for 15 minutes in all, with a table of what was measured at the end

A test asks for `long` to choose its size and for `figure` to put a row into that table:

    def test_fifty_sessions(long, figure):
        sessions = 50 if long else 8
        ...
        figure("frames a second of the slowest session", f"{slowest:.1f}")

Figures are for reading only; an assertion must also hold on a slow machine.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

ROWS = pytest.StashKey[list[tuple[str, str, str]]]()


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether the tests run in their long form."""
    return bool(request.config.getoption("long"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """figure(name, value): add a row to the table at the end."""
    rows = request.config.stash.setdefault(ROWS, [])
    return lambda what, value: rows.append((request.node.name, what, str(value)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of figures after a long run."""
    rows = config.stash.get(ROWS, [])
    if not rows or not config.getoption("long"):
        return
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    terminalreporter.section("measured")
    for test, what, value in rows:
        terminalreporter.write_line(f"{test:<{widths[0]}}  {what:<{widths[1]}}  {value}")

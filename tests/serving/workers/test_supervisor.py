"""The supervisor's thread continues whatever happens in it."""

from __future__ import annotations

import logging

from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.workers import supervisor
from lazyrich.serving.workers.supervisor import Supervisor


def test_an_error_of_one_check_is_logged_and_the_next_check_comes(monkeypatch, caplog):
    monkeypatch.setattr(supervisor, "TICK", 0.01)
    checks = []

    def tick():
        checks.append(len(checks))
        if len(checks) == 2:
            raise ZeroDivisionError("unforeseen")

    with caplog.at_level(logging.ERROR):
        keeper = Supervisor(Limits(workers=0), [], lambda *_: True, lambda *_: None, tick)
        try:
            eventually(lambda: len(checks) > 4)
            assert keeper.trouble == []
            # a machine that was delayed, in the words of the health page
            monkeypatch.setattr(supervisor, "STALL_TIMEOUT", -1.0)
            assert keeper.trouble[0].startswith("The thread that keeps the workers has been held up for 0 s")
        finally:
            keeper.end(5.0)
    assert [record.message for record in caplog.records] == ["the supervisor of the workers goes on after an error"]
    assert keeper.trouble[0] == "The thread that keeps the workers has ended."

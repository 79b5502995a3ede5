"""Limits on how often a visitor's pages run and how many files are made, and the address that the app prints."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit import config

from lazyrich.serving.pool import Busy
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.web.server import welcome, wiring


@pytest.fixture
def clock(monkeypatch):
    """A clock that advances only during calls of `sleep`."""
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(wiring, "time", SimpleNamespace(sleep=sleep))
    return SimpleNamespace(now=now, slept=slept, read=lambda: now[0])


def test_a_visitor_who_runs_pages_too_fast_waits_for_the_next_one(clock, monkeypatch):
    reruns = RateLimit(60, seconds=2, clock=clock.read)
    monkeypatch.setattr(wiring, "token", lambda: "mine")
    monkeypatch.setattr(wiring, "sessions", lambda: SimpleNamespace(reruns={"mine": reruns}.__getitem__))
    for _ in range(4):
        wiring.throttle()
    assert clock.slept == [1.0, 1.0], "after two runs at once there must be one a second"


def test_files_are_made_up_to_a_total_size_in_a_minute(clock, monkeypatch):
    downloads = RateLimit(6000, clock=clock.read)
    monkeypatch.setattr(wiring, "_downloads", lambda: downloads)
    with wiring.making_file(4000):
        pass
    with pytest.raises(Busy, match="Many large files are being made") as refusal, wiring.making_file(4000):
        raise AssertionError("it is not made")
    assert refusal.value.retry_after == pytest.approx(20)
    clock.now[0] = 20.1
    with wiring.making_file(4000):
        pass


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "http://localhost:8501/"),
        ({"server.address": "0.0.0.0"}, "http://localhost:8501/"),
        ({"server.address": "::"}, "http://localhost:8501/"),
        ({"server.address": "::1", "server.port": 80}, "http://[::1]:80/"),
        ({"server.address": "0.0.0.0", "browser.serverAddress": "lab.example"}, "http://lab.example:8501/"),
        ({"server.sslCertFile": "a.pem", "server.baseUrlPath": "/lab/"}, "https://localhost:8501/lab/"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(options, expected):
    before = {name: (config.get_option(name), config.get_where_defined(name)) for name in options}
    try:
        for name, value in options.items():
            config.set_option(name, value, "the test")
        assert welcome.address() == expected
    finally:
        for name, (value, where) in before.items():
            config.set_option(name, value, where)

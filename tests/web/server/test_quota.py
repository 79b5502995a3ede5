"""Limits on one visitor: those who move on are never refused, those who request too much at once read why."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from harness.experiments import Counter
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import Busy, RunPool
from lazyrich.web.server.quota import request_run
from lazyrich.web.server.sessions import Sessions


@pytest.fixture
def server():
    """Makes a pool on one thread and its sessions, with limits of the test's own."""
    pools = []

    def make(**limits):
        limits = Limits(**{"workers": 0, **limits})
        pools.append(RunPool(limits))
        pools[-1].start()
        return pools[-1], Sessions(limits)

    yield make
    for pool in pools:
        pool.stop()


def long(seed):
    return Counter(steps=10_000, seed=seed)


def test_a_slider_in_motion_is_never_refused_and_ends_its_earlier_runs(server):
    pool, sessions = server(session_runs=3)
    token = sessions.open()
    for seed in range(30):
        last = request_run(pool, sessions, token, long(seed))
        pool.watch(last)  # as a browser does, which leaves the previous run a moment later
    assert pool.counts()["active"] == 3
    assert last.status == "running"


def test_runs_on_the_page_are_not_ended_and_past_the_limit_a_new_one_is_refused(server):
    pool, sessions = server(session_runs=2)
    token = sessions.open()
    page = [request_run(pool, sessions, token, long(seed)) for seed in range(2)]
    with pytest.raises(Busy, match="2 of your runs are training, as many as one visitor may have") as refusal:
        request_run(pool, sessions, token, long(2), page={run.id for run in page})
    assert refusal.value.retry_after
    assert [run.status for run in page] == ["running", "running"]
    assert request_run(pool, sessions, token, long(1), page=set()) is page[1], "an existing run was counted again"


def test_runs_that_the_server_has_let_go_are_not_counted(server):
    pool, sessions = server(session_runs=1)
    token = sessions.open()
    for number in range(5):
        sessions.allow(token, f"dropped {number}")
    assert request_run(pool, sessions, token, long(0)).status == "running"


def test_one_visitors_limit_affects_no_other_visitor(server):
    pool, sessions = server(session_runs=1)
    one, other = sessions.open(), sessions.open()
    shared = request_run(pool, sessions, one, long(0))
    assert request_run(pool, sessions, other, long(0)) is shared
    request_run(pool, sessions, one, long(1))
    request_run(pool, sessions, other, long(2))
    assert shared.status == "running"


@pytest.mark.parametrize(
    ("limits", "config", "sentence"),
    [
        ({"session_seconds": 25}, Counter(steps=20, pause=0.7), r"about 29\.\d seconds together; 25 seconds"),
        ({"session_mb": 0.4}, Counter(steps=30, size=600), r"about 0\.\d+ MB of memory together; 0\.4 MB"),
    ],
)
def test_work_and_memory_of_one_page_are_limited_with_advice(server, limits, config, sentence):
    pool, sessions = server(**limits)
    token = sessions.open()
    first = request_run(pool, sessions, token, config)
    with pytest.raises(Busy, match=sentence) as refusal:
        request_run(pool, sessions, token, config.changed(seed=1), page={first.id})
    assert re.search(r"Lower .*steps", str(refusal.value))
    assert not first.over or first.status == "finished"


def test_new_runs_in_a_minute_are_limited_for_each_visitor_without_existing_ones(server):
    pool, sessions = server(session_starts=3)
    token, other = sessions.open(), sessions.open()
    for seed in (0, 1, 2, 1, 2, 1):
        request_run(pool, sessions, token, Counter(seed=seed))
    with pytest.raises(Busy, match=r"3 runs in a minute.* in \d+ seconds") as refusal:
        request_run(pool, sessions, token, Counter(seed=3))
    assert 0 < refusal.value.retry_after <= 20
    request_run(pool, sessions, other, Counter(seed=3))


def test_a_refusal_of_the_server_is_not_counted_against_the_visitor(server):
    pool, sessions = server(session_starts=2, max_runs=1, max_waiting=0)
    one, other = sessions.open(), sessions.open()
    run = request_run(pool, sessions, other, long(0))
    for _ in range(5):
        with pytest.raises(Busy, match="full"):
            request_run(pool, sessions, one, Counter(seed=1))
    pool.stop_run(run)
    assert request_run(pool, sessions, one, Counter(seed=1)).id


def test_past_a_sessions_memory_a_finished_run_is_dropped_although_a_connection_holds_it(server):
    config = Counter(steps=30, size=600)
    pool, sessions = server(session_mb=0.4)
    token = sessions.open()
    held = request_run(pool, sessions, token, config)
    pool.watch(held)
    eventually(lambda: held.over)
    request_run(pool, sessions, token, config.changed(seed=1))
    assert not sessions.may_read(token, held.id)


def test_the_servers_starts_in_a_minute_are_limited_for_all(server):
    pool, sessions = server(max_starts=2)
    for seed in range(2):
        request_run(pool, sessions, sessions.open(), Counter(seed=seed))
    with pytest.raises(Busy, match="2 runs in a minute"):
        request_run(pool, sessions, sessions.open(), Counter(seed=2))


def test_a_run_left_by_one_visitor_and_requested_by_another_trains_on(server):
    pool, sessions = server(session_runs=1, max_starts=1e6, session_starts=1e6)
    one, other = sessions.open(), sessions.open()
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads are switched at any place
    try:
        with ThreadPoolExecutor(2) as threads:
            for seed in range(0, 400, 2):
                pool.watch(request_run(pool, sessions, one, long(seed)))
                start = Barrier(2)

                def go(token, seed, start=start):
                    start.wait()
                    return request_run(pool, sessions, token, long(seed))

                threads.submit(go, one, seed + 1)
                assert not threads.submit(go, other, seed).result().over
                pool.abandon(pool.request(long(seed)))
    finally:
        sys.setswitchinterval(switch)

"""Runs train while a socket requests them, end after the last one has closed, and can be stopped."""

import threading

from harness.experiments import Counter
from harness.waiting import eventually


def test_a_run_trains_on_while_a_socket_asks_for_it_and_ends_after_the_last_one_has_closed(server):
    visit = server.visit(Counter(steps=10_000, seed=10))
    (run,) = visit.runs
    with server.viewer(visit.token) as first:
        with server.viewer(visit.token) as second:
            first.ask({run.id: 0})
            second.ask({run.id: 0})
            second.read()
            first.read()
            assert run.viewers == 2
        eventually(lambda: run.viewers == 1)
        # nobody watches the other run, so its end shows that a grace time has passed
        left = server.pool.request(Counter(steps=10_000, seed=11))
        server.pool.watch(left)
        server.pool.unwatch(left)
        eventually(lambda: left.over)
        assert run.status == "running"
    eventually(lambda: run.over)
    assert (run.viewers, run.status) == (0, "stopped")


def test_a_viewer_that_turns_to_another_run_no_longer_watches_the_first(server):
    visit = server.visit(Counter(steps=10_000, seed=12), Counter(steps=5, seed=13))
    long, short = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.ask({long.id: 0})
        viewer.read()
        assert long.viewers == 1
        viewer.ask({short.id: 0})
        viewer.read()
        assert (long.viewers, short.viewers) == (0, 1)
        eventually(lambda: long.over)


def test_a_single_viewer_can_stop_a_run_and_one_of_two_gets_a_refusal(server):
    visit = server.visit(Counter(steps=10_000, seed=14))
    (run,) = visit.runs
    with server.viewer(visit.token) as one:
        with server.viewer(visit.token) as two:
            two.ask({run.id: 0})
            two.read()
            one.ask({run.id: 0})
            one.read()
            one.stop(run.id)
            one.ask({run.id: 0})
            entry = one.read()[run.id].header
            assert (entry["status"], entry["message"]) == (
                "running",
                "Not stopped, because 2 viewers are watching this run.",
            )
            with server.viewer(visit.token) as three:
                three.stop(run.id)  # without watching it
                three.ask({run.id: 0})
                assert three.read()[run.id].header["status"] == "running"
        eventually(lambda: run.viewers == 1)
        one.stop(run.id)
        last = one.follow(run.id)[-1].header
        assert (last["status"], last["message"]) == ("stopped", "Stopped; the frames so far are kept.")


def test_the_server_keeps_no_viewer_and_task_after_all_sockets_have_closed(server):
    visit = server.visit(Counter(steps=10_000, seed=15))
    (run,) = visit.runs
    eventually(lambda: server.tasks() == server.idle_tasks)
    threads = threading.active_count()
    for _ in range(20):
        with server.viewer(visit.token) as viewer:
            viewer.ask({run.id: 0})
            viewer.read()
    eventually(lambda: server.pool.counts()["viewers"] == 0)
    eventually(lambda: server.tasks() == server.idle_tasks)
    eventually(lambda: threading.active_count() == threads)

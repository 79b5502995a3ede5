"""Frames of a run over a live socket: each once, in order, in answers of bounded size."""

import threading

import numpy as np

from harness.experiments import Counter, Ending
from harness.waiting import eventually
from lazyrich.web.stream.subscriber import ANSWER_BYTES
from tests.web.stream.routes.answers import expected_rows


def test_frames_arrive_once_and_in_order_after_the_header(server):
    config = Counter(steps=50, size=4)
    visit = server.visit(config)
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        answers = viewer.follow(run.id)
    rows = np.vstack([answer.rows for answer in answers if len(answer.rows)])
    np.testing.assert_array_equal(rows, expected_rows(run, config))
    assert [words for answer in answers for words in answer.header["verdicts"]] == [f"at {step}" for step in range(51)]
    openings = [answer.header["header"] for answer in answers if "header" in answer.header]
    assert len(openings) == 1
    assert openings[0] == {
        "columns": ["step", "time", "square", "worker"],
        "arrays": [["trail", [4]]],
        "spread": [],
        "settings": "Steps 50 · Size 4 · Seed 0",
        "expected": 51,
        "config": {"steps": 50, "pause": 0.0, "size": 4, "seed": 0},
        "environment": {"numpy": np.__version__},
        "chart_data": {"limit": 50},
    }
    last = answers[-1].header
    assert (last["status"], last["message"], last["progress"], last["count"]) == ("finished", "", 1.0, 0)


def test_a_returning_reader_continues_after_its_last_frame(server):
    visit = server.visit(Counter(steps=250, seed=1))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        before = viewer.follow(run.id, until=lambda entry: entry.header["first"] > 5)
    held = sum(entry.header["count"] for entry in before)
    with server.viewer(visit.token) as viewer:
        viewer.widths[run.id] = next(answer.rows.shape[1] for answer in before if len(answer.rows))
        after = viewer.follow(run.id, held)
    rows = np.vstack([answer.rows for answer in before + after if len(answer.rows)])
    np.testing.assert_array_equal(rows[:, 0], np.arange(251))


def test_a_new_question_replaces_the_cursor(server):
    visit = server.visit(Counter(steps=10, seed=2))
    (run,) = visit.runs
    eventually(lambda: run.over)
    with server.viewer(visit.token) as viewer:
        viewer.follow(run.id)
        viewer.ask({run.id: 11})
        viewer.ask({run.id: 4})
        assert viewer.read()[run.id].rows[:, 0].tolist() == [4, 5, 6, 7, 8, 9, 10]


def test_a_late_viewer_of_a_large_run_catches_up_in_answers_of_bounded_size(server):
    visit = server.visit(Counter(steps=60, size=5000, seed=3))
    (run,) = visit.runs
    eventually(lambda: run.over)
    with server.viewer(visit.token) as viewer:
        answers = viewer.follow(run.id)
    sizes = [answer.rows.nbytes for answer in answers]
    assert sum(sizes) == 61 * 5004 * 4
    assert max(sizes) <= ANSWER_BYTES
    assert len(sizes) <= 3 + sum(sizes) / (ANSWER_BYTES - 5004 * 4)


def test_a_frame_larger_than_an_answer_may_be_comes_alone(server):
    visit = server.visit(Counter(steps=2, size=100_000, seed=4))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        counts = [answer.header["count"] for answer in viewer.follow(run.id)]
        # an answer without frames comes last, and one may come first, before there is a frame
        assert [count for count in counts if count] == [1, 1, 1] and counts[-1] == 0


def test_several_runs_are_read_through_one_socket_each_from_its_own_cursor(server):
    visit = server.visit(Counter(steps=20, seed=5), Counter(steps=30, seed=6))
    eventually(lambda: all(run.over for run in visit.runs))
    one, other = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.follow(one.id)
        viewer.ask({one.id: 15, other.id: 0})
        entries = viewer.read()
    assert entries[one.id].rows[:, 0].tolist() == list(range(15, 21))
    assert entries[other.id].rows[:, 0].tolist() == list(range(31))


def test_a_diverged_run_sends_its_reason_a_remedy_and_its_end(server):
    visit = server.visit(Ending(how="diverge"))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        answers = viewer.follow(run.id)
    assert sum(answer.header["count"] for answer in answers) == 10
    last = answers[-1].header
    assert last["status"] == "failed"
    assert last["message"] == "Diverged at step 10: count more slowly."
    assert last["remedy"] == {"steps": 3}


def test_thirty_viewers_of_the_same_config_cost_one_run_and_all_get_all_of_it(server):
    eventually(lambda: server.pool.counts()["active"] == 0)  # runs of other tests end a moment after their sockets
    visits = [server.visit(Counter(steps=60, seed=7)) for _ in range(30)]
    active = server.pool.counts()["active"]
    received: list[list[float]] = []

    def watch(visit):
        with server.viewer(visit.token) as viewer:
            answers = viewer.follow(visit.runs[0].id)
        received.append([step for answer in answers if len(answer.rows) for step in answer.rows[:, 0]])

    people = [threading.Thread(target=watch, args=(visit,)) for visit in visits]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert active == 1
    assert received == [list(range(61))] * 30


def test_a_viewer_that_does_not_read_holds_up_no_other(server):
    visit = server.visit(Counter(steps=60, size=20_000, seed=8), Counter(steps=60, seed=9))
    large, small = (run.id for run in visit.runs)
    eventually(lambda: visit.runs[0].over)
    with server.viewer(visit.token) as stuck, server.viewer(visit.token) as other:
        for _ in range(300):  # 80 MB of answers, none of which it reads
            stuck.ask({large: 0})
        answers = other.follow(small)
        assert sum(answer.header["count"] for answer in answers) == 61

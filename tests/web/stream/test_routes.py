"""The addresses that live charts read from, on a real server with real sockets."""

import gzip
import http.client
import json
import logging
import re
import threading
from urllib.parse import urljoin

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from harness.experiments import Counter, Ending
from harness.routes_server import Server, Subscriber
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.web.components.assets import assets
from lazyrich.web.stream.routes import asset
from lazyrich.web.stream.subscriber import ANSWER_BYTES


@pytest.fixture(scope="module")
def server():
    server = Server(Limits(workers=1, grace_seconds=0.3, run_frames=600, all_frames=1500))
    server.start()
    yield server
    server.stop()


def get(server, path, **headers):
    """Status, headers and the body as it went over the line."""
    connection = http.client.HTTPConnection(server.place, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def close_code(viewer):
    with pytest.raises(ConnectionClosed) as closed:
        viewer.connection.recv(10)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def expected_rows(run, config):
    return np.array(
        [
            [step, step / 10, step**2, run.frames[step].metrics["worker"], *range(step, step + config.size)]
            for step in range(config.expected_frames)
        ],
        dtype=np.float32,
    )


# ---- frames


def test_frames_arrive_once_and_in_order_with_what_is_needed_to_read_them(server):
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


def test_a_reader_who_comes_back_goes_on_from_where_it_was(server):
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


def test_a_run_that_diverged_tells_why_and_what_would_mend_it_and_that_no_frame_follows(server):
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
        for _ in range(300):  # 80 MB of answers, of which it takes none
            stuck.ask({large: 0})
        answers = other.follow(small)
        assert sum(answer.header["count"] for answer in answers) == 61


# ---- who watches


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
        # the other run is watched by nobody, so it shows when a grace time has passed
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


def test_one_viewer_can_stop_a_run_and_one_of_two_is_told_that_others_watch(server):
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
            told = one.read()[run.id].header
            assert (told["status"], told["message"]) == (
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


def test_nothing_is_left_on_the_server_when_all_sockets_have_closed(server):
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


# ---- who may read


def test_only_pages_of_this_server_may_open_a_socket(server):
    token = server.visit().token
    for foreign in ("http://evil.example", f"http://{server.place}.evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused, server.viewer(token, origin=foreign):
            pass
        assert refused.value.response.status_code == 403, foreign
    for own in (f"http://{server.place}", f"https://{server.place}", None):
        with server.viewer(token, origin=own) as viewer:
            viewer.ask({})


def test_an_unknown_token_is_turned_away(server):
    for token in ("", "x" * 32, "%00"):
        with server.viewer(token) as viewer:
            assert close_code(viewer) == 4403


def test_a_token_in_the_address_opens_nothing(server):
    token = server.visit().token
    with connect(f"ws://{server.place}/lazyrich/live?token={token}") as connection:
        connection.send(json.dumps({"after": {}}))
        assert close_code(Subscriber(connection)) == 4400


@pytest.mark.parametrize(
    "first", ["", "{", '{"after": {}}', '{"stop": "x"}', '{"token": 1}', '{"token": "", "x": 0}', b"x"]
)
def test_whoever_does_not_say_a_token_first_is_turned_away(server, first):
    with connect(f"ws://{server.place}/lazyrich/live") as connection:
        connection.send(first)
        assert close_code(Subscriber(connection)) == 4400


def test_whoever_leaves_without_a_word_leaves_nothing_behind(server, caplog):
    eventually(lambda: server.tasks() == server.idle_tasks)
    with connect(f"ws://{server.place}/lazyrich/live"):
        eventually(lambda: server.tasks() > server.idle_tasks)
    eventually(lambda: server.tasks() == server.idle_tasks)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_unforeseen_error_closes_its_own_socket_with_a_sentence_and_is_logged(server, monkeypatch, caplog):
    def broken(self, text):
        raise RuntimeError("unforeseen")

    visit = server.visit()
    with server.viewer(visit.token) as viewer, monkeypatch.context() as here:
        here.setattr("lazyrich.web.stream.subscriber.Subscriber.hear", broken)
        viewer.ask({})
        with pytest.raises(ConnectionClosed) as closed:
            viewer.connection.recv(10)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        1011,
        "The server could not answer; its log has the reason.",
    )
    assert "RuntimeError: unforeseen" in caplog.text
    assert server.tasks() >= server.idle_tasks and server.visit().token


def test_whoever_says_nothing_is_turned_away(server, monkeypatch):
    monkeypatch.setattr("lazyrich.web.stream.routes.TOKEN_WITHIN", 0.1)
    with connect(f"ws://{server.place}/lazyrich/live") as connection:
        assert close_code(Subscriber(connection)) == 4400


def test_the_token_is_said_once(server):
    visit = server.visit()
    with server.viewer(visit.token) as viewer:
        viewer.connection.send(json.dumps({"token": visit.token}))
        assert close_code(viewer) == 4400


@pytest.mark.parametrize("message", ["after", "stop"])
def test_a_run_of_another_session_and_a_run_that_is_not_there_are_refused_alike(server, message):
    mine, theirs = server.visit(), server.visit(Counter(steps=10_000, seed=16))
    (run,) = theirs.runs
    reasons = set()
    for id in (run.id, "no such run"):
        with server.viewer(mine.token) as viewer:
            viewer.connection.send(json.dumps({"after": {id: 0}} if message == "after" else {"stop": id}))
            with pytest.raises(ConnectionClosed) as closed:
                viewer.connection.recv(10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4404
            reasons.add(closed.value.rcvd.reason)
    assert len(reasons) == 1
    assert (run.status, run.viewers) == ("running", 0)


def test_a_session_that_has_ended_reads_nothing_more(server):
    visit = server.visit(Counter(seed=17))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.ask({run.id: 0})
        viewer.read()
        server.sessions.close(visit.token)
        viewer.ask({run.id: 0})
        assert close_code(viewer) == 4404


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[" * 4000,
        "[]",
        "{}",
        '{"after": []}',
        '{"after": {"RUN": -1}}',
        '{"after": {"RUN": 1.5}}',
        '{"after": {"RUN": true}}',
        '{"after": {"RUN": NaN}}',
        '{"after": {"RUN": 99999999999999999999}}',
        '{"after": {"RUN": "0"}}',
        '{"after": {"RUN": 0}, "stop": "RUN"}',
        '{"stop": 1}',
        '{"stop": null}',
        '{"after": {' + ", ".join(f'"{n}": 0' for n in range(100)) + "}}",
        '{"after": {"' + "x" * 5000 + '": 0}}',
        b'{"after": {"RUN": 0}}',
        b"",
    ],
)
def test_what_is_no_message_closes_its_own_socket_and_no_other(server, message):
    visit = server.visit(Counter(steps=10_000, seed=18))
    (run,) = visit.runs
    with server.viewer(visit.token) as bad, server.viewer(visit.token) as good:
        good.ask({run.id: 0})
        bad.connection.send(message.replace("RUN", run.id) if isinstance(message, str) else message)
        assert close_code(bad) == 4400
        good.read()
        held = len(run.frames)
        good.ask({run.id: held})
        assert good.read()[run.id].header["first"] == held


def test_no_token_is_written_to_the_log(server, caplog):
    caplog.set_level(logging.DEBUG, logger="uvicorn.error")
    visit = server.visit()
    with server.viewer(visit.token) as viewer:
        viewer.ask({})
        viewer.connection.ping().wait(5)
    assert """TEXT '{"token": "…"}'""" in caplog.text
    assert visit.token not in caplog.text


# ---- files


def test_every_file_is_served_compressed_once_for_ever_and_with_its_type(server):
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
    for name in ("entry/live.js", "plotly.min.js", *(name for name in assets() if name.endswith(".css"))):
        status, headers, body = get(server, asset(name), Accept_Encoding="gzip, br")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert headers["content-type"] == types[name.rpartition(".")[2]]
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert int(headers["content-length"]) == len(body)
        plain = get(server, asset(name), Accept_Encoding="identity")
        assert "content-encoding" not in plain[1]
        assert gzip.decompress(body) == plain[2]


def test_plotly_is_the_one_of_the_installed_package(server):
    import plotly.offline

    assert get(server, asset("plotly.min.js"))[2].decode() == plotly.offline.get_plotlyjs()


def test_modules_lie_where_those_that_import_them_look(server):
    for entry in ("entry/live.js", "entry/picker.js", "entry/figure_view.js"):
        wanted, scripts = [asset(entry)], set()
        while wanted:
            page = wanted.pop()
            if page in scripts:
                continue
            scripts.add(page)
            status, _, body = get(server, page)
            assert status == 200, page
            imported = re.findall(r'^import .*?"(\.[^"]+)"|await import\("(\.[^"]+)"', body.decode(), re.M)
            wanted += [urljoin(page, first or other) for first, other in imported]
        # a page that has to ask for each of some hundred modules, level by level, waits for them
        assert asset("modules.js") in scripts and len(scripts) <= 6


def test_other_versions_and_other_files_are_not_there(server):
    page = asset("entry/live.js")
    version = page.split("/")[3]
    for path in (
        page.replace(version, "0" * 12),
        page.replace("entry/live.js", "missing.js"),
        page.replace("entry/live.js", "plotly.min.js"),
        page.replace("entry/live.js", "%2e%2e%2fassets.py"),
    ):
        assert get(server, path)[0] in (400, 404), path
    with pytest.raises(KeyError, match=r"live\.js"):
        asset("missing.js")


def test_the_health_address_tells_counts(server):
    status, _, body = get(server, "/lazyrich/health")
    told = json.loads(body)
    assert status == 200
    assert told["healthy"] is True
    assert told["workers"] == 1


def test_the_health_address_tells_of_missing_workers_and_the_socket_of_the_end():
    server = Server(Limits(workers=0))
    server.start()
    try:
        visit = server.visit(Counter(steps=10_000))
        (run,) = visit.runs
        with server.viewer(visit.token) as viewer:
            viewer.ask({run.id: 0})
            viewer.read()
            server.pool.stop()
            assert get(server, "/lazyrich/health")[0] == 503
            assert viewer.follow(run.id)[-1].header["status"] == "stopped"
    finally:
        server.stop()

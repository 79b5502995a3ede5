"""Any text in an address: the page opens, with valid settings, and with sentences about the invalid ones."""

from __future__ import annotations

import asyncio
import math
import random
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.faults.odd import configs, often, queries
from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.experiments import registry
from lazyrich.serving.admission import TooMuchWork, admit
from lazyrich.web.page import url_state

PAGES = {
    "playground": "student-teacher",
    "exact-solutions": "single-neuron",
    "linear-networks": "linear-network",
    "which-solution": "implicit-bias",
    "linear-or-relu": "linear-or-relu",
    "phase-portrait?see=phase-portrait": "phase-portrait",
    "deep-networks": "deep-network",
    "filters": "filters",
    "hierarchy": "hierarchy",
    "grokking": "grokking",
}
"""Page, with the part of its address that selects an experiment -> the experiment."""


@pytest.mark.parametrize("name", registry)
def test_an_address_is_read_without_an_error_and_what_is_read_can_be_written_and_read_again(long, name):
    config = registry[name]

    @often(long, 20, 250)
    @given(queries(config), st.lists(queries(config), max_size=2))
    def read(query, kept):
        address = {key: [text] for key, text in query.items()} | {url_state.KEPT: [_encoded(run) for run in kept]}
        current, beside, notices = url_state.read(config, address, most_kept=4)
        assert len(beside) == len(kept)
        for one in (current, *beside):
            again, _, complaints = url_state.read(
                config, parse_qs(url_state.link("", one, ()).partition("?")[2]), most_kept=4
            )
            assert again == one and not complaints
            assert config(**one.model_dump()) == one
        for sentence in notices:
            assert len(sentence) < 1000 and sentence.endswith((".", "?"))

    read()


@pytest.mark.parametrize("name", registry)
def test_every_config_that_is_allowed_has_a_cost_and_is_admitted_or_refused_with_a_sentence(long, name):
    limits = Limits()

    @often(long, 20, 250)
    @given(configs(registry[name]))
    def weigh(config):
        if config is None:
            return
        work = config.work()
        assert all(math.isfinite(cost) and cost >= 0 for cost in (work.flops, work.bytes, work.scratch, work.seconds))
        assert config.expected_frames >= 1
        try:
            admit(config, limits)
        except TooMuchWork as refusal:
            assert re.search(r"allowed here\. (Lower .*|Choose a smaller run)\.$", str(refusal))

    weigh()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # few runs train at once, since this tests pages
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, LAZYRICH_WORKERS="1", LAZYRICH_MAX_RUNS="4") as server:
        yield server


def test_pages_of_a_real_server_open_at_any_address_without_traceback_or_nan(long, figure, server):
    visits: list[tuple[str, dict[str, str]]] = []
    for place, name in PAGES.items():

        @often(long, 3, 15)
        @given(queries(registry[name]).filter(bool))
        def draw(query):
            visits.append((place, query))  # noqa: B023 - called before `place` changes

        draw()
    random.Random(0).shuffle(visits)

    async def visit(place: str, query: dict[str, str]) -> None:
        page, _, see = place.partition("?")
        async with Visitor(server.url, "&".join(filter(None, [see, _encoded(query)])), page) as visitor:
            await visitor.run(120)
            assert not visitor.texts("exception"), (place, query)
            for kind in ("markdown", "alert", "heading"):
                for text in visitor.texts(kind):
                    assert not NO_NUMBER.search(text.partition(", got ")[0]), (place, query, text)
                    assert "Traceback" not in text
            assert visitor.chart or visitor.texts("alert"), (place, query)

    async def all() -> None:
        for start in range(0, len(visits), 4):
            await asyncio.gather(*(visit(*one) for one in visits[start : start + 4]))

    on_its_own_thread(all())
    figure("addresses opened on a real server", len(visits))
    eventually(lambda: server.health()["healthy"], seconds=60)
    assert server.health()["active"] <= 4
    assert server.log is not None and "Traceback" not in server.log.read_text(), server.log.read_text()[-3000:]


NO_NUMBER = re.compile(r"\b(nan|inf|NaN|Infinity)\b")


def _encoded(query: dict[str, str]) -> str:
    return urlencode({_sendable(key): _sendable(text) for key, text in query.items()})


def _sendable(text: str) -> str:
    """Return the text without lone surrogates, which no browser can send, and cut to the length that a proxy allows."""
    return text.encode("utf-8", "replace").decode()[:3000]

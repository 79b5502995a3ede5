"""Old addresses redirect to the pages that replace them."""

import asyncio
from urllib.parse import parse_qs

import pytest
from starlette.responses import PlainTextResponse

from lazyrich.web.server import old_addresses
from lazyrich.web.server.old_addresses import OldAddresses

KEPT = "keep=tau%3D0.1%26delta%3D-1"


def ask(address: str, method: str = "GET") -> tuple[int, str]:
    """Code of the answer, and where it leads."""
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(OldAddresses(PlainTextResponse("passed on"))(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"location", b"").decode()


@pytest.mark.parametrize(
    "query",
    [
        "tau=0.3&delta=1&eta_a=1&eta_w=1",
        f"tau=2&{KEPT}&{KEPT}",
        "embed=true&seed=3",
        "utm_source=mail&amp;steps=100",
        "widht=9",
        "delta=",
    ],
)
def test_settings_at_the_root_lead_to_the_playground_with_all_that_the_address_holds(query):
    assert ask(f"/?{query}") == (307, f"/playground?{query}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("see=implicit-bias", "which-solution"),
        ("see=implicit-bias&points=7&reach=2", "which-solution?points=7&reach=2"),
        (f"points=7&see=implicit-bias&{KEPT}", f"which-solution?points=7&{KEPT}"),
        ("see=linear-or-relu", "linear-or-relu"),
        ("tau=1&see=linear-or-relu&embed=true", "linear-or-relu?tau=1&embed=true"),
    ],
)
def test_experiments_that_were_choices_on_linear_networks_have_pages_of_their_own(old, new):
    assert ask(f"/linear-networks?{old}") == (307, f"/{new}")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?embed=true&utm_source=mail",
        "/?v=2",
        "/playground?tau=1",
        "/linear-networks?delta=1&see=linear-network",
        "/phase-portrait?see=phase-portrait",
        "/static/a.js?tau=1",
    ],
)
def test_other_addresses_are_not_redirected(address):
    assert ask(address)[0] == 200


def test_posts_to_the_root_are_not_redirected():
    assert ask("/?tau=1", "POST")[0] == 200


def test_below_a_base_path_the_answer_leads_below_it_too(monkeypatch):
    monkeypatch.setattr(old_addresses, "base_path", lambda: "/lab")
    assert ask("/lab/?tau=1") == (307, "/lab/playground?tau=1")
    assert ask("/lab?tau=1") == (307, "/lab/playground?tau=1")


def test_a_long_query_is_read_in_whole():
    query = "&".join(["tau=1", *[KEPT] * 200])
    code, place = ask(f"/?{query}")
    assert code == 307 and parse_qs(place.partition("?")[2]) == parse_qs(query)


def test_a_step_of_a_lesson_alone_leads_to_its_page_with_its_settings():
    code, where = ask("/playground?lesson=which-one-learns&step=3")
    page, _, query = where.partition("?")
    assert (code, page) == (307, "/playground")
    assert parse_qs(query).items() >= {"lesson": ["which-one-learns"], "step": ["3"], "tau": ["0.1"]}.items()
    assert ask("/?lesson=no-kink&step=4")[1].startswith("/linear-or-relu?")
    assert ask(where) == (200, "")  # and that one is shown
    for wrong in ("lesson=none", "lesson=scale&step=99"):
        assert ask(f"/playground?{wrong}") == (200, "")

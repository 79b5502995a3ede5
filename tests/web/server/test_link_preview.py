"""Link previews have the title and the description of the page, without running a script."""

import asyncio
from html.parser import HTMLParser

import pytest
from starlette.responses import PlainTextResponse

from lazyrich.web.page.site.entry import Entry
from lazyrich.web.server import link_preview
from lazyrich.web.server.link_preview import LinkPreview

SITE = {
    "": [Entry("start", "Start", 'Is "x < y" & y?', start=True)],
    "Theory": [Entry("one_neuron", "One neuron", "What can be known beforehand?")],
}


class Head(HTMLParser):
    """Title, descriptions and addresses of scripts in a page."""

    def __init__(self, html: str):
        super().__init__()
        self.title, self.meta, self.scripts, self._in_title = "", {}, [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self._in_title = tag == "title"
        if tag == "meta" and "content" in attributes:
            self.meta[attributes.get("name") or attributes.get("property")] = attributes["content"]
        if tag == "script" and "src" in attributes:
            self.scripts.append(attributes["src"])

    def handle_data(self, data):
        if self._in_title:
            self.title, self._in_title = data, False


def ask(path: str, method: str = "GET") -> tuple[int, str]:
    """Code and text of the answer."""
    scope = {"type": "http", "method": method, "path": path, "query_string": b"tau=1", "headers": []}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(LinkPreview(PlainTextResponse("passed on"), SITE)(scope, None, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.mark.parametrize(
    ("path", "title", "question"),
    [
        ("/", "Start · lazyrich", 'Is "x < y" & y?'),
        ("/one-neuron", "One neuron · lazyrich", "What can be known beforehand?"),
    ],
)
def test_a_page_has_its_title_and_question_and_streamlits_scripts(path, title, question):
    code, html = ask(path)
    head = Head(html)
    assert code == 200 and head.title == title == head.meta["og:title"]
    assert head.meta["description"] == head.meta["og:description"]
    assert head.meta["description"].startswith(question)
    assert any("static/js/index" in address for address in head.scripts)


@pytest.mark.parametrize(
    "path", ["/one_neuron", "/one-neuron/_stcore/health", "/static/js/index.js", "/lazyrich/health"]
)
def test_other_requests_are_passed_on(path):
    assert ask(path) == (200, "passed on")


def test_other_methods_than_get_are_passed_on():
    assert ask("/", "POST") == (200, "passed on")


def test_pages_are_found_below_a_base_path(monkeypatch):
    monkeypatch.setattr(link_preview, "base_path", lambda: "/lab")
    assert Head(ask("/lab/one-neuron")[1]).title == "One neuron · lazyrich"
    assert Head(ask("/lab/")[1]).title == "Start · lazyrich"
    # scripts have addresses relative to the page, so Streamlit redirects an address without its last slash
    assert ask("/lab")[1] == "passed on"

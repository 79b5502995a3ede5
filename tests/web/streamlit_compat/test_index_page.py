"""The HTML page that Streamlit's own route answers with."""

import asyncio
from html.parser import HTMLParser

from harness.streamlit_contract import ask, contract, server


class Scripts(HTMLParser):
    """Collects the text of scripts that have no address."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], False

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script" and "src" not in dict(attributes)
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


def test_the_page_with_its_title_and_every_inline_script_is_found(tmp_path):
    async def page():
        async with server(tmp_path / "app.py") as (_, app):
            status, _, body = await ask(app, "GET", "/")
            assert status == 200
            return body.decode()

    with contract("index_page") as module:
        scripts = Scripts()
        html = asyncio.run(page())
        assert html == module.index_page() and html.count(module.TITLE) == 1
        scripts.feed(html)
        assert scripts.found == module.inline_scripts()
        assert all(script.strip() for script in scripts.found)

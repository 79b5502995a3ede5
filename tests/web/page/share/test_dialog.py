"""What the dialog Share gives away: a code that can be scanned, a frame that can be pasted, a sentence on frames."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
import zxingcpp
from playwright.sync_api import Browser

from lazyrich.web.page.share.dialog import about_frames, snippet
from lazyrich.web.page.share.qr_code import MAX_LENGTH, qr_code

ADDRESS = "https://course.example/lab/playground?tau=0.1&delta=1&keep=tau%3D1%26seed%3D3&view=figure&show=tau,delta"


@pytest.mark.browser
@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "&keep=" + "x" * (MAX_LENGTH - len(ADDRESS) - 6)])
def test_a_scanner_reads_the_address_from_the_picture(browser: Browser, address: str) -> None:
    from PIL import Image

    page = browser.new_page(color_scheme="dark")
    page.set_content(f"<body style='background: black'>{qr_code(address)}</body>")
    picture = Image.open(io.BytesIO(page.locator("svg").screenshot()))
    page.close()
    [code] = zxingcpp.read_barcodes(picture)
    assert (code.text, code.format) == (address, zxingcpp.BarcodeFormat.QRCode)


def test_an_address_that_no_phone_would_read_gives_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"has 1,201 letters, .* at most 1,200: drop kept runs"):
        qr_code("x" * (MAX_LENGTH + 1))


def test_the_frame_holds_the_address_whatever_is_in_it() -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    seen: list[tuple[str, dict[str, str | None]]] = []
    title = 'Student "teacher": <τ 0.1> & δ'
    Reader().feed(snippet(ADDRESS, title))
    [(tag, found)] = seen
    assert tag == "iframe" and found["src"] == ADDRESS and found["title"] == title


@pytest.mark.parametrize(
    ("ancestors", "said"),
    [
        ("", "lets no other site show it in a frame. Who runs it allows a course page with LAZYRICH_FRAME_ANCESTORS"),
        ("*", "Any page may show this frame."),
        ("https://a.example http://b.example:*", "Pages of https://a.example and http://b.example:* may show"),
    ],
)
def test_what_may_show_it_is_told(ancestors: str, said: str) -> None:
    assert said in about_frames(ancestors)

"""The dialog Share: HTML of a frame, a sentence on frames, and the reason if there is no QR code."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from lazyrich.web.page.share.dialog import about_frames, snippet
from lazyrich.web.page.share.qr_code import MAX_LENGTH, qr_code

ADDRESS = "https://course.example/lab/playground?tau=0.1&delta=1&keep=tau%3D1%26seed%3D3&view=figure&show=tau,delta"


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
    ("ancestors", "sentence"),
    [
        ("", "lets no other site show it in a frame. Who runs it allows a course page with LAZYRICH_FRAME_ANCESTORS"),
        ("*", "Any page may show this frame."),
        ("https://a.example http://b.example:*", "Pages of https://a.example and http://b.example:* may show"),
    ],
)
def test_the_dialog_names_the_sites_that_may_frame_the_page(ancestors: str, sentence: str) -> None:
    assert sentence in about_frames(ancestors)

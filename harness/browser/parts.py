"""Parts of a page that several tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """A page that several tests share, for one of them: an error in it or on its console fails that one."""
    wrong: list[str] = []

    def failed(error: Any) -> None:
        wrong.append(str(error))

    def said(message: Any) -> None:
        if message.type == "error":
            wrong.append(message.text)

    page.on("pageerror", failed)
    page.on("console", said)
    page.mouse.move(0, 0)
    yield page
    page.remove_listener("pageerror", failed)
    page.remove_listener("console", said)
    assert not wrong, wrong


def chart(page: Page):
    """The live chart."""
    return page.get_by_test_id("live-run")


def attribute(page: Page, name: str) -> str:
    """What the live chart tells programs."""
    return chart(page).get_attribute(f"data-{name}") or ""


def finished(page: Page, last_step: int) -> None:
    """Wait until the run is trained to its end and painted to its last frame."""
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    chart(page).focus()
    page.keyboard.press("End")
    expect(chart(page)).to_have_attribute("data-step", str(last_step), timeout=30_000)


def reading(page: Page, label: str) -> str:
    """A number above the charts, as it is written."""
    return page.locator("dl.numbers div", has_text=label).locator("dd").inner_text()


def caption(page: Page, chart_id: str) -> str:
    """The line above one chart."""
    return page.locator(f'[data-chart="{chart_id}"] figcaption').inner_text()


def number(text: str) -> float:
    """0.00017, 1.2 × 10⁻⁵ and −3 as they stand on the page."""
    text = text.replace("−", "-").replace(",", "").strip()
    if "×" not in text:
        return float(text)
    mantissa, power = text.split("× 10")
    return float(mantissa) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def popover(page: Page, name: str):
    """Open one of the buttons under the chart; what it holds."""
    page.get_by_test_id("stPopoverButton").filter(has_text=name).click()
    return page.get_by_test_id("stPopoverBody")


def shared_link(page: Page) -> str:
    """The link that the dialog Share opens with."""
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    link = dialog.get_by_test_id("stCode").first.inner_text().strip()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    return link


def download(page: Page, label: str) -> bytes:
    """A file of the open Download popover."""
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
    return Path(waiting.value.path()).read_bytes()


def nothing_cut_off(page: Page) -> None:
    """The page is not wider than the window."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, f"{wide} px wider than the window"


def on_a_phone_in_the_dark(page: Page) -> None:
    """Make the window as narrow as a phone's, and the page dark."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelector('[data-testid=live-run]').offsetWidth < 390")


def titles_inside(page: Page) -> list[str]:
    """The titles of the axes of all charts that plotly draws. None may be cut off by the edge of its chart."""
    found = page.evaluate(
        """() => [...document.querySelectorAll(".main-svg :is(.xtitle, .ytitle)")].filter((one) => one.textContent)
            .map((one) => {
                const [a, b] = [one, one.closest("svg")].map((node) => node.getBoundingClientRect());
                const out = Math.max(b.left - a.left, b.top - a.top, a.right - b.right, a.bottom - b.bottom);
                return [one.textContent, out];
            })"""
    )
    assert [one for one in found if one[1] > 0.5] == []
    return [text for text, _ in found]

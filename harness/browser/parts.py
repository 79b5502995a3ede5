"""Parts of a page that several tests read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lazyrich.config.schema import Config


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """Yield a page shared by several tests to one of them, which fails at an error in the page or on its console."""
    wrong: list[str] = []

    def failed(error: Any) -> None:
        wrong.append(str(error))

    def logged(message: Any) -> None:
        if message.type == "error":
            wrong.append(message.text)

    page.on("pageerror", failed)
    page.on("console", logged)
    page.mouse.move(0, 0)
    yield page
    page.remove_listener("pageerror", failed)
    page.remove_listener("console", logged)
    assert not wrong, wrong


def address_of(page: str, config: Config) -> str:
    """Return the address of a page, as it follows that of the server, with all settings of a run."""
    texts = {
        name: ",".join(f"{entry:g}" for entry in value) if isinstance(value, tuple) else str(value)
        for name, value in config.settings().items()
    }
    query = "&".join(f"{name}={text}" for name, text in texts.items())
    return f"{page}{'&' if '?' in page else '?'}{query}"


def chart(page: Page):
    """Return the live chart."""
    return page.get_by_test_id("live-run")


def go(page: Page, address: str) -> None:
    """Go to another address of the app within the visit, as Back and Forward do.

    No file is loaded again, so this takes a third of the time of opening the address.

    Args:
        page: A page of the app.
        address: What follows the server's own address.
    """
    # the app ignores a change of address before it has drawn its first page
    page.locator("h1:visible").first.wait_for(timeout=30_000)
    page.evaluate("(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }", address)


def go_to_page(page: Page, address: str) -> None:
    """Go to another page of the app within the visit, and wait until its heading is there in place of the other one.

    Args:
        page: A page of the app.
        address: What follows the server's own address. It must lead to another page than the current one.
    """
    names = "[document.title, [...document.querySelectorAll('h1')].find((one) => one.checkVisibility())?.innerText]"
    before = page.evaluate(names)
    go(page, address)
    page.wait_for_function(
        f"([title, heading]) => {{ const [a, b] = {names}; return a !== title && b && b !== heading; }}", arg=before
    )


def trained(page: Page) -> None:
    """Wait until the run is trained to its end."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=live-run]')?.dataset.status === 'finished'", timeout=120_000
    )


def at_rest(page: Page) -> None:
    """Wait until plotly has drawn what the canvases show."""
    page.wait_for_function("() => !document.querySelector('figure.painting')")


def to_the_end(page: Page) -> None:
    """Wait until the run is trained, and paint its last frame in all charts."""
    trained(page)
    chart(page).focus()
    page.keyboard.press("End")
    at_rest(page)


def boxes(elements: Locator) -> list[dict[str, float]]:
    """Return the boxes of all elements in one call, so that no element is replaced between two of them."""
    found: list[dict[str, float]] = elements.evaluate_all(
        "(nodes) => nodes.map((n) => n.getBoundingClientRect().toJSON())"
    )
    return found


def attribute(page: Page, name: str) -> str:
    """Return an attribute that the live chart sets for programs."""
    return chart(page).get_attribute(f"data-{name}") or ""


def finished(page: Page, last_step: int) -> None:
    """Wait until the run is trained to its end and painted to its last frame."""
    trained(page)
    chart(page).focus()
    end = time.monotonic() + 30
    while attribute(page, "step") != str(last_step) and time.monotonic() < end:
        # repeated, since End leads to the newest received frame, perhaps of the previous run
        page.keyboard.press("End")
        page.wait_for_timeout(50)
    expect(chart(page)).to_have_attribute("data-step", str(last_step))


def reading(page: Page, label: str) -> str:
    """Return the text of a number above the charts."""
    return page.locator("dl.numbers div", has_text=label).locator("dd").inner_text()


def caption(page: Page, chart_id: str) -> str:
    """Return the line above one chart."""
    return page.locator(f'[data-chart="{chart_id}"] figcaption').inner_text()


def number(text: str) -> float:
    """Read a number as written on the page, such as 0.00017, 1.2 × 10⁻⁵ or −3."""
    text = text.replace("−", "-").replace(",", "").strip()
    if "×" not in text:
        return float(text)
    mantissa, power = text.split("× 10")
    return float(mantissa) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def popover(page: Page, name: str):
    """Open the popover of a button under the chart and return it."""
    page.get_by_test_id("stPopoverButton").filter(has_text=name).click()
    return page.get_by_test_id("stPopoverBody")


def shared_link(page: Page) -> str:
    """Return the first link in the dialog Share."""
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    link = dialog.get_by_test_id("stCode").first.inner_text().strip()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    return link


def download(page: Page, label: str) -> bytes:
    """Return a file from the open Download popover."""
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
    return Path(waiting.value.path()).read_bytes()


def nothing_cut_off(page: Page) -> None:
    """Check that the page is not wider than the window."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, f"{wide} px wider than the window"


def on_a_phone_in_the_dark(page: Page) -> None:
    """Set the window to the width of a phone, and the page to the dark theme."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelector('[data-testid=live-run]')?.offsetWidth < 390")


def titles_inside(page: Page) -> list[str]:
    """Return the axis titles of all charts that plotly draws, and check that no chart's edge cuts one off."""
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

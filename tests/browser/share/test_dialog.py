"""The dialog Share: the address shows the ticked parts, and a scanner reads it from the QR code."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from harness.browser.parts import go, trained
from lazyrich.web.page.share.qr_code import MAX_LENGTH, qr_code

ADDRESS = "https://course.example/lab/playground?tau=0.1&delta=1&keep=tau%3D1%26seed%3D3&view=figure&show=tau,delta"


def shared(page: Page) -> str:
    """Return the link in the open dialog."""
    return page.get_by_role("dialog").get_by_test_id("stCode").first.inner_text().strip()


def test_the_link_shows_the_ticked_parts(open_page) -> None:
    page = open_page("playground?steps=60&tau=0.3&delta=1&width=20")
    trained(page)
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Figure").click()
    dialog.get_by_role("button", name="Loss", exact=True).click()
    for name in ("τ scale", "Presets"):
        dialog.get_by_role("button", name=name).click()
    expect(dialog.get_by_test_id("stCode").first).to_contain_text("show=presets,tau", timeout=15_000)
    link = shared(page)
    assert "view=figure" in link and "picture=loss" in link and "steps=60" in link and "width=20" in link
    frame = dialog.get_by_test_id("stCode").nth(1).inner_text()
    assert frame.startswith("<iframe") and link.replace("&", "&amp;") in frame
    expect(dialog.get_by_text("Pages of http://course.localhost:* may show this frame")).to_be_visible()
    picture = dialog.locator("img")
    picture.scroll_into_view_if_needed()
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    assert code.text == link

    page.keyboard.press("Escape")
    go(page, link)
    trained(page)
    expect(page.locator("figure.chart:visible")).to_have_count(1)
    expect(page.locator("[data-chart=loss]")).to_be_visible()
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("slider")).to_have_count(1)
    sidebar.get_by_role("radio", name="Lazy", exact=True).click()
    page.wait_for_url("**tau=2**")
    assert "view=figure" in page.url and "picture=loss" in page.url


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS + "&keep=" + "x" * (MAX_LENGTH - len(ADDRESS) - 6)])
def test_a_scanner_reads_the_address_from_the_picture(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.set_content(f"<body style='background: black'>{qr_code(address)}</body>")
    picture = Image.open(io.BytesIO(page.locator("svg").screenshot()))
    page.close()
    [code] = zxingcpp.read_barcodes(picture)
    assert (code.text, code.format) == (address, zxingcpp.BarcodeFormat.QRCode)

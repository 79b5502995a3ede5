"""Makes docs/playground.png, the picture in the README, from the app as it is: `python -m docs.screenshot`

Starts the app on loopback, opens it in headless Chromium and waits until the first preset has played to its end.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from harness.server import Server, chromium


def main() -> None:
    with Server() as server, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
        page.goto(f"{server.url}playground")
        expect(page.get_by_test_id("live-run")).to_have_attribute("data-status", "finished", timeout=60_000)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=60_000)
        page.mouse.move(5, 795)
        page.wait_for_timeout(1000)
        page.screenshot(path=Path(__file__).parent / "playground.png")
        browser.close()


if __name__ == "__main__":
    main()

"""The page "My runs" in a real browser: list of runs, numbers, archive, and the link back to a run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from harness.browser.parts import nothing_cut_off, reading, trained
from lazyrich.run_archive.reading import Bounds, read_runs

SETTINGS = "dimension=3&samples=12&test_samples=50&width=8&steps=60"


def to_my_runs(page) -> None:
    """Go to the page "My runs" by the menu in the top bar."""
    page.get_by_text("Map and study", exact=True).first.click()
    page.locator("a[href$=my-runs]").click()
    expect(page.get_by_role("heading", name="My runs")).to_be_visible()


def archive(page) -> bytes:
    with page.expect_download() as made:
        page.get_by_role("button", name="Download all").click()
    return made.value.path().read_bytes()


def test_runs_of_a_visit_are_listed_downloaded_and_opened_again(open_page, tmp_path):
    page = open_page(f"playground?{SETTINGS}&tau=0.5")
    trained(page)
    loss = float(reading(page, "test loss"))
    page.get_by_role("button", name="New seed").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('seed') === '1'")
    trained(page)
    to_my_runs(page)
    rows = page.locator(".my-run")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("finished at t =")
    drawn = rows.last.get_by_alt_text(re.compile("^test loss over time, .* to "))
    assert drawn.evaluate("(image) => image.complete && image.naturalWidth") == 120
    page.get_by_placeholder("Note").last.fill("for the <b>talk</b>")
    page.get_by_placeholder("Note").last.press("Enter")
    found = read_runs("runs.zip", content := archive(page), Bounds())
    while not found[0].note:  # repeat until the page has run with the note
        found = read_runs("runs.zip", content := archive(page), Bounds())
    assert [run.note for run in found] == ["for the <b>talk</b>", ""]
    assert found[0].final["test_loss"] == pytest.approx(loss, rel=0.06) and found[0].config.tau == 0.5
    assert "/playground?" in found[0].link and "tau=0.5" in found[0].link

    # another visit opens the archive on a phone, and goes back to the run
    (tmp_path / "runs.zip").write_bytes(content)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.get_by_text("Nothing has been run yet")).to_be_visible(timeout=30_000)
    page.locator("input[type=file]").set_input_files(tmp_path / "runs.zip")
    expect(page.locator(".my-run")).to_have_count(2, timeout=30_000)
    expect(page.locator(".my-run").last).to_contain_text("from runs.zip")
    expect(page.get_by_placeholder("Note").last).to_have_value("for the <b>talk</b>")
    nothing_cut_off(page)
    page.get_by_role("link", name="Open", exact=True).last.click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('tau') === '0.5'", timeout=30_000)
    trained(page)

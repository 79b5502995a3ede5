"""The page "Study" in a real browser: a comparison is started from the playground, computed and stopped."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlencode, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import expect

from harness.browser.parts import attribute, caption, chart, download, nothing_cut_off, popover, reading, trained
from lazyrich import StudentTeacher, compare

BASE = StudentTeacher(tau=0.3, leak=0.1, dimension=3, samples=12, test_samples=50, width=8, steps=60)
SETTINGS = "tau=0.3&dimension=3&samples=12&test_samples=50&width=8&steps=60&leak=0.1"
LONG = {"a": "delta=0", "b": "delta=1", "shared": "tau=0.3,leak=0.1,dimension=10,samples=50,steps=3000", "seeds": 64}


def test_a_question_of_the_playground_is_answered_over_seeds(visit):
    page = visit(f"playground?{SETTINGS}&delta=1&{urlencode({'keep': f'{SETTINGS}&delta=0'})}")
    page.get_by_role("link", name="Compare over seeds").click(timeout=30_000)
    page.wait_for_url("**/study?**", timeout=30_000)
    page.get_by_label("Seeds, typed").fill("6")
    page.get_by_label("Seeds, typed").press("Enter")
    expect(page.locator(".transport .where span").first).to_have_text("6 of 6 pairs", timeout=60_000)
    trained(page)
    versus = compare(BASE.changed(delta=0.0), BASE.changed(delta=1.0), seeds=6)
    verdict = page.locator("p.verdict").inner_text().partition("; loss still falls")[0]
    assert versus.verdict.startswith(verdict) and verdict.count("6")
    assert float(reading(page, "median ratio")) == pytest.approx(versus.effect, rel=6e-3)
    assert "A (δ 0)" in caption(page, "curves") and "B (δ 1)" in caption(page, "curves")
    nothing_cut_off(page)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    assert csv["ratio"].tolist() == pytest.approx(versus.table["ratio"].tolist(), rel=1e-6)
    assert r"\begin{tabular}" in download(page, "Table, LaTeX").decode()
    page.keyboard.press("Escape")
    popover(page, "Open a pair")
    page.get_by_role("link", name="B with A beside it, seed 0").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('delta') === '1'", timeout=30_000)
    query = parse_qs(urlsplit(page.url).query)
    assert query["delta"] == ["1"] and parse_qs(query["keep"][0])["delta"] == ["0"]


def test_stop_keeps_the_pairs_and_the_same_question_goes_on_from_them(visit):
    page = visit(f"study?{urlencode(LONG)}")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) > 1")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=60_000)
    had = int(attribute(page, "frames"))
    expect(page.locator("p.verdict")).to_contain_text("So far")
    page.get_by_role("button", name="Go on").click()
    more = "(had) => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) > had"
    page.wait_for_function(more, arg=had, timeout=60_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=60_000)

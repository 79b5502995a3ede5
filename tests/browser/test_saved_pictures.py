"""Every chart's PNG and SVG stands alone: title, settings and legend are there, and nothing is cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.browser.pictures import check_png, texts_of

pytestmark = pytest.mark.browser

NETWORKS = ["α 1", "α 4"]

PAGES = {
    "?steps=400&tau=0.3&delta=1": {
        "settings": ["τ 0.3 · δ 1 ·"],
        "plane": ["start", "a > 0", "a < 0", "teacher, +1", "teacher, −1"],
        "function": ["student", "teacher", "training samples"],
        "loss": ["train", "test"],
        "conserved": ["mean", "min to max"],
    },
    "exact-solutions?steps=400": {
        "settings": ["Initial angle"],
        "space": ["training", "exact", "loss 0"],
        "function": ["training", "target β*"],
    },
    "linear-networks?steps=400": {"settings": ["L 2"], "modes": ["exact", "1", "2", "3"]},
    "deep-networks?depth=2&width=32&steps=40&alphas=1,4": {
        "settings": ["α 1,4"],
        "accuracy": NETWORKS,
        "layers": NETWORKS,
    },
    "filters?steps=40&alphas=1,4": {"settings": ["α 1,4"], "filters": NETWORKS, "cosine": NETWORKS},
    "hierarchy?sizes=128,256&steps=300&alphas=1,4": {"settings": ["α 1,4"], "error": NETWORKS},
    "grokking?p=11&width=48&steps=60&alphas=1,4": {
        "settings": ["α 1,4"],
        "accuracy": NETWORKS,
        "spectrum": NETWORKS,
        "delay": NETWORKS,
    },
}
"""Address -> a piece of the line of settings, and by chart what its legend or labels name."""

SAVE = '[data-title="Download as {0}"], [aria-label="Download as {0}"]'


@pytest.mark.parametrize("address", PAGES)
def test_every_picture_has_its_title_settings_and_legend_and_nothing_is_cut_off(open_page, address: str):
    [settings], legends = PAGES[address]["settings"], {k: v for k, v in PAGES[address].items() if k != "settings"}
    page = open_page(address, wait=False)
    live = page.get_by_test_id("live-run")
    expect(live).to_have_attribute("data-status", "finished", timeout=120_000)
    live.focus()
    page.keyboard.press("End")
    for box in live.locator(".folds input").all():
        box.check()
    expect(page.locator("figure.painting")).to_have_count(0, timeout=30_000)
    pictures = page.locator("figure.chart:has(:is([data-title^='Download as'], [aria-label^='Download as']))")
    pictures.first.wait_for(timeout=30_000)
    seen, kinds = {}, set()
    for figure in pictures.all():
        kind = figure.get_attribute("class")
        name = figure.get_attribute("data-chart")
        title = figure.locator("figcaption strong").first.inner_text()
        # one drawing makes both files: a PNG of each kind of chart will do
        for format in ("SVG",) if kind in kinds else ("PNG", "SVG"):
            # by hand: a browser stops a page that brings more than ten files by itself
            figure.hover()
            with page.expect_download() as saved:
                figure.locator(SAVE.format(format)).first.click()
            content = Path(saved.value.path()).read_bytes()
            if format == "PNG":
                check_png(content)
                kinds.add(kind)
            else:
                seen[name] = texts = texts_of(page, content.decode())
                whole = " ".join(texts)
                assert title.split(",")[0] in whole, (name, texts)
                assert settings in whole, (name, texts)
    assert seen.keys() >= legends.keys()
    for name, legend in legends.items():
        assert [entry for entry in legend if entry not in seen[name]] == [], (name, seen[name])
        assert seen[name].count("exact") <= 1, "each kind of line is named once"


def test_kept_runs_are_named_each_with_its_settings(open_page):
    page = open_page("?steps=400&tau=0.3&delta=1&keep=tau%3D1%26steps%3D400", wait=False)
    live = page.get_by_test_id("live-run")
    expect(live).to_have_attribute("data-status", "finished", timeout=60_000)
    live.focus()
    page.keyboard.press("End")
    expect(page.locator("figure.painting")).to_have_count(0, timeout=30_000)
    with page.expect_download() as saved:
        page.locator(f"[data-chart=loss] :is({SAVE.format('SVG')})").evaluate("button => button.click()")
    texts = texts_of(page, Path(saved.value.path()).read_text())
    lines = [text for text in texts if "Seed" in text]
    assert any("τ 0.3 · δ 1" in line for line in lines) and any("τ 1 · δ 0" in line for line in lines)
    assert sum("train, " in text for text in texts) == 2


def test_the_papers_map_and_the_curves_of_its_cells_stand_alone(open_page):
    page = open_page("phase-portrait", wait=False)
    picker = page.get_by_test_id("picker")
    picker.get_by_role("application").wait_for(timeout=60_000)
    figure = page.get_by_role("figure", name="Kernel distance over training time")
    expect(figure.locator(".legend .traces")).to_have_count(1, timeout=30_000)
    texts = {}
    for name, place in (("map", picker), ("cells", figure)):
        for format in ("PNG", "SVG"):
            with page.expect_download() as saved:
                place.locator(SAVE.format(format)).first.evaluate("button => button.click()")
            content = Path(saved.value.path()).read_bytes()
            if format == "PNG":
                check_png(content)
            else:
                texts[name] = " ".join(texts_of(page, content.decode()))
    for whole in texts.values():
        assert "16 seeds" in whole or "Seeds 16" in whole or "Number of seeds 16" in whole, whole
        assert "trace" not in whole
    assert "Kernel distance" in texts["map"] and "scale τ" in texts["map"]
    assert "Kernel distance over training time" in texts["cells"] and "τ = 0.1, δ = 0" in texts["cells"]

"""Every page of the app, visited once: it draws within its Content Security Policy, axe-core finds nothing serious in
light and in the dark, and each picture that it saves stands alone.

A picture stands alone if it has its title, settings and legend, and nothing is cut off. A violation of the policy is an
error on the console, at which `open_page` fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from harness.browser.axe import SCRIPT, load_axe, serious_findings
from harness.browser.parts import chart
from harness.browser.pictures import check_png, texts_of
from harness.server import ROOT

pytestmark = pytest.mark.browser

NETWORKS = ["α 1", "α 4"]


@dataclass(frozen=True)
class Visit:
    """Contents to expect of a page.

    drawn: selector of its drawing, if no run is shown to its end. settings: a piece of the line of settings in each
    picture. legends: by chart what its legend or labels name.
    """

    drawn: str = ""
    settings: str = ""
    legends: dict[str, list[str]] = field(default_factory=dict)


PAGES = {
    "/": Visit(drawn=".live-run .js-plotly-plot"),
    "playground?steps=100&tau=0.3&delta=1": Visit(
        settings="τ 0.3 · δ 1 ·",
        legends={
            "plane": ["start", "a > 0", "a < 0", "teacher, +1", "teacher, −1"],
            "function": ["student", "teacher", "training samples"],
            "loss": ["train", "test"],
            "conserved": ["mean", "min to max"],
        },
    ),
    "playground?lesson=which-one-learns&step=1": Visit(drawn='[data-testid="lesson"] button'),
    "exact-solutions?steps=100": Visit(
        settings="Initial angle",
        legends={"space": ["training", "exact", "loss 0"], "function": ["training", "target β*"]},
    ),
    "linear-networks?steps=100": Visit(settings="L 2", legends={"modes": ["exact", "1", "2", "3"]}),
    "which-solution?points=7": Visit(settings="Balances 7"),
    "linear-or-relu?tau=1&points=3&seeds=1&seed=1&width=4&dimension=2&samples=5": Visit(settings="τ 1"),
    "phase-portrait": Visit(drawn=".js-plotly-plot"),
    "study?seeds=2&shared=steps%3D60": Visit(settings="2 seeds from 0 on"),
    "my-runs": Visit(drawn="h1"),
    "deep-networks?depth=2&width=32&steps=40&alphas=1,4": Visit(
        settings="α 1,4", legends={"accuracy": NETWORKS, "layers": NETWORKS}
    ),
    "filters?steps=40&alphas=1,4": Visit(settings="α 1,4", legends={"filters": NETWORKS, "cosine": NETWORKS}),
    "hierarchy?sizes=128,256&steps=300&alphas=1,4": Visit(settings="α 1,4", legends={"error": NETWORKS}),
    "grokking?p=11&width=48&steps=60&alphas=1,4": Visit(
        settings="α 1,4", legends={"accuracy": NETWORKS, "spectrum": NETWORKS, "delay": NETWORKS}
    ),
}

SAVE = '[data-title="Download as {0}"], [aria-label="Download as {0}"]'


@pytest.mark.parametrize("address", PAGES)
def test_a_page_draws_within_the_policy_can_be_read_and_saves_pictures_that_stand_alone(open_page, address: str):
    visit = PAGES[address]
    page = open_page(address, wait=False, color_scheme="dark")
    page.locator("h1:visible").wait_for(timeout=30_000)
    if visit.drawn:
        page.locator(visit.drawn).first.wait_for(timeout=60_000)
    else:
        to_the_end(page)
    load_axe(page)
    # what axe-core checks beside the contrast is the same in the dark
    findings = [f"dark: {one}" for one in serious_findings(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'light'")
    findings += [f"light: {one}" for one in serious_findings(page)]
    assert findings == []
    if address == "phase-portrait":
        the_papers_map_and_the_curves_of_its_cells_stand_alone(page)
    if visit.settings:
        pictures_stand_alone(page, visit)


def test_axe_core_is_there_and_no_page_is_left_out():
    assert SCRIPT.exists(), f"{SCRIPT} is not there: run `npm install`, as `make test` does"
    scripts = {path.stem.replace("_", "-") for path in (ROOT / "pages").glob("*.py")}
    assert {address.partition("?")[0].strip("/") or "start" for address in PAGES} == scripts


def to_the_end(page: Page) -> None:
    """The run is trained and painted to its last frame, in all charts."""
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=120_000)
    chart(page).focus()
    page.keyboard.press("End")
    at_rest(page)


def at_rest(page: Page) -> None:
    expect(page.locator("figure.painting")).to_have_count(0, timeout=30_000)


def saved(figure: Locator, format: str) -> bytes:
    """By hand: a browser stops a page that brings more than ten files by itself."""
    figure.hover()
    with figure.page.expect_download() as file:
        figure.locator(SAVE.format(format)).first.click()
    return Path(file.value.path()).read_bytes()


def pictures_stand_alone(page: Page, visit: Visit) -> None:
    for box in chart(page).locator(".folds input").all():
        box.check()
    at_rest(page)
    pictures = page.locator("figure.chart:has(:is([data-title^='Download as'], [aria-label^='Download as']))")
    pictures.first.wait_for(timeout=30_000)
    seen, kinds = {}, set()
    for figure in pictures.all():
        kind = figure.get_attribute("class")
        name = figure.get_attribute("data-chart")
        title = figure.locator("figcaption strong").first.inner_text()
        # one drawing makes both files: a PNG of each kind of chart will do
        if kind not in kinds:
            check_png(saved(figure, "PNG"))
            kinds.add(kind)
        seen[name] = texts = texts_of(page, saved(figure, "SVG").decode())
        whole = " ".join(texts)
        assert title.split(",")[0] in whole, (name, texts)
        assert visit.settings in whole, (name, texts)
    assert seen.keys() >= visit.legends.keys()
    for name, legend in visit.legends.items():
        assert [entry for entry in legend if entry not in seen[name]] == [], (name, seen[name])
        assert seen[name].count("exact") <= 1, "each kind of line is named once"


def the_papers_map_and_the_curves_of_its_cells_stand_alone(page: Page) -> None:
    picker = page.get_by_test_id("picker")
    picker.get_by_role("application").wait_for(timeout=60_000)
    figure = page.get_by_role("figure", name="Kernel distance over training time")
    expect(figure.locator(".legend .traces")).to_have_count(1, timeout=30_000)
    texts = {}
    for name, place in (("map", picker), ("cells", figure)):
        check_png(saved(place, "PNG"))
        texts[name] = " ".join(texts_of(page, saved(place, "SVG").decode()))
    for whole in texts.values():
        assert "16 seeds" in whole or "Seeds 16" in whole or "Number of seeds 16" in whole, whole
        assert "trace" not in whole
    assert "Kernel distance" in texts["map"] and "scale τ" in texts["map"]
    assert "Kernel distance over training time" in texts["cells"] and "τ = 0.1, δ = 0" in texts["cells"]


def test_kept_runs_are_named_each_with_its_settings(open_page):
    page = open_page("?steps=60&tau=0.3&delta=1&keep=tau%3D1%26steps%3D60", wait=False)
    to_the_end(page)
    texts = texts_of(page, saved(page.locator("[data-chart=loss]"), "SVG").decode())
    lines = [text for text in texts if "Seed" in text]
    assert any("τ 0.3 · δ 1" in line for line in lines) and any("τ 1 · δ 0" in line for line in lines)
    assert sum("train, " in text for text in texts) == 2

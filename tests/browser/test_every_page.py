"""Every page of the app, in one visit of a real browser.

Each page draws within its Content Security Policy, axe-core finds nothing serious in light or dark, and every picture
that it saves is complete: it has its title, settings and legend, and nothing is cut off. Where this file names all
settings of a page's run, its texts and downloads equal those of the same run in Python, and nothing is cut off on a
phone.

A violation of the policy is an error on the console, at which `visit` fails a test.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from harness.browser.axe import SCRIPT, load_axe, serious_findings
from harness.browser.parts import (
    address_of,
    at_rest,
    caption,
    chart,
    download,
    nothing_cut_off,
    number,
    on_a_phone_in_the_dark,
    popover,
    to_the_end,
    trained,
)
from harness.browser.pictures import check_png, saved, texts_of
from harness.server import ROOT
from lazyrich import DeepMap, DeepNetwork, Grokking, Hierarchy, ImplicitBias, train
from lazyrich.config.schema import Config

NETWORKS = ["α 1", "α 4"]


@dataclass(frozen=True)
class Visit:
    """Contents to expect of a page.

    drawn: selector of its drawing, if the page shows no finished run. settings: part of the line of settings in each
    picture. legends: for each chart, entries of its legend or labels. config: its run. theory: for each chart, the
    column whose last value is in its caption.
    """

    drawn: str = ""
    settings: str = ""
    legends: dict[str, list[str]] = field(default_factory=dict)
    config: Config | None = None
    theory: dict[str, str] = field(default_factory=dict)


def of_run(page: str, config: Config, **contents: Any) -> tuple[str, Visit]:
    return address_of(page, config), Visit(config=config, **contents)


PAGES = {
    "my-runs": Visit(drawn="h1"),
    "": Visit(drawn=".live-run .js-plotly-plot"),
    "playground?steps=100&tau=0.3&delta=1": Visit(
        settings="τ 0.3 · δ 1 ·",
        legends={
            "plane": ["start", "a > 0", "a < 0", "teacher, +1", "teacher, −1"],
            "function": ["student", "teacher", "training samples"],
            "loss": ["train", "test"],
            "conserved": ["mean", "min to max"],
        },
    ),
    "exact-solutions?steps=100": Visit(
        settings="Initial angle",
        legends={"space": ["training", "exact", "loss 0"], "function": ["training", "target β*"]},
    ),
    "linear-networks?steps=100": Visit(settings="L 2", legends={"modes": ["exact", "1", "2", "3"]}),
    "linear-or-relu?tau=1&points=3&seeds=1&seed=1&width=4&dimension=2&samples=5": Visit(settings="τ 1"),
    "phase-portrait": Visit(drawn=".js-plotly-plot"),
    "study?seeds=2&shared=steps%3D60": Visit(settings="2 seeds from 0 on"),
    "filters?steps=10&alphas=1,4": Visit(settings="α 1,4", legends={"filters": NETWORKS, "cosine": NETWORKS}),
}
PAGES |= [
    of_run(
        "which-solution",
        ImplicitBias(points=7, reach=2.0),
        settings="Balances 7",
        theory={"length": "largest_difference"},
    ),
    of_run(
        "deep-networks",
        DeepNetwork(alphas=(1.0, 4.0), depth=3, width=32, steps=40),
        settings="α 1,4",
        legends={"accuracy": NETWORKS, "layers": NETWORKS},
    ),
    of_run(
        "hierarchy",
        Hierarchy(alphas=(1.0, 4.0), sizes=(128, 256), steps=300),
        settings="α 1,4",
        legends={"error": NETWORKS},
    ),
    of_run(
        "grokking",
        Grokking(alphas=(1.0, 4.0), p=11, width=48, steps=600),
        settings="α 1,4",
        legends={"accuracy": NETWORKS, "spectrum": NETWORKS, "delay": NETWORKS},
    ),
    of_run("deep-networks?see=deep-map", DeepMap(alphas=(1.0, 10.0), taus=(0.3, 3.0), width=24, steps=40)),
    ("playground?lesson=which-one-learns&step=1", Visit(drawn='[data-testid="lesson"] button')),
]
"""Address -> contents. Visited in this order, in which no page comes twice in a row."""


@pytest.fixture(scope="module")
def kinds() -> set[str]:
    """Kinds of charts whose PNG was checked. PNG and SVG come from one drawing, so one PNG of each kind suffices."""
    return set()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_draws_within_the_policy_is_accessible_and_saves_complete_pictures(visit, kinds: set[str], address: str):
    expected = PAGES[address]
    page = visit(address, color_scheme="dark")
    if expected.drawn:
        page.locator(expected.drawn).first.wait_for(timeout=60_000)
    else:
        to_the_end(page)
    load_axe(page)
    # findings other than contrast do not depend on the theme
    findings = [f"dark: {one}" for one in serious_findings(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'light'")
    findings += [f"light: {one}" for one in serious_findings(page)]
    assert findings == []
    if address == "phase-portrait":
        pictures_of_the_papers_map_and_of_its_cells_are_complete(page)
    if expected.settings:
        saved_pictures_are_complete(page, expected, kinds)
    if expected.config:
        texts_and_downloads_agree_with_python(page, expected)
        of_networks = "alphas" in expected.config.parameters()
        if of_networks:
            a_control_starts_another_run_beside_a_ghost(page)
        on_a_phone_in_the_dark(page)
        nothing_cut_off(page)
        charts_are_as_wide_as_a_phone(page)


def test_axe_core_is_installed_and_every_page_is_visited():
    assert SCRIPT.exists(), f"{SCRIPT} is not there: run `npm install`, as `make test` does"
    scripts = {path.stem.replace("_", "-") for path in (ROOT / "pages").glob("*.py")}
    assert {address.partition("?")[0] or "start" for address in PAGES} == scripts


def saved_pictures_are_complete(page: Page, visit: Visit, kinds: set[str]) -> None:
    for box in chart(page).locator(".folds input").all():
        box.check()
    at_rest(page)
    pictures = page.locator("figure.chart:has(:is([data-title^='Download as'], [aria-label^='Download as']))")
    pictures.first.wait_for(timeout=30_000)
    seen = {}
    for figure in pictures.all():
        kind = figure.get_attribute("class")
        name = figure.get_attribute("data-chart")
        title = figure.locator("figcaption strong").first.inner_text()
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


def texts_and_downloads_agree_with_python(page: Page, visit: Visit) -> None:
    here = train(visit.config)
    expect(page.locator("p.verdict")).to_have_text(here.frames[-1].verdict, timeout=15_000)
    for chart_id, column in visit.theory.items():
        shown = number(caption(page, chart_id).split("at most")[1])
        assert shown == pytest.approx(here.curves[column].iloc[-1], rel=0.06)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    tolerance = {"rtol": 1e-12} if visit.theory else {"rtol": 1e-5, "check_dtype": False}  # networks train in float32
    pd.testing.assert_frame_equal(csv, here.curves, **tolerance)
    page.keyboard.press("Escape")


def a_control_starts_another_run_beside_a_ghost(page: Page) -> None:
    field = page.get_by_test_id("stSidebar").get_by_role("textbox", name=re.compile("α +balance of the layers"))
    field.fill("2, 5")
    field.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('alphas') === '2,5'", timeout=15_000)
    expect(page.get_by_role("button", name="Dismiss ghost")).to_be_visible(timeout=15_000)
    trained(page)


def charts_are_as_wide_as_a_phone(page: Page) -> None:
    figures = page.locator(".live-run figure.chart").all()
    assert figures
    for figure in figures:
        box = figure.bounding_box()
        assert box["height"] > 100 and 250 < box["width"] < 390
        assert figure.locator("figcaption strong").inner_text()


def pictures_of_the_papers_map_and_of_its_cells_are_complete(page: Page) -> None:
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

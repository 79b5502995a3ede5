"""The map control in a real browser, on a page that the test serves (apps/picker.py)."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from harness.browser.contrast import contrast
from harness.browser.parts import watched
from harness.browser.touch import PHONE, swipe, tap
from harness.server import Server
from lazyrich.theory import final_kernel_distance
from tests.browser.apps.picker_page import AppServer, Picker, apart, counts, place_in, within
from tests.browser.conftest import Tab

APP = Path(__file__).parent / "apps" / "picker.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("picker") / "log.txt"
    with AppServer(APP, log) as server:
        yield server
    assert server.process.returncode in (0, 143, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


SCREEN = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def shared(server: Server, visited: Tab) -> Page:
    """One page for all tests without settings of their own: Streamlit and plotly take seconds to load."""
    page = visited.take(visit=APP.name)
    page.goto(server.url)
    visited.leave(APP.name)
    return page


@pytest.fixture
def open_maps(shared: Page, open_page):
    """open_maps(**settings of a separate page) -> page, wide map, narrow map (None on a phone, which folds it away).

    No value has been picked yet.
    """

    def open_one(**settings):
        page = open_page("/", wait=False, **settings) if settings else shared
        wide, narrow = Picker(page, "wide"), None if "is_mobile" in settings else Picker(page, "narrow")
        if not settings:
            page.get_by_role("button", name="Begin again").click()
            counts(page, 0)
            wide.settles(1.0, 90.0)
            narrow.settles(0.1, 0.0)
        return page, wide, narrow

    with watched(shared):
        yield open_one


def test_a_click_picks_the_value_under_it(open_maps):
    page, wide, narrow = open_maps()
    page.mouse.click(*wide.pixel(0.3, 0.6))
    counts(page, 1)
    x, y = wide.on_page()
    assert x == pytest.approx(-10 + 20 * 0.3, abs=20 / wide.box["width"] + 0.01)
    assert y == pytest.approx(180 * 0.6, abs=180 / wide.box["height"] + 0.5)
    wide.settles(x, y)
    assert wide.dot == pytest.approx((0.3, 0.6), abs=0.006)
    page.mouse.click(*narrow.pixel(0.8, 0.25))
    counts(page, 2)
    tau, balance = narrow.on_page()
    assert np.log10(tau) == pytest.approx(-2 + 3 * 0.8, abs=3 / narrow.box["width"] + 0.005)
    assert balance == pytest.approx(-1, abs=4 / narrow.box["height"] + 0.01)


def test_picked_numbers_have_three_digits_and_stay_within_the_map(open_maps):
    page, wide, narrow = open_maps()
    page.mouse.click(*wide.pixel(0.51237, 0.30001))
    counts(page, 1)
    assert all(len(str(abs(value)).replace(".", "").strip("0")) <= 3 for value in wide.on_page())
    page.mouse.move(*narrow.pixel(0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*narrow.pixel(3.5, -2.0))
    page.mouse.up()
    counts(page, 2)
    narrow.settles(10.0, -2.0)


def test_the_line_below_the_map_shows_the_number_of_the_closed_form(open_maps):
    page, wide, _ = open_maps()
    page.mouse.click(*wide.pixel(0.2, 0.7))
    counts(page, 1)
    delta, angle = wide.on_page()
    text = wide.node.locator(".here").inner_text()
    S = final_kernel_distance(0.01, np.cos(np.radians(angle)), delta)
    assert float(re.search(r"S = ([\d.]+)", text)[1]) == pytest.approx(S, abs=0.006)
    assert f"angle = {angle:g}°" in text


def test_a_dragged_dot_follows_the_pointer_and_picks_once_at_its_release(open_maps):
    page, wide, _ = open_maps()
    picture = wide.node.locator(".heatmaplayer image").element_handle()
    begin = wide.pixel(*wide.dot)
    page.mouse.move(begin[0] + 4, begin[1] - 3)
    page.mouse.down()
    assert wide.at == (1, 90)
    for share in (0.6, 0.7, 0.8):
        x, y = wide.pixel(share, 0.25)
        page.mouse.move(x + 4, y - 3)
        page.wait_for_function("([node, x]) => Math.abs(node.dataset.x - x) < 0.05", arg=[
            wide.node.element_handle(), -10 + 20 * share,
        ])  # fmt: skip
        assert wide.dot == pytest.approx((share, 0.25), abs=0.006)
    assert wide.on_page() == (1, 90)
    page.mouse.up()
    counts(page, 1)
    assert wide.on_page() == pytest.approx((6, 45), abs=0.6)
    # the map was not redrawn during the drag
    assert picture.evaluate("node => node.isConnected")


def test_escape_cancels_a_drag(open_maps):
    page, wide, _ = open_maps()
    page.mouse.move(*wide.pixel(0.3, 0.3))
    page.mouse.down()
    page.mouse.move(*wide.pixel(0.4, 0.4))
    expect(wide.node).not_to_have_attribute("data-x", "1")
    page.keyboard.press("Escape")
    page.mouse.move(*wide.pixel(0.2, 0.2))
    page.mouse.up()
    wide.shows(1, 90)
    page.mouse.click(*wide.pixel(0.25, 0.25))
    counts(page, 1)


def test_arrow_keys_move_the_dot_and_their_release_picks_once(open_maps):
    page, wide, narrow = open_maps()
    wide.surface.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    wide.shows(-0.2, 93.6)
    counts(page, 1)
    wide.settles(-0.2, 93.6)
    narrow.surface.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    counts(page, 2)
    narrow.settles(0.2, 0.0)
    page.keyboard.down("ArrowDown")
    narrow.shows(0.2, -0.08)
    page.keyboard.press("Escape")
    narrow.shows(0.2, 0)
    page.keyboard.up("ArrowDown")
    for _ in range(12):
        page.keyboard.press("Shift+ArrowUp")
    counts(page, 3)
    narrow.settles(0.2, 2.0)


def test_the_point_is_described_in_words(open_maps):
    page, wide, _ = open_maps()
    assert "Point at balance δ 1, initial angle 90 degrees, S(0, ∞) 0.013." in wide.surface.get_attribute("aria-label")
    wide.surface.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(wide.node.get_by_role("status")).to_have_text(re.compile("^balance δ minus 1, initial angle 90 degrees, "))
    expect(wide.surface).to_have_accessible_description(re.compile("Arrow keys move the point"))
    counts(page, 1)  # wait, so that this pick does not arrive in the next test


def test_the_pointer_reads_the_map_and_its_gaps_without_moving_the_dot(open_maps):
    page, wide, narrow = open_maps()
    page.mouse.move(*wide.pixel(0.25, 0.5))
    expect(wide.node.locator(".there")).to_have_text(re.compile(r"pointer: δ = −5(\.0\d)?, angle = \d+.*°, S = 0\.9"))
    page.mouse.move(*narrow.pixel(0.95, 0.9))
    expect(narrow.node.locator(".there")).to_have_text(re.compile("no value here"))
    expect(wide.node.locator(".there")).to_have_text("")
    assert wide.at == (1, 90) and narrow.at == (0.1, 0)


def test_a_refused_pick_moves_the_dot_back(open_maps):
    page, wide, _ = open_maps()
    for refused in (1, 2):
        page.mouse.click(*wide.pixel(0.3, 0.99))
        counts(page, 0, refused)
        wide.settles(1.0, 90.0)


def test_other_controls_move_the_dot_without_a_new_drawing(open_maps):
    page, wide, _ = open_maps()
    picture = wide.node.locator(".heatmaplayer image").element_handle()
    page.mouse.click(*wide.pixel(0.3, 0.3))
    counts(page, 1)
    page.get_by_role("button", name="Back").click()
    wide.settles(1.0, 90.0)
    assert wide.dot == pytest.approx((0.55, 0.5), abs=0.002)
    assert picture.evaluate("node => node.isConnected")


def test_new_numbers_are_drawn_in_the_same_place(open_maps):
    page, wide, _ = open_maps()
    plot, picture = wide.node.locator(".plot").element_handle(), wide.node.locator(".heatmaplayer image")
    before = picture.evaluate("node => node.getAttribute('href') ?? node.getAttribute('xlink:href')")
    page.get_by_test_id("stCheckbox").click()
    S = final_kernel_distance(0.01, 0.0, -1.0)
    expect(wide.node.locator(".here")).to_have_text(f"δ = 1, angle = 90°, S = {S:.2f}")
    page.wait_for_function(
        """([node, before]) => {
            const picture = node.querySelector('.heatmaplayer image');
            return (picture.getAttribute('href') ?? picture.getAttribute('xlink:href')) !== before;
        }""",
        arg=[plot, before],
    )
    assert plot.evaluate("node => node.isConnected")


def test_a_dot_outside_the_map_is_drawn_at_its_edge_with_a_note(open_maps):
    page, wide, _ = open_maps()
    page.get_by_role("button", name="Outside").click()
    expect(wide.node.locator(".here")).to_have_text("δ = 12, angle = 90°, outside the map")
    assert wide.dot == pytest.approx((1, 0.5), abs=0.002)
    wide.surface.focus()
    page.keyboard.press("ArrowLeft")
    wide.settles(9.6, 90.0)


def test_the_surface_stays_on_the_plot_when_the_window_changes(open_maps):
    page, wide, _ = open_maps()
    for width in (1280, 820, 390, 1600, SCREEN["width"]):  # the last one restores the width for the next test
        page.set_viewport_size({"width": width, "height": 800})
        # Read all boxes in one call, after some frames without a change: the page passes through other widths.
        boxes = page.wait_for_function(
            """node => {
                const box = (part) => {
                    const { x, y, width, height } = part.getBoundingClientRect();
                    return { x, y, width, height };
                };
                const right = ({ x, width }) => x + width;
                const parts = {
                    page: [node],
                    frame: node.querySelectorAll('.frame'),
                    svg: node.querySelectorAll('.main-svg'),
                    picture: node.querySelectorAll('.heatmaplayer image'),
                    surface: node.querySelectorAll('.surface'),
                    dot: node.querySelectorAll('.dot'),
                    bar: node.querySelectorAll('.colorbar .cbfills'),
                    title: node.querySelectorAll('.colorbar .cbtitle'),
                    labels: node.querySelectorAll('.annotation .bg'),
                };
                const boxes = {};
                for (const [name, found] of Object.entries(parts)) boxes[name] = [...found].map(box);
                const seen = JSON.stringify(boxes);
                node.still = seen === node.seen ? node.still + 1 : 0;
                node.seen = seen;
                if (node.still < 10 || !boxes.picture.length || right(boxes.page[0]) > innerWidth) return false;
                return Math.abs(right(boxes.frame[0]) - right(boxes.svg[0])) < 1.5 && boxes;
            }""",
            arg=wide.node.element_handle(),
        ).json_value()
        [surface], [picture], [frame] = boxes["surface"], boxes["picture"], boxes["frame"]
        assert surface["x"] + surface["width"] == pytest.approx(picture["x"] + picture["width"], abs=1.5)
        assert place_in(boxes["dot"][0], surface) == pytest.approx((0.55, 0.5), abs=0.002)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
        pieces, labels = [*boxes["bar"], *boxes["title"]], boxes["labels"]
        assert len(pieces) == 2
        assert all(within(box, frame) for box in [*pieces, *labels])
        assert all(apart(one, other) for one, other in combinations([surface, *pieces], 2)), boxes
        assert all(apart(one, other) for one, other in combinations(labels, 2)), boxes


THEMED = """([node, scheme]) => {
    const ink = getComputedStyle(node.querySelector('.xtick text')).fill.match(/\\d+/g).slice(0, 3);
    const app = getComputedStyle(document.querySelector('.stApp')).colorScheme;
    return app === scheme && ink.every((value) => (value > 128) === (scheme === 'dark'));
}"""
"""Whether the page and the texts of a map have this theme."""


def test_text_stands_out_from_its_background_in_both_themes(open_maps):
    page, wide, narrow = open_maps()
    for scheme, one in product(("dark", "light"), (wide, narrow)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(THEMED, arg=[one.node.element_handle(), scheme])
        colours = one.node.evaluate(
            """node => {
                const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
                const of = (selector) => getComputedStyle(node.querySelector(selector));
                let behind = node;
                while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
                const texts = ['.xtick text', '.ytick text', '.colorbar text', '.annotation text'];
                return [rgb(getComputedStyle(behind).backgroundColor), rgb(of('.here').color),
                    ...texts.map((selector) => rgb(of(selector).fill))];
            }"""
        )
        background, *texts = colours
        assert (sum(background) < 200) == (scheme == "dark")
        assert min(contrast(text, background) for text in texts) >= 4.5


def test_junk_from_the_browser_is_refused(open_page):
    """The browser runs a module of its own instead of the project's, and sends invalid values."""
    junk = ['"here"', "[1, 2]", "{}", "{x: null, y: 1}", '{x: "1", y: 1}', "{x: true, y: 1, serial: {}}"]
    module = f"""const junk = [{", ".join(junk)}];
        export function mount({{ parentElement, setTriggerValue }}) {{
            if (parentElement.querySelector(".impostor")) return;
            const button = document.createElement("button");
            button.className = "impostor";
            button.onclick = () => setTriggerValue("pick", junk.shift());
            parentElement.append(button, "send");
        }}"""
    page = open_page("_stcore/health", wait=False)
    page.route("**/picker.js", lambda route: route.fulfill(content_type="text/javascript", body=module))
    page.goto(page.url.removesuffix("_stcore/health"))
    for sent in range(1, len(junk) + 1):
        page.locator(".st-key-map-wide .impostor").dispatch_event("click")
        counts(page, 0, sent)
    expect(page.get_by_text("wide: (1.0, 90.0)")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.unroute_all()


def test_on_a_phone_a_tap_picks_the_dot_is_dragged_and_a_swipe_beside_it_does_neither(open_maps):
    page, wide, _ = open_maps(**PHONE)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
    assert wide.box["width"] > 0.7 * 390
    tap(page, *wide.pixel(0.2, 0.5))
    counts(page, 1)
    assert wide.on_page() == pytest.approx((-6, 90), abs=1)
    swipe(page, wide.pixel(*wide.dot), wide.pixel(0.7, 0.8))
    counts(page, 2)
    assert wide.on_page() == pytest.approx((4, 144), abs=1.5)
    before = wide.at
    swipe(page, wide.pixel(0.3, 0.2), wide.pixel(0.35, 0.7))
    page.wait_for_timeout(400)
    assert wide.at == before
    counts(page, 2)

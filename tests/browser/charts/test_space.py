"""The chart in three dimensions, alone on a page: geometry, hidden points, and rotation by mouse, keys and touch."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from harness.browser.space_chart import CONE, SCENE
from harness.browser.touch import swipe


def run(page: Page, code: str) -> Any:
    """Run the body of an async function in the page, and return its value."""
    return page.evaluate(f"async () => {{ {code} }}")


def test_only_points_behind_a_surface_are_hidden(page: Page) -> None:
    hidden = run(
        page,
        CONE
        + """
        const {Camera, Projection} = await import("/static/charts/space/projection.js");
        const {Surface, lossColours, meshes} = await import("/static/charts/space/space_surface.js");
        const seen = new Projection(range, new Camera(), [400, 400]);
        const colours = lossColours({background: "rgb(255, 255, 255)", dark: false});
        const surface = new Surface(seen, 2).paint(meshes([sheet(1), sheet(-1)]), colours);
        const [c, s] = [Math.cos(1), Math.sin(1)]; // the way to the camera
        return [[0.6 * c, 0.6 * s, 0.6], [0.9 * c, 0.9 * s, 0.6], [-0.6 * c, -0.6 * s, 0.6], [0, 0, 0.6], [-1, 1, 0]]
            .map((point) => surface.hides(seen.at(...point)));""",
    )
    assert hidden == [False, False, True, True, False]


def test_the_trail_grows_with_the_frames_and_shrinks_when_the_run_goes_back(page: Page) -> None:
    lengths = run(
        page,
        SCENE
        + """
        const lengths = [];
        for (const upTo of [0, 20, 40, 59, 20]) {
            for (let k = lengths.length === 4 ? upTo : Math.max(0, upTo - 19); k <= upTo; k++) chart.paint(scene(k));
            lengths.push(red());
        }
        return lengths;""",
    )
    assert lengths[0] == 0
    assert lengths[0] < lengths[1] < lengths[2] < lengths[3]
    assert lengths[4] == pytest.approx(lengths[1], rel=0.15)


def test_the_camera_turns_by_keys_and_by_hand_stays_over_a_new_run_and_comes_back(page: Page) -> None:
    run(page, SCENE + "chart.paint(scene(59)); window.steps = 0; onkeydown = (e) => (steps += !e.defaultPrevented);")
    azimuth = "chart.camera.azimuth"
    before = page.evaluate(azimuth)
    page.evaluate("chart.plot.focus()")
    page.keyboard.press("ArrowRight")
    turned = page.evaluate(azimuth)
    assert turned != before
    assert page.evaluate("steps") == 0, "the arrow key also stepped the run"
    page.mouse.move(200, 200)
    page.mouse.down()
    page.mouse.move(150, 230, steps=3)
    page.mouse.up()
    dragged = page.evaluate(azimuth)
    assert dragged > turned, "the view did not turn with the drag"
    page.evaluate("chart.stale = true; chart.chart_data = {}; chart.fit(scene(59)); chart.paint(scene(59))")
    assert page.evaluate(azimuth) == dragged
    page.mouse.dblclick(200, 200)
    assert page.evaluate(azimuth) == before


def test_a_tap_on_a_point_names_it_and_a_finger_that_turns_the_picture_does_not(page: Page) -> None:
    run(page, SCENE + "chart.paint(scene(0));")
    tip = page.locator(".tip")
    x, y = page.evaluate(
        """() => {
            const {left, top} = chart.plot.getBoundingClientRect();
            const {x, y} = chart.drawn.projection.at(1, 0, 1);
            return [left + x, top + y];
        }"""
    )
    swipe(page, (x, y), (x + 2, y))
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("minimum")
    swipe(page, (x, y), (x - 60, y))
    expect(tip).to_be_hidden()


@pytest.mark.parametrize("format", ["PNG", "SVG"])
def test_the_picture_can_be_saved(page: Page, format: str) -> None:
    run(page, SCENE + "chart.paint(scene(59));")
    with page.expect_download() as caught:
        page.get_by_role("button", name=f"Download as {format}").click()
    assert caught.value.suggested_filename == f"lazyrich-space-step-59.{format.lower()}"
    content = caught.value.path().read_bytes()
    assert content.startswith(b"\x89PNG" if format == "PNG" else b"<svg")
    if format == "SVG":
        inside = "new DOMParser().parseFromString({!r}, 'image/svg+xml').querySelectorAll({!r}).length"
        assert page.evaluate(inside.format(content.decode(), "parsererror")) == 0
        assert page.evaluate(inside.format(content.decode(), "path[stroke='#ff0000']")) >= 1

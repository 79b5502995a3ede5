"""The chart of filters, alone on a page: its pixels, and its response to mouse, keys and touch."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from harness.browser.filter_images import ALPHAS, SPEC, Run
from harness.browser.touch import tap
from lazyrich import charts


def middle(page: Page, network: int, filter: int) -> tuple[float, float]:
    """Return the centre of a filter in the window."""
    x, y = page.evaluate(
        f"""(() => {{
            const {{left, top}} = chart.plot.getBoundingClientRect();
            const at = chart.layout.at({{network: {network}, filter: {filter}}});
            return [left + at.x + chart.layout.cell / 2, top + at.y + chart.layout.cell / 2];
        }})()"""
    )
    return x, y


def colours(weights: np.ndarray) -> np.ndarray:
    """Return the RGB (16, 7, 7, 3) of filters (16, channels, 7, 7): 255 times 0.5 + w / (2 max|w|)."""
    most = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    shade = 255 * (0.5 + np.divide(weights, 2 * most, out=np.zeros_like(weights), where=most > 0))
    return np.broadcast_to(shade.transpose(0, 2, 3, 1), (16, 7, 7, 3))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("frame", [0, 3])
def test_each_filter_has_a_contrast_of_its_own_with_zero_in_mid_grey(page: Page, channels: int, frame: int) -> None:
    run = Run(channels)
    run.show(page, frame)
    for network in range(len(ALPHAS)):
        seen = np.array(page.evaluate(f"colours({network})"))
        assert np.abs(seen[..., :3] - colours(run.W[frame, network])).max() <= 1
        assert (seen[..., 3] == 255).all()


def test_the_toggle_shows_what_training_has_added(page: Page) -> None:
    run = Run()
    run.show(page, 2, SPEC)
    toggle = page.get_by_role("button", name="ΔW")
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "true"
    added = run.W[2, 1] - run.W[0, 1]
    assert np.abs(np.array(page.evaluate("colours(1)"))[..., :3] - colours(added)).max() <= 1
    assert "ΔW at step 200" in (page.get_by_role("application").get_attribute("aria-label") or "")
    page.evaluate("chart.paint(scene(0))")
    assert np.abs(np.array(page.evaluate("colours(1)"))[..., :3] - 127.5).max() <= 0.5, "nothing is added at the start"
    page.get_by_role("button", name="W", exact=True).click()
    assert np.abs(np.array(page.evaluate("colours(1)"))[..., :3] - colours(run.W[0, 1])).max() <= 1


def test_pointing_at_a_filter_shows_its_numbers_during_the_run(page: Page) -> None:
    run = Run()
    run.show(page, 1)
    panel = page.locator(".panel")
    expect(panel).to_be_hidden()
    page.mouse.move(*middle(page, 2, 9))
    expect(panel.locator("strong")).to_have_text("α 10, filter 10")
    for frame in (1, 4):
        page.evaluate(f"chart.paint(scene({frame}))")
        numbers = [float(text) for text in panel.locator("dd").all_inner_texts()]
        assert numbers == pytest.approx([run.gabor[frame, 2, 9], run.low[frame, 2, 9]], rel=0.05)
    page.get_by_role("button", name="ΔW").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("dt")).to_have_text(["Gabor R² of W", "low frequencies of W"])
    page.mouse.move(2, 2)
    expect(panel).to_be_hidden()


@pytest.mark.parametrize(("size", "out"), [((366, 366), 40), ((425, 433), 1), ((590, 433), 1)])
def test_the_panel_stays_inside_and_never_hides_the_filter_it_is_about(
    page: Page, size: tuple[int, int], out: int
) -> None:
    """out: px by which the panel may exceed the top or the bottom of the chart, on a phone too small for both."""
    Run().show(page, size=size)
    frame = page.locator(".frame").bounding_box()
    assert frame
    for network, filter in [(0, 0), (0, 6), (0, 15), (1, 3), (1, 12), (2, 0), (2, 5), (2, 15)]:
        x, y = middle(page, network, filter)
        page.mouse.move(x, y)
        box = page.locator(".panel").bounding_box()
        assert box
        assert frame["x"] - 1 <= box["x"] <= frame["x"] + frame["width"] - box["width"] + 1
        assert frame["y"] - out <= box["y"] <= frame["y"] + frame["height"] - box["height"] + out
        assert not (box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"])


def test_the_best_gabor_stands_beside_a_filter_that_has_one(page: Page) -> None:
    run = Run(fit=True)
    run.show(page, 2)
    fit = page.locator(".panel figure", has_text="best Gabor")
    page.mouse.move(*middle(page, 0, 3))
    expect(fit).to_be_hidden()
    page.mouse.move(*middle(page, 1, 3))
    expect(fit).to_be_visible()
    pixels = page.evaluate("[...chart.panel.fit.getContext('2d').getImageData(0, 0, 7, 7).data]")
    weights = run.W[2, 1, 3, 0]
    # the fit is half of the filter, drawn with the filter's contrast
    expected = 255 * (0.5 + weights / 4 / np.abs(weights).max())
    assert np.abs(np.reshape(pixels, (7, 7, 4))[..., 0] - expected).max() <= 1


def test_the_buttons_of_the_caption_keep_the_focus_when_it_is_written_again(page: Page) -> None:
    Run().show(page)
    button = page.get_by_role("button", name="ΔW")
    button.focus()
    page.keyboard.press("Enter")
    page.evaluate("chart.describe(scene(1))")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_arrow_keys_go_through_all_blocks_in_words_and_the_run_does_not_step(page: Page) -> None:
    run = Run()
    run.show(page, 2, size=(590, 300))  # wide enough for three blocks side by side
    page.evaluate("window.steps = []; onkeydown = (e) => { if (!e.defaultPrevented) steps.push(e.key); }; null")
    pictures = page.get_by_role("application")
    status = page.get_by_role("status")
    pictures.focus()
    expect(status).to_contain_text("α 0.1, filter 1, Gabor R²")
    for key in ["ArrowDown", *["ArrowRight"] * 4]:
        page.keyboard.press(key)
    expect(status).to_contain_text("α 1, filter 5, ")
    value = float((status.text_content() or "").split("Gabor R² ")[1].split(",")[0])
    assert value == pytest.approx(run.gabor[2, 1, 4], rel=0.05)
    for _ in range(9):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
    expect(status).to_contain_text("α 10, filter 4, ")
    assert page.evaluate("steps") == []
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    page.keyboard.press("s")
    assert page.evaluate("steps") == ["s"], "a key that the chart does not use did not reach the run"
    means = [f"{alpha}: mean Gabor R²" for alpha in SPEC["labels"]]
    label = pictures.get_attribute("aria-label") or ""
    assert all(mean in label for mean in means), label
    assert "at step 200" in label


def test_a_tap_shows_a_filter_and_a_second_tap_puts_it_away(page: Page) -> None:
    Run().show(page)
    panel = page.locator(".panel")
    tap(page, *middle(page, 1, 2))
    expect(panel.locator("strong")).to_have_text("α 1, filter 3")
    tap(page, *middle(page, 1, 2))
    expect(panel).to_be_hidden()


def test_the_picture_stays_until_the_next_run_has_a_frame(page: Page) -> None:
    run = Run()
    run.show(page, 3)
    page.evaluate(
        """() => {
            chart.stale = true;
            chart.fit(scene(-1, newLog("two")));
            chart.paint(scene(-1, newLog("two")));
        }"""
    )
    assert np.abs(np.array(page.evaluate("colours(2)"))[..., :3] - colours(run.W[3, 2])).max() <= 1


def test_a_diverged_filter_is_drawn_without_its_missing_numbers(page: Page) -> None:
    run = Run()
    place = 2 + 3 * 16 * 49  # where the second array starts in a row, after step, time and the first array
    run.rows[1, 2:8] = np.nan
    run.rows[1, 2 * place - 2] = np.nan
    run.show(page, 1)
    seen = np.array(page.evaluate("colours(0)"))[0, ..., 0].ravel()
    weights = run.W[1, 0, 0, 0].ravel().copy()
    weights[:6] = 0
    assert np.abs(seen - 255 * (0.5 + weights / 2 / np.abs(weights).max())).max() <= 1
    page.mouse.move(*middle(page, 0, 0))
    expect(page.locator(".panel dd").first).to_have_text("–")


@pytest.mark.parametrize("format", ["PNG", "SVG"])
def test_the_picture_can_be_saved(page: Page, format: str) -> None:
    run = Run(3)
    run.show(page, 3)
    with page.expect_download() as caught:
        page.get_by_role("button", name=f"Download as {format}").click()
    assert caught.value.suggested_filename == f"lazyrich-filters-step-300.{format.lower()}"
    content = caught.value.path().read_bytes()
    if format == "PNG":
        drawn = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    else:
        inside = "new DOMParser().parseFromString({}, 'image/svg+xml').querySelectorAll({})"
        assert page.evaluate(inside.format(json.dumps(content.decode()), "'parsererror'") + ".length") == 0
        assert page.evaluate(inside.format(json.dumps(content.decode()), "'image'") + ".length") == len(ALPHAS)
        drawn = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
    seen = page.evaluate(
        """async (source) => {
            const image = new Image();
            image.src = source;
            await image.decode();
            const {HEADING, ImagesLayout} = await import("/static/charts/images/images_layout.js");
            const width = 956; // three blocks of 310 px
            const height = Math.round((image.naturalHeight * width) / image.naturalWidth);
            const canvas = new OffscreenCanvas(width, height);
            const context = canvas.getContext("2d");
            context.imageSmoothingEnabled = false;
            context.drawImage(image, 0, 0, width, height);
            const head = height - (310 + HEADING + 13); // above one row of blocks, and the edge below it
            const layout = new ImagesLayout([3, 16, 3, 7, 7], [width - 26, 310 + HEADING], 2);
            return [0, 1, 2].map((network) => {
                const {x, y} = layout.at({network, filter: 5});
                const pixel = layout.cell / 7;
                return Array.from({length: 49}, (_, i) => [...context.getImageData(
                    Math.floor(13 + x + (i % 7 + 0.5) * pixel),
                    Math.floor(head + y + (Math.floor(i / 7) + 0.5) * pixel), 1, 1).data]);
            });
        }""",
        drawn,
    )
    for network in range(len(ALPHAS)):
        pixels = np.reshape(seen[network], (7, 7, 4))[..., :3]
        assert np.abs(pixels - colours(run.W[3, network])[5]).max() <= 2


def test_filters_take_the_place_of_the_main_picture(page: Page) -> None:
    Run().show(page)
    places = page.evaluate(
        """async (spec) => {
            const {ChartGrid} = await import("/static/shell/chart_grid.js");
            const stage = new ChartGrid();
            stage.update([spec], scene(0));
            return [stage.planes, stage.middle, stage.curves].map((place) => place.childElementCount);
        }""",
        charts.read(SPEC).wire(),
    )
    assert places == [1, 0, 0]

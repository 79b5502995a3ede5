"""The playground in a real browser on a real server: controls, keys, links, downloads and own data."""

from __future__ import annotations

import asyncio
import io
import json
import re
import threading
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from harness.browser import parts
from harness.browser.parts import (
    boxes,
    chart,
    download,
    popover,
    reading,
    shared_link,
    titles_inside,
)
from harness.server import Server
from harness.visitor import Visitor
from harness.waiting import eventually
from lazyrich import StudentTeacher, train
from lazyrich.results import export
from tests.browser.playground.runs import SHORT, finished


def test_keys_and_buttons_control_the_run_and_controls_start_another_beside_a_ghost(visit):
    page = visit(SHORT, motion=True)
    finished(page)
    page.keyboard.press("Home")
    expect(chart(page)).to_have_attribute("data-step", "0")
    assert reading(page, "kernel moved") == "0"  # exactly 0, without the rounding error of the distance
    page.keyboard.press("ArrowRight")
    expect(chart(page)).to_have_attribute("data-step", "1")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("button", name="Same start again").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert "seed=" not in page.url
    page.keyboard.press("End")
    page.get_by_test_id("stSidebar").get_by_text("Downstream").click()
    expect(page.get_by_role("button", name="Dismiss ghost")).to_be_visible(timeout=10_000)
    wait_for_address(page, "delta", "-1")
    page.get_by_role("button", name="Dismiss ghost").click()
    expect(page.get_by_role("button", name="Dismiss ghost")).to_be_hidden()
    page.go_back()
    wait_for_address(page, "delta", "1")
    field = page.get_by_test_id("stSidebar").get_by_label("δ balance, typed")
    expect(field).to_have_value("1")
    page.wait_for_selector("[data-test-script-state=notRunning]")
    assert parse_qs(urlsplit(page.url).query)["delta"] == ["1"], "the rerun of the page changed the address"
    field.fill("-0.35")
    field.press("Enter")
    wait_for_address(page, "delta", "-0.35")
    expect(page.get_by_test_id("stSidebar").get_by_role("slider", name="δ balance")).to_have_attribute(
        "aria-valuetext", "-0.35"
    )
    page.evaluate(
        """() => {
            window.ends = [];
            const plane = document.querySelector("[data-chart=plane] .plot");
            plane.on("plotly_relayout", (change) => window.ends.push((change["xaxis.range"] ?? [0]).at(-1)));
        }"""
    )
    page.get_by_role("button", name="New seed").click()
    wait_for_address(page, "seed", "1")
    finished(page)
    wide = page.evaluate("document.querySelector('[data-chart=plane] .plot').layout.xaxis.range[1]")
    assert all(end < 2 * wide < 1 for end in page.evaluate("window.ends")), "the axes stay until the next run has begun"


def wait_for_address(page: Page, name: str, value: str) -> None:
    """Wait until the address has this setting, as it has once the page has run."""
    page.wait_for_function("([k, v]) => new URLSearchParams(location.search).get(k) === v", arg=[name, value])


def test_texts_are_legible_and_a_link_reproduces_settings_seed_and_kept_runs(visit, server):
    page = visit(SHORT + "&seed=7&width=20", color_scheme="dark")
    finished(page)
    text_stands_out_in_both_themes(page)
    labels_of_the_map_do_not_touch(page)
    titles_fit_at_any_size(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name="Drop kept")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_text("Downstream").click()
    page.wait_for_function("() => location.search.includes('delta=-1') && location.search.includes('keep=')")
    link = shared_link(page)
    assert link.strip().startswith(server.url)
    query = parse_qs(urlsplit(page.url).query)
    page.goto("about:blank")
    page.goto(link.strip())
    page.wait_for_function("() => location.search.includes('keep=')")
    assert parse_qs(urlsplit(page.url).query) == query
    expect(page.get_by_role("button", name="Drop kept")).to_be_visible()
    # charts: two planes, the function, and two charts of curves
    expect(page.locator(".js-plotly-plot")).to_have_count(5)


def text_stands_out_in_both_themes(page: Page) -> None:
    """Check the dark theme and then the light one, which remains."""

    def colours():
        return page.evaluate(
            """() => {
                const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
                const axis = document.querySelector('.js-plotly-plot .xtick text');
                return [rgb(getComputedStyle(axis).fill),
                rgb(getComputedStyle(document.querySelector('.stApp')).backgroundColor)];
            }"""
        )

    dark, background = colours()
    assert contrast(dark, background) >= 4.5 and sum(background) < 200
    page.emulate_media(color_scheme="light")
    eventually(lambda: colours()[0] != dark)
    text, background = colours()
    assert contrast(text, background) >= 4.5 and sum(background) > 600


def labels_of_the_map_do_not_touch(page: Page) -> None:
    ticks = page.locator(".picker .tick")
    ticks.first.wait_for(timeout=15_000)
    labels = boxes(ticks)
    assert len(labels) > 4
    for one, other in combinations(labels, 2):
        aside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert aside or above, (one, other)


def titles_fit_at_any_size(page: Page) -> None:
    for width, height in ((683, 512), (1366, 650), (390, 844), (1280, 800)):
        drawn = page.evaluate("document.querySelector('[data-chart=loss] .plot')._fullLayout.height")
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "(drawn) => document.querySelector('[data-chart=loss] .plot')._fullLayout.height !== drawn", arg=drawn
        )
        # charts take the new size one frame later
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        titles = titles_inside(page)
        assert {"mean squared error", "MSE"} & set(titles) and any(title.startswith("flow time") for title in titles)


def contrast(one, other):
    """Return the contrast ratio of two sRGB colours (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_downloads_belong_to_the_run_shown_also_with_other_visitors_and_own_data(visit, server, tmp_path):
    page = visit(SHORT, permissions=["clipboard-read", "clipboard-write"])
    downloads_and_code_agree_with_the_run(page, server)
    a_visitors_own_csv_is_learned_and_the_download_has_the_same_numbers(page, tmp_path)


def downloads_and_code_agree_with_the_run(page: Page, server: Server) -> None:
    finished(page)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    parquet = pd.read_parquet(io.BytesIO(download(page, "Curves, Parquet")))
    arrays = np.load(io.BytesIO(download(page, "Weights and data, NPZ")), allow_pickle=False)
    settings = json.loads(download(page, "Settings, JSON"))
    config = StudentTeacher(tau=0.1, delta=1.0, steps=100)
    here = train(config)
    pd.testing.assert_frame_equal(csv, here.curves, rtol=1e-12)
    pd.testing.assert_frame_equal(parquet, here.curves, rtol=1e-12)
    np.testing.assert_allclose(arrays["W"][-1], here.weights(-1)["W"], rtol=1e-12)
    np.testing.assert_array_equal(arrays["X"], here.task.X)
    assert settings["config"] == here.config.model_dump()
    assert settings["environment"]["dtype"] == "float64" and settings["environment"]["device"] == "cpu"
    assert float(reading(page, "kernel moved")) == pytest.approx(here.curves["kernel_distance"].iloc[-1], rel=0.06)
    page.keyboard.press("Escape")
    # tests/results/test_export.py runs these lines
    code = popover(page, "Same in Python").get_by_test_id("stCode").first
    assert code.inner_text().strip() == export.same_in_python(config).strip()
    code.hover()
    code.get_by_role("button", name="Copy").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('lazyrich')")
    page.keyboard.press("Escape")
    popover(page, "Download")
    with others_play(server):
        files = [download(page, "Curves, CSV") for _ in range(8)]
    assert files[0].startswith(b"step,") and set(files) == {files[0]}
    page.keyboard.press("Escape")


@contextmanager
def others_play(server):
    """Let three visitors start one run after another during the block."""
    over = threading.Event()

    async def play(seed: int) -> None:
        async with Visitor(server.url, f"steps=60&seed={seed}") as visitor:
            while not over.is_set():
                await visitor.run()

    others = [threading.Thread(target=lambda seed=seed: asyncio.run(play(seed))) for seed in range(3)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        over.set()
        for other in others:
            other.join()


def a_visitors_own_csv_is_learned_and_the_download_has_the_same_numbers(page: Page, tmp_path: Path) -> None:
    angle = np.linspace(0, 6, 50)
    X, y = np.stack([np.cos(angle), np.sin(angle)], axis=1), np.abs(np.cos(angle))
    np.savetxt(tmp_path / "mine.csv", np.column_stack([X, y]), delimiter=",", fmt="%.17g", header="u,v,y", comments="")
    expect(page.get_by_text("teacher", exact=True)).to_have_count(2)
    page.get_by_test_id("stSidebar").get_by_text("Your own data").click()
    with page.expect_request(lambda request: request.method == "PUT") as sent:
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(tmp_path / "mine.csv")
    expect(page.get_by_text("50 samples of 2 inputs, 10 of them held out;")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("teacher", exact=True)).to_have_count(0)
    expect(page.locator("dl.numbers").get_by_text("alignment")).to_be_hidden()
    finished(page)
    popover(page, "Download")
    with np.load(io.BytesIO(download(page, "Weights and data, NPZ")), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(
            np.column_stack([arrays["X_test"], arrays["y_test"]]), np.column_stack([X, y])[4::5]
        )
        here = train(
            StudentTeacher(tau=0.1, delta=1.0, steps=100), task=[arrays[k] for k in ("X", "y", "X_test", "y_test")]
        )
        np.testing.assert_allclose(arrays["W"][-1], here.weights(-1)["W"], rtol=1e-12)
    # the server refuses more files than a page has upload fields
    more = {"file": {"name": "more.csv", "mimeType": "text/csv", "buffer": b"1,2,3"}}
    token = {"X-Xsrftoken": sent.value.headers.get("x-xsrftoken", "")}
    answers = [page.request.put(f"{sent.value.url}{k}", multipart=more, headers=token).status for k in range(3)]
    assert answers == [204, 204, 429]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back to the teacher").click()
    expect(page.get_by_text("teacher", exact=True)).to_have_count(2, timeout=30_000)
    page.get_by_test_id("stSidebar").get_by_text("More", exact=True).click()
    for label, value in (("Training samples n", "20"), ("Teacher neurons", "3"), ("Test samples", "1000")):
        expect(page.get_by_label(label, exact=True)).to_have_value(value)


def test_the_caption_compares_the_step_and_eight_seeds_equal_those_of_the_library(visit):
    page = visit(f"{SHORT}&method=descent&seed=3")
    finished(page)
    page.get_by_role("checkbox", name="Conserved quantity").check()
    # the caption of one run compares its step with the largest stable one
    step = page.locator('[data-chart="conserved"] figcaption')
    expect(step).to_contain_text(re.compile(r"step 0\.0\d+ of the stable one"))
    page.get_by_test_id("stSidebar").get_by_role("radio", name="8", exact=True).click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('seeds') === '8'")
    expect(page.locator('[data-chart="loss"] figcaption')).to_contain_text("10 to 90 % of 8 seeds", timeout=20_000)
    spread = page.locator('[data-chart="function"] figcaption')
    expect(spread).to_contain_text("10 to 90 % and median of all seeds' errors, around this seed's teacher")
    finished(page)
    here = train(StudentTeacher(tau=0.1, delta=1.0, steps=100, seed=3, seeds=8))
    expect(page.locator(".verdict")).to_contain_text(here.frames[-1].verdict)
    last = here.curves[-8:]
    assert parts.number(reading(page, "test loss")) == pytest.approx(np.median(last.test_loss), rel=0.06)
    # the traces at rest: thin lines of single seeds, both edges of the band, and the median
    found = page.evaluate(
        """() => [...document.querySelector('[data-chart="kernel"] .js-plotly-plot').data]
            .filter((trace) => trace.mode === "lines" && !trace.name?.includes("previous run"))
            .map((trace) => [trace.line.width, Boolean(trace.fill), trace.y.at(-1)])"""
    )
    S = last.kernel_distance.to_numpy()
    thin = [end for width, _, end in found if width == 1]
    assert thin == pytest.approx(S[:3], rel=1e-5)
    low, high = (end for width, _, end in found if width == 0)
    assert (low, high) == pytest.approx(np.quantile(S, [0.1, 0.9]), rel=1e-5)
    assert [end for width, _, end in found if width == 2] == pytest.approx([np.median(S)], rel=1e-5)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    pd.testing.assert_frame_equal(csv, here.curves, rtol=1e-12)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New seed").click()
    # the new seeds follow the eight old ones
    page.wait_for_function("() => new URLSearchParams(location.search).get('seed') === '11'")


def test_a_run_whose_loss_still_falls_is_marked_and_trains_on_until_flat(visit):
    page = visit("playground?tau=0.3&leak=0.1&dimension=3&width=10&samples=12&steps=3000")
    parts.finished(page, 3000)
    falls = re.compile(r"ended, still falling: [\d.]+ decades per decade")
    expect(page.locator(".transport .status")).to_have_text(falls)
    expect(page.locator(".verdict")).to_contain_text("; loss still falls")
    expect(page.locator(".where")).to_contain_text("t = 1.67 (step 3,000)")
    expect(page.locator(".live-run > .spoken")).to_contain_text("The losses there: still falling: training loss by ")
    page.get_by_role("button", name="Train on until flat").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('until') === 'flat'")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["method"], query["steps"]) == (["flow"], ["10000000"])
    expect(page.locator(".transport .status")).to_have_text(
        re.compile("ended, (losses flat|training loss as good as zero)"), timeout=60_000
    )
    page.keyboard.press("End")
    expect(page.locator(".verdict")).not_to_contain_text("still falls")
    expect(page.get_by_role("button", name="Train on until flat")).to_be_hidden()
    expect(popover(page, "Same in Python")).to_contain_text("until='flat'")

"""The pages of the practical experiments in a real browser: they stream, stop, and keep the frames so far, and filters
are painted on a phone. That texts and downloads equal those of the run in Python is tested in test_every_page.py."""

from __future__ import annotations

import io

import pandas as pd
from playwright.sync_api import expect

from harness.browser.parts import address_of, chart, download, go, popover, trained
from harness.browser.touch import PHONE
from lazyrich import DeepNetwork, Grokking, Hierarchy

STREAMS = """(name) => {
    const run = document.querySelector('[data-testid=live-run]')?.dataset;
    return location.pathname === `/${name}` && run?.status === 'running' && Number(run.frames) > 2;
}"""

PAINTED = """() => {
    const canvas = document.querySelector('.images-chart canvas.layer');
    const {width, height} = canvas;
    const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
    const opaque = data.filter((byte, k) => k % 4 === 3 && byte);
    return height < 844 && opaque.length > 0.6 * width * height;
}"""
"""Whether filters fill most of their canvas, which is no higher than a phone."""

LOSE = """() => {
    const canvas = document.querySelector('.images-chart canvas.layer');
    const {height} = canvas;
    window.mayLoseCanvases = true;
    canvas.addEventListener("contextlost", () => (canvas.height = height), {once: true});
    canvas.height = 600_000;
    canvas.getContext("2d").fillRect(0, 0, 1, 1);
    return new Promise((done) => canvas.addEventListener("contextrestored", done, {once: true}));
}"""
"""Take the context of the canvas away, as a browser does that is short of memory, and wait until it is restored."""

LONG = {
    "deep-networks": DeepNetwork(alphas=(0.1, 1.0, 3.0, 10.0), seeds=8),
    "hierarchy": Hierarchy(seeds=16),
    "grokking": Grokking(seeds=6, steps=10_000),
}


def test_long_runs_stream_and_stopped_ones_keep_their_frames(open_page):
    page = open_page("my-runs", wait=False)
    for name, config in LONG.items():
        go(page, f"/{address_of(name, config)}")
        page.wait_for_function(STREAMS, arg=name)
        page.get_by_role("button", name="Stop").click()
        expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=15_000)
        popover(page, "Download")
        csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
        assert len(csv) and {"alpha", "seed"} <= set(csv), name
        page.keyboard.press("Escape")


def test_filters_are_painted_on_a_phone_and_again_after_the_browser_has_cleared_their_canvas(open_page):
    page = open_page("filters?steps=10&alphas=1,4", **PHONE)
    trained(page)
    page.wait_for_function(PAINTED)
    page.evaluate(LOSE)
    page.wait_for_function(PAINTED)

"""The pages of the practical experiments in a real browser: they stream, stop, and keep the frames so far. That their
texts and downloads equal those of the run in Python is tested in test_every_page.py."""

from __future__ import annotations

import io

import pandas as pd
from playwright.sync_api import expect

from harness.browser.parts import address_of, chart, download, go, popover
from lazyrich import DeepNetwork, Grokking, Hierarchy

STREAMS = """(name) => {
    const run = document.querySelector('[data-testid=live-run]')?.dataset;
    return location.pathname === `/${name}` && run?.status === 'running' && Number(run.frames) > 2;
}"""

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

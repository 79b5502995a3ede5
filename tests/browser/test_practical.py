"""The pages of the practical experiments in a real browser: they stream, stop, and keep what they have. That what they
say and give away is that of the same run in Python is in test_every_page.py."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from playwright.sync_api import expect

from harness.browser.parts import address_of, attribute, chart, download, popover
from lazyrich import DeepNetwork, Grokking, Hierarchy

LONG = {
    "deep-networks": DeepNetwork(alphas=(0.1, 1.0, 3.0, 10.0), seeds=8),
    "hierarchy": Hierarchy(seeds=16),
    "grokking": Grokking(seeds=6, steps=10_000),
}


@pytest.mark.parametrize("page_name", LONG)
def test_a_long_run_streams_and_a_stopped_one_keeps_what_it_has(open_page, page_name):
    page = open_page(address_of(page_name, LONG[page_name]))
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]').dataset.frames) > 2")
    assert attribute(page, "status") == "running"
    page.get_by_role("button", name="Stop").click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=15_000)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    assert len(csv) and {"alpha", "seed"} <= set(csv)

"""The page "Exact solutions" in a real browser: theory before training, training in agreement with it, the map."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import caption, chart, download, finished, go, nothing_cut_off, number, popover, reading
from lazyrich import SingleNeuron, train
from lazyrich.theory import final_kernel_distance

SHORT = "exact-solutions?delta=-1&angle=150&steps=4000"
HERE = SingleNeuron(delta=-1.0, angle=150.0, steps=4000)


def test_page_map_and_downloads_agree_with_theory_and_a_click_on_the_map_sets_the_start(visit):
    page = visit(SHORT)
    finished(page, 4000)
    curves = train(HERE).curves
    here = curves.iloc[-1]
    for chart_id, column in (("mu", "mu"), ("phi", "phi"), ("kernel", "kernel_distance")):
        shown = number(caption(page, chart_id).split("at most")[1])
        assert shown == pytest.approx(here[f"{column}_difference"], rel=0.06)
        assert shown < 1e-3
    assert number(reading(page, "μ")) == pytest.approx(here["mu"], rel=0.01)
    expect(page.locator(".verdict")).to_contain_text("a has changed its sign")
    a, w, _, _ = HERE.start()
    final = final_kernel_distance(a * np.linalg.norm(w), np.cos(np.radians(150)), -1.0, 1.0, 2)
    expect(page.get_by_text(f"δ = −1, angle = 150°, S = {final:.2g}")).to_be_visible(timeout=15_000)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    pd.testing.assert_frame_equal(csv, curves, rtol=1e-12)
    assert {"time", "a", "mu", "phi", "kernel_distance"} | {
        "a_exact", "mu_exact", "phi_exact", "kernel_distance_exact",
    } <= set(csv)  # fmt: skip
    page.keyboard.press("Escape")
    # a page without a seed has neither a button nor a key for a new one
    expect(page.get_by_role("button", name="Same start again")).to_be_visible()
    expect(page.get_by_role("button", name="New seed")).to_be_hidden()
    chart(page).focus()
    page.keyboard.press("n")
    for width in (900, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(f"() => document.querySelector('[data-testid=live-run]')?.offsetWidth < {width}")
        nothing_cut_off(page)
    plot = page.get_by_test_id("picker").get_by_role("application")
    plot.scroll_into_view_if_needed()
    assert "angle=150" in page.url
    box = plot.bounding_box()
    plot.click(position={"x": 0.75 * box["width"], "y": 0.25 * box["height"]})
    page.wait_for_function("() => new URLSearchParams(location.search).get('delta') === '5'", timeout=15_000)
    page.wait_for_function("() => new URLSearchParams(location.search).get('angle') === '135'")
    slider = page.get_by_test_id("stSidebar").get_by_role("slider", name="δ balance")
    expect(slider).to_have_attribute("aria-valuetext", "5")
    expect(page.get_by_test_id("picker")).to_have_attribute("data-x", "5")


def test_exact_curves_precede_training_and_are_absent_for_correlated_data(visit):
    page = visit("exact-solutions?delta=-1&angle=150&steps=1000000")
    exact_curves_precede_training(page)
    go(page, "/exact-solutions?data=correlated&steps=60")
    finished(page, 60)
    expect(page.get_by_text("No closed form exists for correlated data")).to_be_visible()
    page.get_by_role("link", name="Playground").click()
    expect(page.locator("[data-chart=plane]")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Theory").click()
    page.get_by_role("menuitem", name="One neuron").click()
    page.get_by_test_id("stSidebar").get_by_text("Sizes = rates").click()
    expect(page.get_by_role("button", name="Drop kept")).to_be_visible(timeout=15_000)
    finished(page, 20_000)
    expect(page.locator('[data-chart="space"]')).to_have_count(1)


def exact_curves_precede_training(page: Page) -> None:
    page.wait_for_function(
        """() => {
        const data = document.querySelector('[data-testid=live-run]')?.dataset;
        return Number(data?.frames) > 3 && data.status === 'running';
    }"""
    )
    # the pale exact curve reaches the right edge of the axes, which training reaches only at its end
    painted = page.evaluate(
        """() => {
        const canvas = document.querySelector('[data-chart="kernel"] canvas.layer');
        const strip = canvas.getContext('2d').getImageData(canvas.width - 20, 0, 10, canvas.height).data;
        return strip.some((value, i) => i % 4 === 3 && value > 0);
    }"""
    )
    assert painted

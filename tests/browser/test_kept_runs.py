"""Kept runs in the playground: a rich and a lazy run side by side, with the verdict that their numbers give."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import attribute, chart, nothing_cut_off, number, popover, trained
from harness.browser.pictures import saved, texts_of
from lazyrich import StudentTeacher, train

RICH = "tau=0.1&delta=1&eta_a=1&eta_w=1&steps=2000"


def row(page: Page, name: str) -> list[str]:
    """Return the row of a run in the table of runs: its name and its numbers."""
    return page.locator(".runs tbody tr", has_text=name).locator("th > span, td[data-label]").all_inner_texts()


def kept(page: Page, count: int) -> list[dict[str, list[str]]]:
    """Return the settings of the kept runs in the address, once it has so many: it follows what the page shows."""
    page.wait_for_function(
        "count => new URLSearchParams(location.search).getAll('keep').length === count", arg=count, timeout=15_000
    )
    return [parse_qs(text) for text in parse_qs(urlsplit(page.url).query).get("keep", [])]


def to_the_end(page: Page) -> None:
    """Wait until all runs are trained, and show each at its own end."""
    trained(page)
    expect(page.locator(".runs tbody small", has_text=re.compile("training|waiting"))).to_have_count(0, timeout=60_000)
    chart(page).focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => document.querySelector('.chart .main-svg') && !document.querySelector('.chart.painting')"
    )


def test_each_run_is_shown_at_its_own_end_and_a_new_seed_renews_kept_runs_of_other_settings(visit):
    page = visit(f"playground?{RICH}")
    each_run_is_shown_at_its_own_end_and_a_new_seed_renews_both(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Drop kept", exact=True).click()
    expect(page.locator(".runs")).to_be_hidden(timeout=15_000)
    a_kept_run_of_equal_settings_keeps_its_seed(page)


def each_run_is_shown_at_its_own_end_and_a_new_seed_renews_both(page: Page) -> None:
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_test_id("stSidebar").get_by_text("Lazy", exact=True).click()
    expect(page.locator(".runs tbody tr")).to_have_count(2, timeout=15_000)
    to_the_end(page)
    a_picture_names_each_run_with_its_settings(page)
    rich = train(StudentTeacher(tau=0.1, delta=1.0, steps=2000)).curves.iloc[-1]
    columns = ("kernel_distance", "activation_flips", "teacher_alignment", "test_loss", "time_to_tenth")
    values = [number(text.replace("%", "")) for text in row(page, "τ 0.1")[1:6]]
    for value, column in zip(values, columns, strict=True):
        assert value == pytest.approx(rich[column] * (100 if column == "activation_flips" else 1), rel=0.06), column
    # the lazy run ends at t = 1.25; the axis reaches the end of the rich run
    for name in ("loss", "kernel"):
        high = page.evaluate(f"() => document.querySelector('[data-chart={name}] .plot')._fullLayout.xaxis.range[1]")
        assert rich.time < 10**high < 2 * rich.time
    planes = "() => [...document.querySelectorAll('.plane-chart .plot')].map((p) => p.layout.xaxis.range[1])"
    lazy_plane, rich_plane = page.evaluate(planes)
    assert lazy_plane > 4 and rich_plane < 1
    # the preset has seed 2, so the next seed is 3, for both runs
    page.get_by_role("button", name="New seed").click()
    page.wait_for_function("() => location.search.includes('seed=3')", timeout=15_000)
    page.wait_for_function("() => decodeURIComponent(location.search).split('keep=')[1]?.includes('seed=3')")
    expect(page.get_by_test_id("stToast").last).to_contain_text("Seed 3 for this run and for the kept ones.")
    assert [run["seed"] for run in kept(page, 1)] == [["3"]]
    expect(page.locator(".runs tbody tr")).to_have_count(2)
    assert "seed" not in row(page, "τ 0.1")[0]
    # the visitor chooses one run for "Same in Python"
    body = popover(page, "Same in Python")
    expect(body).to_contain_text("tau=2.0")
    body.get_by_role("combobox").click()
    page.get_by_role("option", name="kept: ").click()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("steps=2000")


def a_picture_names_each_run_with_its_settings(page: Page) -> None:
    texts = texts_of(page, saved(page.locator("[data-chart=loss]"), "SVG").decode())
    lines = [text for text in texts if "Seed" in text]
    assert any("τ 2 · δ 0" in line for line in lines) and any("τ 0.1 · δ 1" in line for line in lines), lines
    assert sum("train, " in text for text in texts) == 2


def a_kept_run_of_equal_settings_keeps_its_seed(page: Page) -> None:
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name="Drop kept")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="New seed").click()
    expect(page.get_by_test_id("stToast").last).to_contain_text("keeps its seed", timeout=15_000)
    expect(page.locator(".runs tbody tr")).to_have_count(2, timeout=15_000)
    expect(page.locator(".runs tbody th > span")).to_have_text(["seed 4", "seed 3"])


FOUR = [RICH.replace("delta=1", f"delta={delta}").replace("steps=2000", "steps=100") for delta in (1, 0.5, 0, -1)]


def test_with_four_kept_runs_nothing_is_cut_off_and_one_can_be_dropped_by_keyboard(visit):
    page = visit(
        "playground?tau=2&delta=0&eta_a=1&eta_w=1&steps=100" + "".join(f"&keep={quote(one, safe='')}" for one in FOUR)
    )
    to_the_end(page)
    nothing_cut_off(page)
    planes = [plane.bounding_box() for plane in page.locator(".plane-chart .frame").all()]
    assert len(planes) == 5
    assert all(box["width"] >= 110 and box["height"] >= 110 for box in planes)
    # the large plane is as high as the others together, and so is the function beside them
    large, function = planes[0], page.locator("[data-chart=function]").bounding_box()
    lowest = max(box["y"] + box["height"] for box in planes)
    assert abs(large["y"] + large["height"] - lowest) < 40 and function["y"] + function["height"] > lowest - 5
    assert max(box["width"] for box in planes) == planes[0]["width"]
    inner = chart(page).bounding_box()
    for part in page.locator(
        ".plane-chart .frame, .function-chart .frame, .curves-chart:visible .frame, .runs, .runs td, .transport"
    ).all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= inner["x"] + inner["width"] + 1
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    for curves in page.locator(".curves-chart:visible .frame").all():
        frame = curves.bounding_box()
        for title in curves.locator(".ytitle").all():
            box = title.bounding_box()
            assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
    colours = page.locator(".runs tbody th line")
    before = [line.get_attribute("stroke") for line in colours.all()]
    assert len(set(before)) == 5
    page.get_by_role("button", name="Drop the kept run τ 0.1, δ 0.5").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".runs tbody tr")).to_have_count(4, timeout=15_000)
    assert [run["delta"] for run in kept(page, 3)] == [["1"], ["0"], ["-1"]]
    # the remaining runs keep their colours, and the focus moves to the next run
    assert [line.get_attribute("stroke") for line in colours.all()] == [*before[:2], *before[3:]]
    expect(page.get_by_role("button", name="Drop the kept run τ 0.1, δ 0", exact=True)).to_be_focused()
    page.get_by_role("button", name="Drop kept", exact=True).click()
    expect(page.locator(".runs")).to_be_hidden(timeout=15_000)
    assert kept(page, 0) == [] and attribute(page, "status")

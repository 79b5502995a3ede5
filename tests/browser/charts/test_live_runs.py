"""Several runs on one live chart: the previous run, and runs that are kept beside the current one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from harness.browser.live_chart import RUN, Open, at_rest, plot, to_the_end, wait_data
from harness.browser.live_chart_server import (
    FEW,
    FRAMES,
    PACE,
    STEPS,
    synthetic_frame,
)


def test_the_run_before_stays_as_a_ghost_until_dismissed(open_chart: Open) -> None:
    page = open_chart("lazy", [], ["τ = 2"])
    to_the_end(page)
    page.evaluate("show('rich', [], ['τ = 0.1'])")
    to_the_end(page)
    expect(page.locator(".legend")).to_contain_text("ghost: τ = 2")
    names = "p.data.map((t) => t.name)"
    assert "previous run" in plot(page, "plane", names)
    ghost = plot(page, "kernel", "[...p.data[0].y]")
    lazy = [synthetic_frame(i, False).metrics["kernel_distance"] for i in range(FRAMES)]
    assert ghost == pytest.approx(lazy, rel=1e-6)
    page.get_by_role("button", name="Dismiss ghost").click()
    page.wait_for_function(
        "!document.querySelector('[data-chart=plane] .plot').data.some(({name}) => name === 'previous run')"
    )
    expect(page.get_by_role("button", name="Dismiss ghost")).to_have_count(0)


PLANES = "[...document.querySelectorAll('.plane-chart .plot')].map((p) => p.layout.xaxis.range)"


def row(page: Page, number: int) -> list[str]:
    """Return the name and the numbers of a run in the table of runs; 0 is the current run."""
    return [cell.strip() for cell in page.locator(".runs tbody tr").nth(number).locator("th, td").all_inner_texts()]


def test_kept_runs_are_drawn_in_their_own_scales_up_to_equal_flow_time(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-1", "rich-2", "rich-3", "lazy-4"], ["this", "one", "two", "three", "four"])
    to_the_end(page)
    page.get_by_label("Frame").fill("150")
    wait_data(page, "step", f"value === '{STEPS[150]}'")
    at_rest(page)
    assert page.locator(".plane-chart").count() == 5
    planes = page.evaluate(PLANES)
    # neurons of the rich run start small and grow, those of the lazy run lie on a circle of radius 4
    assert planes[0] == planes[2] == planes[3] and planes[1] == planes[4]
    assert planes[0][1] < 2.5 and planes[1][1] > 4
    assert page.locator(".plane-scale").all_inner_texts() == [
        f"±{high:.2g}" if high < 5 else "±5.0" for _, high in planes[1:]
    ]
    page.get_by_label("same scale").check()
    page.wait_for_function(f"(all => all.every(([, high]) => high === all[1][1]))({PLANES})")
    assert page.evaluate(PLANES)[1] == planes[1]
    page.get_by_label("same scale").uncheck()
    page.wait_for_function(f"before => JSON.stringify({PLANES}) === JSON.stringify(before)", arg=planes)
    at_rest(page)
    lines = plot(
        page, "kernel", "p.data.filter((t) => t.mode === 'lines').map((t) => [t.line.color, t.line.dash, t.x.length])"
    )
    assert len(lines) == len({colour for colour, *_ in lines}) == len({dash for _, dash, _ in lines}) == 5
    assert {length for *_, length in lines} == {151}
    # two series for each run, and no two lines look alike
    losses = plot(page, "loss", "p.data.filter((t) => t.mode === 'lines').map((t) => t.line.dash)")
    assert len(set(losses)) == len(losses) == 10
    assert [row(page, number)[0] for number in range(5)] == ["this", "one", "two", "three", "four"]
    page.get_by_role("button", name="Drop the kept run three").press("Enter")
    ((name, sent),) = page.evaluate("triggers")
    assert name == "drop" and sent["id"] == "rich-3"


def test_a_kept_run_longer_than_the_current_one_is_shown_to_its_own_end(open_chart: Open) -> None:
    page = open_chart("brief", ["lazy-1"], ["this", "one"])
    wait_data(page, "frames", "+value > 0")
    page.locator(RUN).press("End")
    wait_data(page, "frames", f"+value === {FEW}")
    at_rest(page)
    expect(page.locator(".where")).to_contain_text("t = 50,000 · this run has ended")
    length = "p.data.filter((t) => t.mode === 'lines').map((t) => t.x.length)"
    assert plot(page, "kernel", length) == [FRAMES, FEW]
    for chart in ("kernel", "loss", "conserved"):
        assert 10 ** plot(page, chart, "p._fullLayout.xaxis.range[1]") > PACE * STEPS[-1]
    last, own = synthetic_frame(FRAMES - 1, False).metrics, synthetic_frame(FEW - 1, True).metrics
    assert float(row(page, 1)[1]) == pytest.approx(last["kernel_distance"], rel=0.05)
    assert float(row(page, 1)[3]) == pytest.approx(last["test_loss"], rel=0.05)
    assert float(row(page, 0)[3]) == pytest.approx(own["test_loss"], rel=0.05)
    # back to a frame at which both runs still train
    page.get_by_label("Frame").fill("60")
    wait_data(page, "step", f"value === '{STEPS[60]}'")
    at_rest(page)
    assert plot(page, "kernel", length) == [61, 61]
    # these runs have equal time steps, so their frames agree
    page.get_by_label("compare at equal").select_option("steps")
    page.locator(RUN).press("End")
    expect(page.locator(".where")).to_contain_text("step 100,000 · this run has ended")
    at_rest(page)
    assert plot(page, "conserved", "p._fullLayout.xaxis.title.text") == "training step"
    assert plot(page, "kernel", "p.data[0].x.at(-1)") == STEPS[-1]


def test_until_a_run_begins_all_axes_stay_where_they_are(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-1"], ["this", "one"])
    to_the_end(page)
    axes = """() => [...document.querySelectorAll('figure.chart .js-plotly-plot')].map((plot) =>
        [plot._fullLayout.xaxis.range, plot._fullLayout.yaxis.range])"""
    before = page.evaluate(axes)
    page.evaluate("show('queued-next', ['lazy-1'], ['next', 'one'])")
    expect(page.locator(".banner")).to_contain_text("Waiting for a free place")
    at_rest(page)
    assert page.evaluate(axes) == before


def test_the_scale_is_empty_until_the_first_frame_and_keeps_the_previous_run_as_a_ghost(open_chart: Open) -> None:
    page = open_chart("queued-first")
    unknown = page.get_by_role("img", name="Kernel distance: not known yet")
    marker = page.locator(".marker")
    expect(unknown).to_be_visible()
    expect(marker).to_be_hidden()
    page.evaluate("show('rich')")
    to_the_end(page)
    moved = synthetic_frame(FRAMES - 1, True).metrics["kernel_distance"]
    expect(page.get_by_role("img", name=f"Kernel distance: {moved:.2f}")).to_be_visible()
    expect(marker).to_be_visible()
    here = marker.bounding_box()
    page.evaluate("show('queued-second')")
    expect(unknown).to_be_visible()
    expect(marker).to_be_hidden()
    ghost = page.locator(".others i")
    expect(ghost).to_have_count(1)
    there = ghost.bounding_box()
    assert here is not None and there is not None
    assert there["x"] + there["width"] / 2 == pytest.approx(here["x"] + here["width"] / 2, abs=1)


def test_everything_fits_on_one_screen_and_labels_are_text_and_never_markup(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-1"], ["<img src=x onerror='window.hurt=1'>", "<b>bold</b>"])
    to_the_end(page)
    assert page.evaluate("window.hurt") is None
    expect(page.locator(".runs")).to_contain_text("<b>bold</b>")
    assert page.locator(f"{RUN} img, {RUN} b:text('bold')").count() == 0
    host = page.locator(RUN).bounding_box()
    assert host is not None and host["height"] <= 650 + 1
    cut = page.evaluate(
        """(run) => {
        const host = document.querySelector(run).getBoundingClientRect();
        const parts = document.querySelectorAll(`${run} :is(button, select, input, figure, figcaption, dd, td, .plot)`);
        return [...parts].filter((part) => part.getClientRects().length).filter((part) => {
            const box = part.getBoundingClientRect();
            return box.right > host.right + 1 || box.bottom > host.bottom + 1 || box.left < host.left - 1;
        }).map((part) => part.outerHTML.slice(0, 90));
    }""",
        RUN,
    )
    assert cut == []

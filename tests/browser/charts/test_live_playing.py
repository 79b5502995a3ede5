"""A live chart plays runs with known numbers, and shows the numbers of the frame at the cursor."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from harness.browser.live_chart import RUN, Open, at_rest, data, inked, plot, to_the_end, wait_data
from harness.browser.live_chart_server import FEW, FRAMES, PACE, QUEUED, STEPS, synthetic_frame


def test_a_run_plays_by_itself_its_lines_grow_on_a_canvas_and_become_plotly_traces_at_its_end(open_chart: Open) -> None:
    page = open_chart("rich", motion=True)
    wait_data(page, "frames", "+value > 0 && +value < 350")
    wait_data(page, "frames", "+value > 40")
    early, then = inked(page, "plane"), int(data(page, "frames"))
    wait_data(page, "frames", f"+value > {then + 60}")
    assert inked(page, "plane") > early > 0
    page.get_by_label("Speed").select_option("8")
    wait_data(page, "frames", f"+value === {FRAMES}")
    assert data(page, "step") == str(STEPS[-1])
    assert data(page, "status") == "finished"
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    at_rest(page)
    assert inked(page, "plane") == 0
    drawn = plot(page, "loss", "p.data.filter((t) => t.mode === 'lines').map((t) => [...t.y])")
    frames = [synthetic_frame(i, True).metrics for i in range(FRAMES)]
    for column, values in zip(("train_loss", "test_loss"), drawn, strict=True):
        assert values == pytest.approx([metrics[column] for metrics in frames], rel=1e-6)
    heads = plot(
        page, "plane", "p.data.filter((t) => t.name === 'a > 0' || t.name === 'a < 0').flatMap((t) => [...t.x])"
    )
    assert sorted(heads) == pytest.approx(sorted(synthetic_frame(FRAMES - 1, True).chart_data["plane"][:, 0]), abs=1e-6)


def hear(page: Page) -> None:
    """Record in `said` the texts for screen readers from now on."""
    page.evaluate(
        """(run) => {
        window.said = [];
        const live = "output, [role=status], [role=alert], [role=log], [role=timer], [aria-live]";
        const note = ({ target }) => {
            const region = (target.nodeType === Node.TEXT_NODE ? target.parentElement : target).closest(live);
            if (region) said.push(region.textContent);
        };
        const observer = new MutationObserver((changes) => changes.forEach(note));
        observer.observe(document.querySelector(run), { subtree: true, childList: true, characterData: true });
    }""",
        RUN,
    )


def test_after_a_wait_every_frame_is_painted_once_and_few_are_spoken(open_chart: Open) -> None:
    page = open_chart("queued", motion=True)
    expect(page.locator(".banner")).to_contain_text(QUEUED)
    assert data(page, "status") == "waiting"
    assert data(page, "frames") == "0"
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    hear(page)
    before = int(data(page, "painted"))
    page.evaluate("show('brief-heard')")
    wait_data(page, "frames", f"+value === {FEW}")
    assert int(data(page, "painted")) - before == FEW
    expect(page.locator(".where")).to_contain_text(f"step {STEPS[FEW - 1]:,}")
    announced = page.evaluate("said")
    assert 1 <= len(announced) <= 5, announced


def test_with_reduced_motion_the_newest_frame_is_shown_at_once_with_its_numbers(open_chart: Open) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", f"+value === {FRAMES}")
    assert int(data(page, "painted")) < 10
    to_the_end(page)
    metrics = synthetic_frame(FRAMES - 1, True).metrics
    numbers = page.locator(".numbers")
    expect(numbers).to_contain_text(f"kernel moved{metrics['kernel_distance']:.2f}")
    expect(numbers).to_contain_text(f"activations flipped{100 * metrics['activation_flips']:.0f}")
    expect(numbers).to_contain_text(f"test loss{metrics['test_loss']:.5f}")
    expect(page.locator(".verdict")).to_have_text("Rich, and fast")
    expect(page.locator(".where")).to_contain_text(f"t = {STEPS[-1] * PACE:,.0f} (step {STEPS[-1]:,})")
    page.locator(RUN).press("Home")
    expect(page.locator(".verdict")).to_have_text("Lazy so far")
    expect(page.locator(".where")).to_contain_text("t = 0 (step 0)")
    # the scrubber moves to any received frame
    page.get_by_label("Frame").fill("200")
    wait_data(page, "step", f"value === '{STEPS[200]}'")
    at_rest(page)
    assert len(plot(page, "kernel", "[...p.data[0].y]")) == 201


def test_the_canvas_lies_exactly_over_plotlys_axes(open_chart: Open) -> None:
    page = open_chart("endless-laid-over", motion=True)
    wait_data(page, "frames", "+value > 5")
    page.locator(RUN).press("Home")
    page.locator(RUN).press("Shift+ArrowRight")
    off = page.evaluate(
        """() => {
        const chart = document.querySelector("[data-chart=kernel]");
        const box = chart.querySelector("canvas").getBoundingClientRect();
        const area = chart.querySelector(".nsewdrag").getBoundingClientRect();
        return Math.max(...["left", "top", "width", "height"].map((side) => Math.abs(box[side] - area[side])));
    }"""
    )
    assert off < 1

"""The live chart by itself, in a real browser, against runs whose every number is known (live_chart_server.py)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from harness.browser.live_chart_server import (
    ELSEWHERE,
    FEW,
    FRAMES,
    MESSAGE,
    PACE,
    QUEUED,
    REMEDY,
    STEPS,
    LiveChartServer,
    synthetic_frame,
)
from harness.browser.touch import PHONE, come_to_rest, swipe

pytestmark = pytest.mark.browser

RUN = '[data-testid="live-run"]'
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def served() -> Iterator[LiveChartServer]:
    with LiveChartServer() as server:
        yield server


class Pages:
    """Pages that a chart can be mounted on, and what has gone wrong in them."""

    def __init__(self, browser: Browser, address: str):
        self.browser, self.address = browser, address
        self.wrong: list[str] = []

    def open(self, **settings: Any) -> Page:
        """One of its own, with these settings of a browser context."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **settings})
        context.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        context.on("weberror", lambda e: self.wrong.append(str(e.error)))
        context.on("requestfailed", lambda r: self.wrong.append(r.url))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.address)
        page.wait_for_function("window.harness")
        return page

    @cached_property
    def shared(self) -> Page:
        """One for all tests without settings of their own, for plotly takes seconds to load."""
        return self.open()


@pytest.fixture(scope="module")
def pages(browser: Browser, served: LiveChartServer) -> Pages:
    return Pages(browser, served.address)


@pytest.fixture
def open_chart(pages: Pages) -> Iterator[Open]:
    """open_chart(current, kept, labels, **context settings) -> Page; anything on its console fails the test."""
    own: list[Page] = []

    def open_one(current: str, kept: list[str] | None = None, labels: list[str] | None = None, **settings: Any) -> Page:
        page = pages.open(**settings) if settings else pages.shared
        if settings:
            own.append(page)
        page.evaluate("([a, b, c]) => show(a, b, c)", [current, kept or [], labels or []])
        return page

    yield open_one
    for page in own:
        page.context.close()
    unmounted(pages.shared)
    wrong, pages.wrong = pages.wrong, []
    assert not wrong, "\n".join(wrong)


def unmounted(page: Page) -> None:
    """The page as it was before there was a chart on it."""
    page.evaluate(
        """() => {
            unmount();
            document.getElementById("wrapper").classList.remove("dark");
            document.activeElement.blur();
            triggers.length = 0;
        }"""
    )
    page.mouse.move(0, 0)
    expect(page.locator(RUN)).to_have_count(0)


def data(page: Page, name: str) -> str:
    return page.locator(RUN).get_attribute(f"data-{name}") or ""


def wait_data(page: Page, name: str, test: str) -> None:
    """Until the attribute, as `value`, passes a test in JavaScript."""
    page.wait_for_function(f"((value) => {test})(document.querySelector('{RUN}').dataset.{name})")


def until(page: Page, holds: Callable[[], bool], seconds: float = 10) -> None:
    """Let the page go on until something holds outside of it."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def at_rest(page: Page) -> None:
    page.wait_for_function("document.querySelector('.chart .main-svg') && !document.querySelector('.chart.painting')")


def to_the_end(page: Page) -> None:
    wait_data(page, "frames", "+value > 0")
    page.locator(RUN).press("End")
    wait_data(page, "frames", f"+value === {FRAMES}")
    at_rest(page)


def plot(page: Page, chart: str, expression: str) -> Any:
    """A JavaScript expression of `p`, a chart's plotly element."""
    return page.evaluate(f"((p) => {expression})(document.querySelector('[data-chart={chart}] .plot'))")


def inked(page: Page, chart: str) -> int:
    """Pixels of a chart's line canvas that are not transparent."""
    return int(
        page.evaluate(
            """(chart) => {
            const canvas = document.querySelector(`[data-chart=${chart}] canvas`);
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
            return count;
        }""",
            chart,
        )
    )


def test_a_run_plays_by_itself_to_its_last_frame(open_chart: Open) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", "+value > 0 && +value < 350")
    page.get_by_label("Speed").select_option("8")
    wait_data(page, "frames", f"+value === {FRAMES}")
    assert data(page, "step") == str(STEPS[-1])
    assert data(page, "status") == "finished"
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_every_frame_is_painted_once_at_single_speed(open_chart: Open) -> None:
    page = open_chart("brief")
    wait_data(page, "frames", f"+value === {FEW}")
    assert data(page, "painted") == str(FEW)


def test_the_numbers_are_those_of_the_frame_at_the_cursor(open_chart: Open) -> None:
    page = open_chart("rich")
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


def test_lines_grow_on_a_canvas_and_become_plotly_traces_at_rest(open_chart: Open) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", "+value > 60")
    early = inked(page, "plane")
    wait_data(page, "frames", "+value > 150")
    assert inked(page, "plane") > early > 0
    to_the_end(page)
    assert inked(page, "plane") == 0
    drawn = plot(page, "loss", "p.data.filter((t) => t.mode === 'lines').map((t) => [...t.y])")
    frames = [synthetic_frame(i, True).metrics for i in range(FRAMES)]
    for column, values in zip(("train_loss", "test_loss"), drawn, strict=True):
        assert values == pytest.approx([metrics[column] for metrics in frames], rel=1e-6)
    heads = plot(
        page, "plane", "p.data.filter((t) => t.name === 'a > 0' || t.name === 'a < 0').flatMap((t) => [...t.x])"
    )
    assert sorted(heads) == pytest.approx(sorted(synthetic_frame(FRAMES - 1, True).chart_data["plane"][:, 0]), abs=1e-6)


def test_the_canvas_lies_exactly_over_plotlys_axes(open_chart: Open) -> None:
    page = open_chart("endless")
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


def test_keys_play_pause_step_and_jump(open_chart: Open) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", "+value > 3")
    page.locator(RUN).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    cursor = page.get_by_label("Frame")
    before = int(cursor.input_value())
    page.keyboard.press("ArrowRight")
    expect(cursor).to_have_value(str(before + 1))
    page.keyboard.press("Shift+ArrowRight")
    expect(cursor).to_have_value(str(before + 11))
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_value(str(before + 10))
    assert data(page, "step") == str(STEPS[before + 10])
    page.keyboard.press("End")
    expect(cursor).to_have_value(str(FRAMES - 1))
    page.keyboard.press("Home")
    expect(cursor).to_have_value("0")
    page.keyboard.press("+")
    expect(page.get_by_label("Speed")).to_have_value("2")
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(page.get_by_label("Speed")).to_have_value("0.5")
    page.keyboard.press("n")
    assert page.evaluate("triggers.map(([name]) => name)") == ["new_seed"]


def test_with_the_focus_nowhere_only_the_arrows_work(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    page.evaluate("document.activeElement.blur()")
    for key in ("n", "r", "s", "Space", "Home", "-"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 2))
    assert page.evaluate("triggers") == []
    expect(page.get_by_label("Speed")).to_have_value("1")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_key_held_down_acts_once_unless_it_steps(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    page.locator(RUN).focus()
    for key in ("n", "Space", "ArrowLeft"):  # Space plays, and the arrow pauses again
        for _ in range(3):
            page.keyboard.down(key)
        page.keyboard.up(key)
        if key == "Space":
            expect(page.get_by_role("button", name="Pause")).to_be_visible()
            page.keyboard.press("End")
            expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 1))
    expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 4))
    assert page.evaluate("triggers.map(([name]) => name)") == ["new_seed"]


def test_screen_readers_are_not_told_what_changes_with_every_frame(open_chart: Open) -> None:
    page = open_chart("queued")
    expect(page.locator(".banner")).to_contain_text(QUEUED)
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
    page.evaluate("show('brief-heard')")
    wait_data(page, "frames", f"+value === {FEW}")
    expect(page.locator(".where")).to_contain_text(f"step {STEPS[FEW - 1]:,}")
    said = page.evaluate("said")
    assert 1 <= len(said) <= 5, said


def test_the_scale_shows_no_distance_of_another_run_and_says_so_until_there_is_one(open_chart: Open) -> None:
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


def test_what_a_reading_means_is_told_by_keys_a_tap_and_a_pointer_that_rests(open_chart: Open) -> None:
    page = open_chart("rich", **PHONE)
    to_the_end(page)
    meaning = page.get_by_text("How far the kernel has moved.", exact=True)
    word = page.get_by_role("button", name="kernel moved")
    expect(meaning).to_be_hidden()
    word.tap()
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.locator(RUN).focus()
    page.keyboard.press("Tab")
    expect(word).to_be_focused()
    expect(meaning).to_be_visible()
    page.keyboard.press("Tab")
    expect(meaning).to_be_hidden()
    word.hover()
    expect(meaning).to_be_visible()
    formula = page.get_by_text("S = 1 − cos(K₀, Kₜ)", exact=True)
    assert formula.bounding_box()["y"] > meaning.bounding_box()["y"], "the sentence comes first"
    formula.hover()
    page.wait_for_timeout(400)  # longer than a pointer may be between the word and its explanation
    expect(meaning).to_be_visible()
    page.mouse.move(5, 800)
    expect(meaning).to_be_hidden()


def test_keys_typed_elsewhere_do_nothing(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    page.locator("#elsewhere").press("Home")
    page.locator("#elsewhere").press_sequentially("n r s")
    expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 1))
    assert page.evaluate("triggers") == []


def test_streamlits_rerun_key_is_left_to_it_unless_the_chart_has_the_focus(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    page.evaluate("window.seen = 0; document.addEventListener('keydown', () => (window.seen += 1))")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    assert page.evaluate("seen") == 1
    expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 1))
    page.locator(RUN).press("r")
    wait_data(page, "frames", "+value < 100")
    assert page.evaluate("seen") == 1


def test_the_scrubber_goes_to_any_frame_held(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    page.get_by_label("Frame").fill("200")
    page.wait_for_function(f"document.querySelector('{RUN}').dataset.step === '{STEPS[200]}'")
    at_rest(page)
    assert len(plot(page, "kernel", "[...p.data[0].y]")) == 201


def test_the_time_left_is_told_counts_down_and_goes_with_the_end(open_chart: Open) -> None:
    page = open_chart("steady")
    status = page.locator(".status")
    expect(status).to_have_text(re.compile(r"training \d+\u202f%, \d+\u202fs left"), timeout=15_000)
    page.evaluate(
        """() => {
        const line = document.querySelector(".status");
        window.told = [];
        const note = () => told.push(Number(line.textContent.match(/(\\d+)\\u202fs left/)?.[1] ?? 0));
        new MutationObserver(note).observe(line, { characterData: true, childList: true, subtree: true });
        note();
    }"""
    )
    wait_data(page, "status", "value === 'finished'")
    expect(status).to_have_text("ended")
    told = page.evaluate("told")
    assert told[-1] == 0 and len(set(told)) >= 4
    assert all(after <= before for before, after in pairwise(told)), told


def test_stop_ends_the_training_and_keeps_its_frames(open_chart: Open) -> None:
    page = open_chart("endless-stopped")
    wait_data(page, "frames", "+value > 5")
    page.get_by_role("button", name="Stop").click()
    wait_data(page, "status", "value === 'stopped'")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.locator(".spoken")).to_contain_text(re.compile("Lazy so far|Training stopped"))
    at_rest(page)
    assert len(plot(page, "kernel", "[...p.data[0].y]")) > 5
    page.get_by_role("button", name="Same start again").click()
    assert page.evaluate("triggers.map(([name]) => name)") == ["again"]


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
    """What the table of runs says of one of them, 0 for the current one: its name and its numbers."""
    return [cell.strip() for cell in page.locator(".runs tbody tr").nth(number).locator("th, td").all_inner_texts()]


def test_kept_runs_stand_beside_the_current_one_each_in_its_own_scale_up_to_the_same_flow_time(
    open_chart: Open,
) -> None:
    page = open_chart("rich", ["lazy-1", "rich-2", "rich-3", "lazy-4"], ["this", "one", "two", "three", "four"])
    to_the_end(page)
    page.get_by_label("Frame").fill("150")
    wait_data(page, "step", f"value === '{STEPS[150]}'")
    at_rest(page)
    assert page.locator(".plane-chart").count() == 5
    planes = page.evaluate(PLANES)
    # rich ones start small and grow, the lazy ones lie on a circle of radius 4
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
    # two series of each run, and no two lines alike
    losses = plot(page, "loss", "p.data.filter((t) => t.mode === 'lines').map((t) => t.line.dash)")
    assert len(set(losses)) == len(losses) == 10
    assert [row(page, number)[0] for number in range(5)] == ["this", "one", "two", "three", "four"]
    page.get_by_role("button", name="Drop the kept run three").press("Enter")
    ((name, sent),) = page.evaluate("triggers")
    assert name == "drop" and sent["id"] == "rich-3"


def test_a_run_that_goes_on_for_longer_than_the_current_one_is_seen_to_its_own_end(open_chart: Open) -> None:
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
    # back to where both are on their way
    page.get_by_label("Frame").fill("60")
    wait_data(page, "step", f"value === '{STEPS[60]}'")
    at_rest(page)
    assert plot(page, "kernel", length) == [61, 61]
    # at equal steps the same, as these runs have the same pace
    page.get_by_label("compare at equal").select_option("steps")
    page.locator(RUN).press("End")
    expect(page.locator(".where")).to_contain_text("step 100,000 · this run has ended")
    at_rest(page)
    assert plot(page, "conserved", "p._fullLayout.xaxis.title.text") == "training step"
    assert plot(page, "kernel", "p.data[0].x.at(-1)") == STEPS[-1]


def test_a_zoom_survives_a_playing_run_and_a_double_click_undoes_it(open_chart: Open) -> None:
    page = open_chart("steady")
    wait_data(page, "frames", "+value > 20")
    full = plot(page, "loss", "p._fullLayout.yaxis.range")
    box = page.locator("[data-chart=loss] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
    page.mouse.up()
    high = "(([low, high]) => high - low)(document.querySelector('[data-chart=loss] .plot')._fullLayout.yaxis.range)"
    page.wait_for_function(f"{high} < {0.9 * (full[1] - full[0])}")
    zoomed = plot(page, "loss", "p._fullLayout.yaxis.range")
    now = int(data(page, "frames"))
    wait_data(page, "frames", f"+value > {now + 40}")
    assert plot(page, "loss", "p._fullLayout.yaxis.range") == zoomed
    page.mouse.dblclick(box["x"] + 100, box["y"] + 50)
    page.wait_for_function(f"{high} >= {full[1] - full[0]}")


def test_a_zoom_along_time_holds_for_all_curves_and_leaves_the_other_axis_to_the_numbers(open_chart: Open) -> None:
    page = open_chart("steady-zoomed")
    wait_data(page, "frames", "+value > 20")
    full = plot(page, "kernel", "p._fullLayout.xaxis.range")
    box = page.locator("[data-chart=loss] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 32, steps=5)
    page.mouse.up()
    right = "document.querySelector('[data-chart=kernel] .plot')._fullLayout.xaxis.range[1]"
    page.wait_for_function(f"(high) => {right} < high", arg=full[1])
    span = plot(page, "kernel", "p._fullLayout.xaxis.range")
    assert plot(page, "loss", "p._fullLayout.xaxis.range") == span
    top, bottom = "p._fullLayout.yaxis.range[1]", "10 ** p._fullLayout.yaxis.range[0]"
    late = synthetic_frame(360, True).metrics
    begun = plot(page, "kernel", top) < late["kernel_distance"] and plot(page, "loss", bottom) > late["train_loss"]
    assert begun, "the test began too late to see the axes grow"
    wait_data(page, "frames", "+value > 361")
    assert plot(page, "kernel", top) >= late["kernel_distance"]
    assert plot(page, "loss", bottom) <= late["train_loss"]
    assert plot(page, "loss", "p._fullLayout.xaxis.range") == span
    page.mouse.dblclick(box["x"] + 100, box["y"] + 50)
    page.wait_for_function(f"(high) => {right} > high", arg=span[1])


def test_a_plane_that_is_kept_later_has_the_zoom_of_the_others_where_they_have_one_scale(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-4"])
    to_the_end(page)
    page.get_by_label("same scale").check()
    page.evaluate("show('rich')")
    expect(page.locator(".plane-chart")).to_have_count(1)
    full = plot(page, "plane", "p._fullLayout.xaxis.range")
    box = page.locator("[data-chart=plane] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 250, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "(full) => document.querySelector('[data-chart=plane] .plot')._fullLayout.xaxis.range[1] < full", arg=full[1]
    )
    page.evaluate("show('rich', ['lazy-1'])")
    expect(page.locator(".plane-chart .main-svg").first).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.plane-chart .plot.js-plotly-plot').length === 2")
    sides = page.evaluate(
        """[...document.querySelectorAll('.plane-chart .plot')].map(({layout: {xaxis, yaxis}}) =>
            [xaxis.range, yaxis.range])"""
    )
    assert sides[0] == sides[1]
    assert sides[0][0][1] < full[1] and sides[0][1] != full


def test_on_a_phone_a_swipe_over_a_chart_scrolls_the_page_and_a_button_zooms(open_chart: Open) -> None:
    page = open_chart("rich", **PHONE)
    to_the_end(page)
    axes = "[p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]"
    area = page.locator("[data-chart=loss] .nsewdrag")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"]
    before = plot(page, "loss", axes)
    scrolled = page.evaluate("scrollY")
    swipe(page, (x, y), (x + 40, y + 100))
    page.wait_for_function("(before) => scrollY < before - 50", arg=scrolled)
    assert plot(page, "loss", axes) == before
    page.locator("[data-chart=loss] [data-title=Zoom]").dispatch_event("click")
    page.wait_for_function("document.querySelector('[data-chart=loss] .plot')._fullLayout.dragmode === 'zoom'")
    area.scroll_into_view_if_needed()
    come_to_rest(page)
    box = area.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"]
    swipe(page, (x, y), (x + 150, y + 70))
    page.wait_for_function(
        "(top) => document.querySelector('[data-chart=loss] .plot')._fullLayout.yaxis.range[1] < top", arg=before[1][1]
    )


def test_on_a_phone_the_buttons_of_a_chart_cover_no_line_until_it_is_tapped_and_the_tap_presses_none(
    open_chart: Open,
) -> None:
    page = open_chart("rich", **PHONE)
    to_the_end(page)
    loss = page.locator("[data-chart=loss]")
    opacities = "(nodes) => nodes.map((node) => +getComputedStyle(node).opacity)"
    bars = page.locator(".modebar")
    bars.first.wait_for(state="attached")
    assert bars.count() > 3 and set(bars.evaluate_all(opacities)) == {0}
    zoom = loss.locator("[data-title=Zoom]")
    zoom.scroll_into_view_if_needed()
    come_to_rest(page)
    box = zoom.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.touchscreen.tap(*middle)
    page.wait_for_function("getComputedStyle(document.querySelector('[data-chart=loss] .modebar')).opacity === '1'")
    assert sum(bars.evaluate_all(opacities)) == 1
    assert plot(page, "loss", "p._fullLayout.dragmode") is False
    page.wait_for_function(
        "getComputedStyle(document.querySelector('[data-chart=loss] .modebar-btn')).pointerEvents !== 'none'"
    )
    page.touchscreen.tap(*middle)
    page.wait_for_function("document.querySelector('[data-chart=loss] .plot')._fullLayout.dragmode === 'zoom'")


def test_a_failed_run_says_why_and_offers_the_remedy(open_chart: Open) -> None:
    page = open_chart("diverging")
    wait_data(page, "status", "value === 'failed'")
    expect(page.locator(".banner")).to_contain_text(MESSAGE)
    page.get_by_role("button", name="Use learning rate = 0.00123").click()
    assert page.evaluate("triggers") == [["remedy", REMEDY]]
    wait_data(page, "frames", "+value === 120")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_queued_run_says_what_it_waits_for(open_chart: Open) -> None:
    page = open_chart("queued")
    expect(page.locator(".banner")).to_contain_text(QUEUED)
    assert data(page, "status") == "waiting"
    assert data(page, "frames") == "0"
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def test_a_run_that_was_meant_for_a_graphics_card_says_why_it_was_computed_on_the_cpu(open_chart: Open) -> None:
    page = open_chart("elsewhere")
    expect(page.locator(".banner")).to_have_text(f"Computed on the CPU{ELSEWHERE.removeprefix('cpu')}.")
    wait_data(page, "status", "value === 'finished'")
    expect(page.locator(".banner")).to_be_visible()
    page = open_chart("rich")
    to_the_end(page)
    expect(page.locator(".banner")).to_be_hidden()


def test_a_lost_connection_comes_back_and_goes_on_where_it_was(open_chart: Open, served: LiveChartServer) -> None:
    page = open_chart("held-lost")
    wait_data(page, "frames", f"+value === {FEW // 2}")
    page.evaluate(
        """() => {
        const line = document.querySelector(".status");
        window.told = [];
        new MutationObserver(() => told.push(line.textContent)).observe(line, { childList: true, subtree: true });
    }"""
    )
    served.server.asked.clear()
    served.hang_up()
    page.wait_for_function("told.includes('connection lost, trying again')")
    served.server.runs["held-lost"].released = True
    wait_data(page, "frames", f"+value === {FEW}")
    assert served.server.asked[0]["after"]["held-lost"] == FEW // 2
    assert data(page, "painted") == str(FEW)


def test_a_refused_chart_asks_for_its_run_until_somebody_hears_and_then_says_what_to_do(
    open_chart: Open, served: LiveChartServer
) -> None:
    served.server.refusing = True
    try:
        page = open_chart("rich-refused")
        expect(page.locator(".banner")).to_contain_text("does not know this page any more", timeout=30_000)
        asked = page.evaluate("triggers")
        assert {name for name, _ in asked} == {"again"}
        gaps = [after - before for (_, before), (_, after) in pairwise(asked[:5])]
        waits = [500, 1000, 2000, 4000]
        assert all(gap > wait - 5 for gap, wait in zip(gaps, waits, strict=True)), gaps
    finally:
        served.server.refusing = False
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_data(page, "frames", "+value > 0")
    expect(page.locator(".banner")).to_be_hidden()


def test_with_reduced_motion_the_newest_frame_is_shown_at_once(open_chart: Open) -> None:
    page = open_chart("rich", reduced_motion="reduce")
    wait_data(page, "frames", f"+value === {FRAMES}")
    assert int(data(page, "painted")) < 10


def test_a_chart_is_saved_from_its_own_bar(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    for format in ("png", "svg"):
        page.hover("[data-chart=loss] .nsewdrag")
        with page.expect_download() as download:
            page.locator(f'[data-chart=loss] [data-title="Download as {format.upper()}"]').click()
        assert download.value.suggested_filename == f"lazyrich-loss-step-{STEPS[-1]}.{format}"
        saved = Path(download.value.path()).read_bytes()
        if format == "png":
            assert saved.startswith(b"\x89PNG")
        else:
            text = saved.decode()
            assert text.startswith("<svg") and "Loss" in text and "train" in text


def test_another_theme_changes_the_ink_of_the_charts_at_once(open_chart: Open) -> None:
    page = open_chart("endless-themed")
    wait_data(page, "frames", "+value > 3")
    light = plot(page, "loss", "p._fullLayout.font.color")
    page.evaluate("theme(true)")
    look = "document.querySelector('[data-chart=loss] .plot')._fullLayout.font.color"
    page.wait_for_function(f"(ink) => {look} !== ink", arg=light)
    now = int(data(page, "frames"))
    wait_data(page, "frames", f"+value > {now + 3}")


def test_sharper_pixels_are_painted_on_as_soon_as_the_screen_has_them(open_chart: Open) -> None:
    page = open_chart("queued", device_scale_factor=1)
    page.evaluate("unmount()")
    expect(page.locator(RUN)).to_have_count(0)
    page.evaluate(
        """() => {
        window.resolutions = [];
        const ask = window.matchMedia.bind(window);
        window.matchMedia = (query) => {
            const answer = ask(query);
            if (query.includes("resolution")) resolutions.push(answer);
            return answer;
        };
        return show("rich");
    }"""
    )
    to_the_end(page)
    canvas = "document.querySelector('[data-chart=plane] canvas')"
    page.context.new_cdp_session(page).send(
        "Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    )
    width = page.evaluate(f"{canvas}.width")
    page.evaluate("resolutions.at(-1).dispatchEvent(new Event('change'))")  # an emulated screen changes without it
    page.wait_for_function(f"(width) => Math.abs({canvas}.width - 2 * width) <= 1", arg=width)
    assert page.evaluate("resolutions.at(-1).media") == "(resolution: 2dppx)"


def test_labels_are_text_and_never_markup(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy"], ["<img src=x onerror='window.hurt=1'>", "<b>bold</b>"])
    to_the_end(page)
    assert page.evaluate("window.hurt") is None
    expect(page.locator(".runs")).to_contain_text("<b>bold</b>")
    assert page.locator(f"{RUN} img, {RUN} b:text('bold')").count() == 0


def test_everything_fits_on_one_screen(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-1"], ["this", "kept"])
    to_the_end(page)
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


def test_on_a_phone_the_order_is_verdict_plane_transport_curves_without_scrolling_sideways(open_chart: Open) -> None:
    page = open_chart("rich", **PHONE)
    wait_data(page, "frames", "+value > 10")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [page.locator(part).bounding_box() for part in (".verdict", ".planes", ".transport", ".curves:not(.below)")]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 4 and tops == sorted(tops)
    stack = [page.locator(f"[data-chart={name}]") for name in ("loss", "kernel", "conserved")]
    charts = [node.bounding_box() for node in stack]
    # the labels of the common axis are those of the lowest
    assert [node.locator(".xtick").count() > 0 for node in stack] == [False, False, True]
    edges = [(box["y"], box["y"] + box["height"]) for box in charts if box is not None]
    assert all(bottom <= top + 1 for (_, bottom), (top, _) in pairwise(edges))


def test_unmounting_ends_the_connection_but_an_overtaken_call_does_not(
    open_chart: Open, served: LiveChartServer
) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", "+value > 0")
    page.evaluate("Promise.all([show('steady-a'), show('steady-b'), show('steady-c')])")
    wait_data(page, "frames", "+value > 2")
    assert page.locator(RUN).count() == 1
    page.evaluate("unmount()")
    expect(page.locator(RUN)).to_have_count(0)
    until(page, lambda: not served.server.sockets)

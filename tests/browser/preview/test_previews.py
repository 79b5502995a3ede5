"""The picture follows sliders, map and presets while a visitor moves them by mouse, keys or touch."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from harness.browser.parts import attribute, chart, finished, reading, trained
from harness.browser.touch import PHONE, swipe, tap_on

START = "?tau=0.3&delta=1&eta_a=1&eta_w=1&steps=200&seed=4&width=10"
"""A problem so small that its previews reach the last step on a busy machine too."""

END = 200

# Records each painted set of settings with the state of the preview, and all texts for screen readers.
WATCH = """() => {
  const host = document.querySelector('[data-testid=live-run]');
  window.seen = [];
  window.spoken = [];
  new MutationObserver(() => {
    const { preview = 'own', settings, step, frames } = host.dataset;
    window.seen.push([preview, JSON.parse(settings ?? 'null'), Number(step), Number(frames)]);
  }).observe(host, { attributes: true });
  const voice = host.querySelector('.spoken');
  new MutationObserver(() => window.spoken.push(voice.textContent)).observe(voice, { childList: true, subtree: true });
}"""


def slider(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=stSidebar] [data-testid=slider][data-name={name}] input[type=range]")


def at(control: Locator, share: float) -> tuple[float, float]:
    box = control.bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def drag(page: Page, control: Locator, start: float, end: float) -> None:
    """Press a slider at a share of its width and move to another share. The button stays down."""
    page.mouse.move(*at(control, start))
    page.mouse.down()
    (x0, y), (x1, _) = at(control, start), at(control, end)
    for k in range(1, 13):
        page.mouse.move(x0 + (x1 - x0) * k / 12, y)
        page.wait_for_timeout(16)


def settings(page: Page) -> dict[str, Any]:
    """Return the settings of the painted picture."""
    return json.loads(attribute(page, "settings"))


def wait_for(page: Page, state: str | None) -> None:
    page.wait_for_function(
        "state => (document.querySelector('[data-testid=live-run]')?.dataset.preview ?? null) === state",
        arg=state,
        timeout=60_000,
    )


def numbers(page: Page) -> list[str]:
    """Return the numbers above the charts, and the part of the verdict that needs only the last frame."""
    named = ("kernel moved", "test loss", "alignment", "flips", "δ effective")
    return [reading(page, name) for name in named] + [page.locator(".verdict").inner_text().partition(";")[0]]


def follows(page: Page, name: str, control: Locator | None = None) -> float:
    """Wait until the picture has the value of a slider, and return the value."""
    value = float((control or slider(page, name)).get_attribute("aria-valuetext") or "nan")
    painted = "JSON.parse(document.querySelector('[data-testid=live-run]')?.dataset.settings ?? '{}')"
    page.wait_for_function(f"([name, value]) => {painted}[name] === value", arg=[name, value], timeout=30_000)
    return value


def places(page: Page) -> list[float]:
    """Return the positions of the parts of the page that a visitor uses or watches during a drag."""
    parts = (
        slider(page, "tau"),
        slider(page, "eta_w"),
        page.locator("[data-chart=plane] .frame"),
        page.locator(".transport"),
    )
    return [box[side] for box in (part.bounding_box() for part in parts) for side in ("x", "y", "height")]


def test_sliders_keys_the_map_and_presets_move_the_picture_and_then_the_run(open_page):
    page = open_page(START, motion=True)
    finished(page, END)
    a_slider_moves_the_picture_and_the_run_ends_with_equal_numbers(page)
    finished(page, END)
    several_controls_keys_the_map_a_reload_and_a_preset_move_the_picture(page)


def a_slider_moves_the_picture_and_the_run_ends_with_equal_numbers(page: Page) -> None:
    page.wait_for_timeout(300)
    page.evaluate(WATCH)
    before, address = places(page), page.url
    drag(page, slider(page, "tau"), 0.49, 0.6)
    tau = follows(page, "tau")
    assert tau > 0.5 and attribute(page, "preview") == "held" and page.url == address
    assert float(page.get_by_test_id("picker").get_attribute("data-x") or "nan") == tau, "the dot follows the slider"
    assert page.evaluate("window.spoken") == [] and places(page) == before
    page.keyboard.press("Escape")
    wait_for(page, None)
    assert slider(page, "tau").get_attribute("aria-valuetext") == "0.3"
    page.mouse.move(*at(slider(page, "tau"), 0.7))  # the button is still down
    page.mouse.up()
    page.wait_for_timeout(500)
    assert page.url == address and settings(page)["tau"] == 0.3 and attribute(page, "step") == str(END)
    # after the release the preview stays until the run is complete
    drag(page, slider(page, "delta"), 0.75, 0.4)
    delta = follows(page, "delta")
    # texts are updated after pictures; at equal rates δ effective is δ
    effective = page.locator("dl.numbers div", has_text="δ effective").locator("dd")
    page.wait_for_function(
        "([node, delta]) => Number(node.textContent.replace('−', '-')) === delta",
        arg=[effective.element_handle(), delta],
    )
    shown = numbers(page)
    page.mouse.up()
    wait_for(page, None)
    page.wait_for_timeout(200)
    assert settings(page)["delta"] == delta and attribute(page, "step") == str(END)
    assert numbers(page) == shown, "the preview's numbers differ from the run's at its last step"
    assert f"delta={delta:g}&" in page.url and places(page) == before
    seen = page.evaluate("window.seen")
    assert any(state == "standing" and chosen["delta"] == delta for state, chosen, _, _ in seen)
    assert all(step == END for _, _, step, _ in seen), "the preview moved to another step"
    assert page.evaluate("window.spoken").pop().startswith(shown[-1])
    page.go_back()
    page.wait_for_url("**delta=1&**")
    expect(slider(page, "delta")).to_have_attribute("aria-valuetext", "1")


def several_controls_keys_the_map_a_reload_and_a_preset_move_the_picture(page: Page) -> None:
    # move three controls before the page has answered the first
    for name, start, end in (("tau", 0.49, 0.55), ("delta", 0.75, 0.6), ("eta_w", 0.5, 0.55)):
        drag(page, slider(page, name), start, end)
        page.mouse.up()
    wanted = {name: float(slider(page, name).get_attribute("aria-valuetext")) for name in ("tau", "delta", "eta_w")}
    assert wanted["tau"] != 0.3 and wanted["delta"] != 1 and wanted["eta_w"] != 1
    wait_for(page, None)
    page.wait_for_url(f"**tau={wanted['tau']:g}&delta={wanted['delta']:g}&eta_a=1&eta_w={wanted['eta_w']:g}&**")
    assert {name: settings(page)[name] for name in wanted} == wanted
    # holding an arrow key down changes the setting once
    address = page.url
    slider(page, "delta").focus()
    for _ in range(12):
        page.keyboard.down("ArrowLeft")
    assert page.url == address and attribute(page, "preview") == "held"
    page.keyboard.up("ArrowLeft")
    delta = f"**delta={round(wanted['delta'] - 0.6, 2) + 0.0:g}&**"
    page.wait_for_url(delta)
    expect(slider(page, "delta")).to_be_focused()
    wait_for(page, None)
    # drag the dot on the map, and reload before the release
    box = page.get_by_test_id("stSidebar").get_by_role("application").bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.85 * box["width"], box["y"] + 0.45 * box["height"], steps=8)
    wait_for(page, "held")
    page.wait_for_timeout(100)
    assert follows(page, "tau") > 1
    follows(page, "delta")
    page.reload()
    page.mouse.up()
    page.wait_for_url(delta)
    page.wait_for_selector('[data-testid="live-run"][data-status="finished"]', timeout=60_000)
    wait_for(page, None)
    # a click on a preset shows its picture before the page has run again
    page.evaluate(WATCH)
    page.get_by_test_id("stSidebar").get_by_text("Downstream", exact=True).click()
    page.wait_for_url("**delta=-1&**")
    page.wait_for_function("() => window.seen.some(([state]) => state === 'standing')")
    wait_for(page, None)
    assert (settings(page)["delta"], settings(page)["tau"]) == (-1, 0.1)


def test_on_a_phone_the_picture_and_its_controls_are_on_one_screen(open_page):
    page = open_page(START, motion=True, **PHONE)
    trained(page)
    tau, delta = page.locator(".hands input[type=range]").all()
    chips = page.get_by_role("group", name="Presets")
    plane = page.locator("[data-chart=plane] .frame")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    for part in (chips, plane, tau, delta):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844, box
    assert chips.bounding_box()["y"] < plane.bounding_box()["y"] < tau.bounding_box()["y"]
    finger = page.context.new_cdp_session(page)
    points = [at(delta, 0.75 - 0.05 * k) for k in range(8)]
    for k, (x, y) in enumerate(points):
        kind = "touchMove" if k else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(30)
    value = follows(page, "delta", delta)
    assert value < 0.5 and attribute(page, "preview") == "held"
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url(f"**delta={value:g}&**")
    wait_for(page, None)
    assert settings(page)["delta"] == value
    # a swipe up or down scrolls the page
    x, y = at(delta, 0.2)
    swipe(page, (x, y), (x, y - 200))
    page.wait_for_timeout(700)
    assert delta.get_attribute("aria-valuetext") == f"{value:g}"
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    tap_on(chips.get_by_role("button", name="Downstream"))
    page.wait_for_url("**delta=-1&**")
    expect(chips.get_by_role("button", name="Downstream")).to_have_attribute("aria-pressed", "true")
    a_cut_preview_has_a_sentence_over_the_picture(page, finger)


def a_cut_preview_has_a_sentence_over_the_picture(page: Page, finger: CDPSession) -> None:
    page.goto(page.url.partition("?")[0] + "?method=descent&steps=100000&learning_rate=0.001&seed=4")
    expect(chart(page)).not_to_have_attribute("data-frames", "0", timeout=30_000)
    tau = page.locator(".hands input[type=range]").first
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.6)):
        x, y = at(tau, share)
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    words = page.locator(".over-picture")
    expect(words).to_contain_text(re.compile(r"^Shown to step [\d,]+; the rest comes when the control is released\.$"))
    plane, box = page.locator("[data-chart=plane] .frame").bounding_box(), words.bounding_box()
    assert plane["y"] < box["y"] and box["y"] + box["height"] < plane["y"] + plane["height"] < 844, (plane, box)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(words).to_be_hidden(timeout=30_000)

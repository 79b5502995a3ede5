"""The learned function as the browser computes it, against the network's own outputs, and its chart on the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from harness.browser.live_chart_server import LiveChartServer
from harness.browser.parts import at_rest, finished
from lazyrich import LazyTwin, StudentTeacher, train
from lazyrich.client import protocol
from lazyrich.experiments.student_teacher.charts import FUNCTION
from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.own_data import Given, OwnStudent, Preparation, prepare
from lazyrich.tasks.student_teacher import Task
from tests.browser.conftest import Tab

LIMIT = 1e-6

READ = """
        const {RunLog} = await import("/static/stream/run_log.js");
        const {deliver, readAnswer} = await import("/static/stream/protocol.js");
        const log = new RunLog("run");
        deliver(readAnswer(Uint8Array.from(atob(answer), (c) => c.charCodeAt(0)).buffer), new Map([["run", log]]));
"""

CHOOSE = f"""
    async ([answer, spec]) => {{
        {READ}
        const {{FunctionChart}} = await import("/static/charts/function/function.js");
        const chart = new FunctionChart(spec, () => {{}});
        const current = {{log, upTo: 1, key: "current", label: "", colour: "#0072B2", dash: "solid"}};
        chart.describe({{current, kept: [], runs: [current], ghost: null, along: "time", theme: {{}}, colours: {{}}}});
        const choice = chart.node.querySelector("select");
        choice.value = "circle";
        choice.dispatchEvent(new Event("change"));
        return chart.caption.textContent;
    }}
"""

COMPUTE = f"""
    async ([answer, spec, frame]) => {{
        {READ}
        const models = await import("/static/charts/function/function_models.js");
        const info = models.functionInfo(log);
        const path = models.pathOf(info.over === "outputs" ? {{...info, over: "circle"}} : info);
        const has = models.hasTwin(log, spec, "circle");
        return {{
            student: models.studentCurve(log, spec, frame, path),
            kinks: models.studentKinks(log, spec, frame, path),
            teacher: models.teacherCurve(log, path),
            twin: has ? models.twinCurve(log, spec, frame, path) : null,
        }};
    }}
"""


class Ends(StudentTeacher):
    """Records its first and its last step only."""

    @property
    def schedule(self):
        return [0, self.steps]


@pytest.fixture(scope="module")
def page(visited: Tab) -> Iterator[Page]:
    """A page for the functions alone; a page of the app replaces it later."""
    with LiveChartServer() as server:
        page = visited.take(visit=server.address)
        page.goto(server.address)
        visited.leave(server.address)
        yield page
        page.close()


def answered(config: StudentTeacher) -> tuple[str, list[Any]]:
    """Return the first and the last frame of a run, as the server sends them and as objects."""
    frames = [frame for frame in config.frames() if frame.step in (0, config.steps)]
    entry = {"id": "run", "status": "finished", "message": "", "progress": 1, "remedy": {}, "left": 0, "first": 0}
    entry |= {"count": 2, "verdicts": ["", ""], "header": protocol.describe_run(frames[0], 2, config.model_dump())}
    answer = protocol.pack_answer([(entry, [protocol.pack_frame(frame) for frame in frames])])
    return base64.b64encode(answer).decode(), frames


def computed(page: Page, config: StudentTeacher) -> tuple[dict[str, Any], list[Any]]:
    """Return the functions that the browser computes from the last of two frames, and the frames."""
    answer, frames = answered(config)
    return page.evaluate(COMPUTE, [answer, FUNCTION.wire(), 1]), frames


def on_plane(frames: list[Any], degrees: Any) -> np.ndarray:
    """Return inputs of mean norm at these angles of the plane."""
    arrays = {name: torch.as_tensor(value) for name, value in frames[0].header.arrays.items()}
    task = Task(**{name: arrays[name] for name in ("X", "y", "X_test", "y_test", "teacher_W", "teacher_a")})
    angles = np.radians(degrees)
    axes = Plane(task).axes.numpy()
    return frames[0].header.chart_data["function"]["radius"] * np.stack([np.cos(angles), np.sin(angles)], axis=1) @ axes


def outputs(X: np.ndarray, W: np.ndarray, a: np.ndarray, leak: float) -> np.ndarray:
    Z = X @ W.T
    return np.where(Z > 0, Z, leak * Z) @ a


@pytest.mark.parametrize(
    "config",
    [
        Ends(tau=0.1, delta=1.0, steps=20_000, method="flow", seed=2),
        Ends(tau=0.1, delta=-1.0, steps=20_000, method="flow", seed=5, leak=0.3),
        Ends(tau=2.0, symmetrised=False, width=31, steps=3000, seed=7, teacher_width=6),
        Ends(tau=0.3, delta=-0.5, steps=5000, method="flow", dimension=7, samples=60, seed=3, leak=0.1),
        Ends(tau=0.1, delta=1.0, steps=2000, method="flow", width=512, seed=4),
    ],
    ids=["upstream", "downstream, leak", "lazy, not symmetrised", "seven dimensions", "512 neurons"],
)
def test_the_browsers_curves_are_the_networks_outputs_with_every_kink(page: Page, config: StudentTeacher):
    found, frames = computed(page, config)
    W, a = frames[1].arrays["W"], frames[1].arrays["a"]
    t, f = np.array(found["student"]["t"]), np.array(found["student"]["f"])
    assert np.all(np.diff(t) >= 0) and t[0] == -180 and t[-1] == 180
    exact = outputs(on_plane(frames, t), W, a, config.leak)
    size = max(1.0, float(np.sum(np.abs(a) * np.linalg.norm(W, axis=1))) / 10)
    np.testing.assert_allclose(f, exact, rtol=0, atol=LIMIT * size)
    arrays = frames[0].header.arrays
    teacher = found["teacher"]
    np.testing.assert_allclose(
        teacher["f"],
        outputs(on_plane(frames, teacher["t"]), arrays["teacher_W"], arrays["teacher_a"], config.leak),
        atol=LIMIT,
    )
    # the curve is straight between two of its points, so no kink may lie between them
    between = (t[1:] + t[:-1]) / 2
    bent = outputs(on_plane(frames, between), W, a, config.leak) - (f[1:] + f[:-1]) / 2
    curvature = np.abs(f).max() * np.radians(np.diff(t)) ** 2 / 8
    assert np.all(np.abs(bent) <= 2 * curvature + 10 * LIMIT * size)
    # the ticks include every kink
    in_plane = np.linalg.norm(frames[1].chart_data["plane"], axis=1) * frames[1].chart_data["sign"]
    total = 2 * (1 - config.leak) * float(np.sum(in_plane))
    assert sum(kink["jump"] for kink in found["kinks"]) == pytest.approx(total, abs=1e-5 * size)


def test_the_caption_follows_a_choice_made_before_the_chart_is_drawn(page: Page):
    """On a slow line, frames may arrive before plotly.js."""
    answer, _ = answered(Ends(steps=20, dimension=7, samples=40, seed=3))
    assert "Samples are left out" in page.evaluate(CHOOSE, [answer, FUNCTION.wire()])


def test_the_teachers_kinks_stand_at_right_angles_to_its_rays(page: Page):
    found, frames = computed(page, Ends(steps=100, seed=2, leak=0.25))
    rays = np.array(frames[0].header.chart_data["teacher"])
    angles = np.degrees(np.arctan2(rays[:, 1], rays[:, 0]))
    wanted = sorted(
        ((angle + turn + 180) % 360 - 180, 0.75 * sign)
        for angle, sign in zip(angles, rays[:, 2], strict=True)
        for turn in (-90, 90)
    )
    assert [[kink["at"], kink["jump"]] for kink in found["teacher"]["kinks"]] == [
        pytest.approx(kink, abs=1e-6) for kink in wanted
    ]


@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_the_lazy_twin_has_both_sides_of_its_jumps(page: Page, leak: float):
    config = Ends(tau=0.1, delta=1.0, steps=20_000, method="flow", seed=2, leak=leak, twin=True)
    found, frames = computed(page, config)
    arrays, start = frames[0].header.arrays, frames[0].arrays
    twin = LazyTwin(arrays["X"], arrays["y"], start["W"], start["a"], leak=leak)
    t, f = np.array(found["twin"]["t"]), np.array(found["twin"]["f"])
    time = config.steps * config.step_size
    jumps = np.flatnonzero(np.diff(t) == 0)
    switches = {round(float(t[k]), 6) for k in jumps}
    directions = np.degrees(np.arctan2(start["W"][:, 1], start["W"][:, 0]))
    ends = {round(float((angle + turn + 180) % 360 - 180), 6) for angle in directions for turn in (-90, 90)}
    assert len(switches) > 20 and all(min(abs(one - end) for end in ends) < 1e-4 for one in switches)
    near = 1e-4  # degrees
    inner = np.setdiff1d(np.arange(len(t)), np.concatenate([jumps, jumps + 1]))
    inner = inner[[min(abs(t[k] - end) for end in ends) > near for k in inner]]
    np.testing.assert_allclose(f[inner], twin(time, on_plane(frames, t[inner])), atol=LIMIT)
    for side, k in ((-near, jumps), (near, jumps + 1)):
        np.testing.assert_allclose(f[k], twin(time, on_plane(frames, t[k] + side)), atol=1e-5)
    assert np.abs(f[jumps + 1] - f[jumps]).max() > 0.01


@pytest.mark.parametrize("width", [40, 600])
def test_own_data_of_one_input_are_drawn_over_it_in_the_units_of_the_file(page: Page, width: int):
    random = np.random.default_rng(1)
    x = np.sort(random.uniform(5, 15, 40))
    y = 100 + 30 * np.abs(x - 9)
    data = prepare(Given("mine.csv", x[:, None], y), Preparation(scaling="standardised", constant=True, held_out=0))
    config = OwnStudent.of(StudentTeacher(tau=1.0, steps=1000, width=width), data)
    found, frames = computed(page, config)
    (scale, shift), (y_scale, y_shift) = data.units.x[0], data.units.y
    t, f = np.array(found["student"]["t"]), np.array(found["student"]["f"])
    low, high = x.min(), x.max()
    margin = 0.15 * (high - low)
    assert (t[0], t[-1]) == pytest.approx((low - margin, high + margin)) and found["teacher"] is None
    inputs = np.column_stack([(t - shift) / scale, np.ones_like(t)])
    exact = outputs(inputs, frames[1].arrays["W"], frames[1].arrays["a"], 0.0) * y_scale + y_shift
    np.testing.assert_allclose(f, exact, rtol=2 * LIMIT)
    if width == 40:
        W = frames[1].arrays["W"]
        kinks = -W[:, 1] / W[:, 0] * scale + shift
        there = kinks[(kinks > t[0]) & (kinks < t[-1])]
        assert all(np.abs(t - kink).min() < 1e-4 for kink in there)


@pytest.mark.claims
def test_the_presets_end_with_the_functions_that_their_page_describes(page: Page):
    """Rich students end near the teacher, with few dominant kinks; lazy ones end farther away, with many."""
    medians = {}
    for preset in PRESETS[:4]:
        rows = []
        for seed in range(8):
            config = Ends(**{**preset.config.model_dump(), "seed": seed})
            found, frames = computed(page, config)
            arrays, last = frames[0].header.arrays, frames[1].arrays
            even = on_plane(frames, np.arange(-180, 180, 0.25))
            teacher = outputs(even, arrays["teacher_W"], arrays["teacher_a"], 0.0)
            error = outputs(even, last["W"], last["a"], 0.0) - teacher
            size = np.sqrt(np.mean(teacher**2))
            jumps = np.abs([kink["jump"] for kink in found["kinks"]])
            rows.append(
                (np.sqrt(np.mean(error**2)) / size, np.abs(error).max() / size, jumps.sum() ** 2 / (jumps**2).sum())
            )
        medians[preset.name] = np.median(rows, axis=0)
    names = ("Upstream", "Balanced", "Downstream", "Lazy")
    distance, largest, kinks = np.transpose([medians[name] for name in names])
    np.testing.assert_allclose(distance, [0.011, 0.015, 0.017, 0.066], rtol=0.25)
    np.testing.assert_allclose(largest, [0.056, 0.066, 0.066, 0.189], rtol=0.25)
    # the teacher has 6 kinks
    np.testing.assert_allclose(kinks, [9.7, 12.1, 18.1, 22.4], rtol=0.05)


PLOT = "document.querySelector('[data-chart=function] .plot')"
NAMES = f"() => {PLOT}.data.map(({{name}}) => name)"


def trace(page: Page, name: str) -> tuple[np.ndarray, np.ndarray]:
    found = page.evaluate(f"(name) => (({{x, y}}) => [x, y])({PLOT}.data.find((one) => one.name === name))", name)
    return np.array(found[0], dtype=float), np.array(found[1], dtype=float)


def test_the_chart_can_be_hovered_zoomed_and_scrubbed_and_shows_the_twin_on_request(visit):
    settings = {"tau": 0.1, "delta": 1.0, "steps": 200, "method": "flow"}
    page = visit("playground?" + "&".join(f"{name}={value}" for name, value in settings.items()))
    finished(page, 200)
    at_rest(page)
    result = train(StudentTeacher(**settings))
    last = result.weights(-1)
    angles, drawn = trace(page, "student")
    inputs = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1)
    np.testing.assert_allclose(drawn, outputs(inputs, last["W"], last["a"], 0.0), atol=LIMIT)
    samples, _ = trace(page, "training samples")
    assert len(samples) == 20

    box = page.locator("[data-chart=function] .nsewdrag").bounding_box()
    left, top = page.evaluate(
        f"([x, y]) => {{ const {{xaxis, yaxis}} = {PLOT}._fullLayout; return [xaxis.d2p(x), yaxis.d2p(y)]; }}",
        [float(angles[40]), float(drawn[40])],
    )
    page.mouse.move(box["x"] + left, box["y"] + top)
    label = page.locator("[data-chart=function] .hoverlayer")
    expect(label).to_contain_text(re.compile(r"student|sample|teacher"))
    expect(label).to_contain_text("°")

    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => {PLOT}._fullLayout.xaxis.range[0] > -100 && {PLOT}._fullLayout.xaxis.range[1] < 100")
    # the ticks stay on the lower edge
    page.wait_for_function(
        f"() => {PLOT}.data.find(({{name}}) => /^kinks.*student/.test(name)).y[0] === {PLOT}._fullLayout.yaxis.range[0]"
    )
    page.mouse.dblclick(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_function(f"() => {PLOT}._fullLayout.xaxis.range[1] === 180")

    page.get_by_test_id("live-run").focus()
    page.keyboard.press("Home")
    at_rest(page)
    page.wait_for_function(
        f"() => Math.max(...{PLOT}.data.find(({{name}}) => name === 'student').y.map(Math.abs)) < 1e-6"
    )

    assert "lazy twin" not in page.evaluate(NAMES)
    page.get_by_role("checkbox", name="lazy twin").check()
    page.wait_for_function("() => new URLSearchParams(location.search).get('twin') === 'true'", timeout=20_000)
    # the caption shows the twin once the header of the new run has arrived
    expect(page.locator("label.choice", has_text="lazy twin").locator("svg")).to_be_visible(timeout=20_000)
    finished(page, 200)
    page.wait_for_function(f"() => {PLOT}.data.some(({{name}}) => name === 'lazy twin')", timeout=20_000)
    expect(page.get_by_role("checkbox", name="lazy twin")).to_be_checked()
    page.wait_for_function(
        """() => {
            const names = document.querySelector('[data-chart=loss] .plot').data.map(({ name }) => name);
            return names.includes('twin, train') && names.includes('twin, test');
        }"""
    )


def test_beyond_two_dimensions_the_chart_shows_predictions_over_truth_or_a_circle(visit):
    page = visit("playground?tau=0.3&delta=1&dimension=10&samples=60&steps=100&method=flow")
    finished(page, 100)
    at_rest(page)
    result = train(StudentTeacher(tau=0.3, delta=1.0, dimension=10, samples=60, steps=100, method="flow"))
    few = np.rint(np.linspace(0, 999, 200)).astype(int)
    true, predicted = trace(page, "student")
    np.testing.assert_allclose(true, result.task.y_test[few], atol=LIMIT)
    last = result.weights(-1)
    np.testing.assert_allclose(predicted, outputs(result.task.X_test[few], last["W"], last["a"], 0.0), atol=LIMIT)
    caption = page.locator("[data-chart=function] figcaption")
    expect(caption).to_contain_text("200 test inputs")
    page.get_by_role("combobox", name="What the function is drawn over").select_option("circle")
    expect(caption).to_contain_text(re.compile(r"The teacher is \d.* times as large on this circle as on test inputs"))
    expect(caption).to_contain_text(re.compile(r"Samples are left out: \d\d % of their length"))
    page.wait_for_function(f"() => {PLOT}._fullLayout.xaxis.range[0] === -180")
    names = page.evaluate(NAMES)
    assert "student" in names and "teacher" in names and "training samples" not in names

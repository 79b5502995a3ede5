"""The page "Phase portrait" in Streamlit's own test runner: the shipped map, and portraits that are computed live."""

from urllib.parse import parse_qs

import numpy as np
import pytest

from harness.waiting import eventually
from lazyrich.experiments.phase_portrait.config import PRESETS, PhasePortrait
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.sweeps import reference
from lazyrich.web.page import url_state
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.portrait.cell_comparison import Cells
from tests.pages.scripts import opened, state, unfold, watching

PAGE, NAME = "phase_portrait", "phase-portrait"


def test_the_page_opens_on_the_papers_map_with_the_numbers_of_the_shipped_table():
    app = opened(PAGE)
    table = reference()
    early = table[table["at"] == 100]
    largest = early.groupby(["tau", "delta"])["kernel_distance"].mean().max()
    assert f"Largest kernel distance, {largest:.3g}" in "".join(text.value for text in app.markdown)


def test_the_lines_of_python_draw_the_map_that_is_shown():
    app = opened(PAGE)
    [lines, *_] = [code.value for code in app.code if "sweeps.reference()" in code.value]
    names = {}
    exec(lines.replace("portrait_map(", "figure = portrait_map(").replace(".show()", ""), names)
    shown = reference().query("at == 100").groupby(["delta", "tau"])["kernel_distance"].mean().unstack()
    assert np.allclose(names["figure"].data[0].z, shown)


def test_another_time_and_measure_change_the_verdict():
    app = opened(PAGE)
    app.select_slider(key="portrait.time").set_value(1000).run()
    app.button_group(key="portrait.measure").set_value("test_loss").run()
    assert not app.exception
    table = reference()
    smallest = table[table["at"] == 1000].groupby(["tau", "delta"])["test_loss"].mean().min()
    assert f"Smallest test loss, {smallest:.3g}" in "".join(text.value for text in app.markdown)


def test_the_cell_under_the_dot_is_shown_with_its_spread():
    app = opened(PAGE)
    table = reference()
    config = PhasePortrait()
    tau, delta = config.x_values[0], config.y_values[np.abs(config.y_values).argmin()]
    cell = table[(table["tau"] == tau) & (table["delta"] == delta) & (table["at"] == 100)]
    shown = app.table[0].value.loc["Kernel distance"]
    assert shown["mean"] == f"{cell['kernel_distance'].mean():.3g}"
    assert shown["lowest"] == f"{cell['kernel_distance'].min():.3g}"


def test_up_to_four_cells_are_pinned_beside_the_chosen_one_and_all_open_in_the_playground():
    app = opened(PAGE)
    for cell in ((0, 0), (0, 16), (16, 0), (16, 16)):
        app.session_state["reference.cells"]["chosen"] = cell
        app.run()
        app.button(key="reference.pin").click().run()
    app.session_state["reference.cells"]["chosen"] = (8, 8)
    app.run()
    assert app.button(key="reference.pin").disabled
    links = {link.proto.label: parse_qs(link.proto.query_string) for link in app.get("page_link")}
    assert "Open τ = 0.447, δ = 0 in the playground" in links
    query = links["Open these 5 side by side"]
    config, kept, notices = url_state.read(StudentTeacher, query, 4)
    portrait = PhasePortrait()
    assert not notices
    # seed and task of the first student of each cell
    assert config == portrait.student(portrait.x_values[8], 0.0, portrait.first_seed)
    assert [(run.tau, run.delta) for run in kept] == [(0.1, -1.0), (0.1, 1.0), (2.0, -1.0), (2.0, 1.0)]
    app.button(key="reference.drop").click().run()
    assert [link.proto.label for link in app.get("page_link")] == ["Open τ = 0.447, δ = 0 in the playground"]


@pytest.mark.parametrize(
    "cell", [None, (1,), (1, 2, 3), ("a", "b"), (17, 0), (0, -1), (float("nan"), 0), (0, float("inf")), ({}, [])]
)
def test_cells_outside_the_grid_are_not_chosen(cell):
    cells = Cells("test", PhasePortrait())
    cells.choose((3, 4))
    cells.choose(cell)
    assert cells.chosen == (3, 4)


def test_every_preset_can_be_computed_here():
    app = opened(PAGE, see=NAME)
    for preset in PRESETS:
        app.button_group(key=f"{NAME}.preset").set_value(preset.name).run()
        assert not app.exception and not app.error, preset.name
        assert state(app, NAME).config == preset.config
        assert preset.observation in [caption.value for caption in app.caption]


def test_the_full_grid_is_refused_on_the_page_with_advice():
    app = opened(PAGE, see=NAME, seeds="16", x_points="33", y_points="33")
    assert not app.exception
    assert "Lower " in app.error[0].value


def test_an_invalid_value_in_the_address_is_reported_and_replaced():
    app = opened(PAGE, see=NAME, x="weather")
    assert len(app.warning) == 1 and app.warning[0].value.startswith("Across must be one of τ, δ, ")


def test_no_file_of_weights_is_offered_for_a_portrait_which_has_none():
    app = opened(PAGE, see=NAME)
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["Curves, CSV", "Curves, Parquet", "Settings, JSON", "Replay, HTML"]


def test_one_value_for_an_axis_is_refused_and_another_axis_brings_its_range():
    app = opened(PAGE, see=NAME, tau="0.3", x_points="5")
    assert [w.value for w in app.warning] == [
        plain(
            "τ is an axis here, so it takes two values, from and to, got 0.3: write two, such as 0.1, 2, or choose "
            "another parameter for Across. The default stands in its place."
        )
    ]
    assert (state(app, NAME).config.tau, state(app, NAME).config.x_points) == ((0.1, 2.0), 5)
    unfold(app, NAME).text_input(key=f"{NAME}.tau").set_value("0.3").run()
    assert "τ is an axis here" in app.warning[0].value
    app.text_input(key=f"{NAME}.tau").set_value("0.3, 1").run()
    assert not app.warning and state(app, NAME).config.tau == (0.3, 1.0)
    app.selectbox(key=f"{NAME}.x").set_value("leak").run()
    assert not app.exception and not app.warning
    config = state(app, NAME).config
    assert (config.x, config.leak, config.tau, config.x_points) == ("leak", (0.0, 1.0), (0.1,), 5)
    assert (app.text_input(key=f"{NAME}.leak").value, app.text_input(key=f"{NAME}.tau").value) == ("0, 1", "0.1")


def test_while_a_larger_grid_is_refused_the_cells_belong_to_the_shown_portrait():
    app = opened(PAGE, see=NAME, x_points="3", y_points="3", seeds="1", samples="40", dimension="5")
    with watching(app, NAME) as run:
        eventually(lambda: run.over, seconds=60)
        for setting, value in (("x_points", 61), ("y_points", 61), ("seeds", 256)):
            app.session_state[f"{NAME}.{setting}"] = value
        app.run()
        assert "Lower " in app.error[0].value
        app.session_state["computed.cells"]["chosen"] = (2, 2)
        app.run()
        assert not app.exception
        assert "Lower " in app.error[0].value
        drawn = [part.proto.component_name for part in app.get("bidi_component")]
        assert sum(name.endswith("lazyrich_figure") for name in drawn) == 1

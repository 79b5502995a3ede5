"""Frames of a preview equal those of the run, in everything that a viewer receives."""

import numpy as np
import pytest

from lazyrich.client.protocol import pack_frame
from lazyrich.config.preview import evenly_in_log
from lazyrich.experiments.linear_network.config import LinearNetwork
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher
from lazyrich.frame import Diverged, PreviewTruncated
from lazyrich.own_data import Given, OwnStudent, Preparation, prepare

FLOW = {"method": "flow", "seed": 2}

SOON_FLAT = {
    **{"tau": 1.0, "samples": 5, "width": 10, "test_samples": 50},
    **{"until": "flat", "steps": 20_000, "learning_rate": 0.02, **FLOW},
}
"""Ends after about 250 of the 400 frames of its schedule."""

CONFIGS = {
    **{preset.name: preset.config for preset in PRESETS if preset.config.method == "flow"},
    "descent with a twin": StudentTeacher(steps=500, noise=1.0, twin=True),
    "until flat": StudentTeacher(**SOON_FLAT),
    "with its kernel": StudentTeacher(read_kernel=True, leak=0.1, dimension=4, steps=200, **FLOW),
    "at rest": StudentTeacher(eta_a=100, eta_w=100, steps=10_000_000, **FLOW),
    "not small": StudentTeacher(width=200, dimension=10, samples=60, steps=50, **FLOW),
    "several seeds": StudentTeacher(seeds=3, steps=100, width=10, test_samples=100, **FLOW),
    "several seeds until flat": StudentTeacher(seeds=2, **SOON_FLAT | {"seed": 0}),
    "single neuron": SingleNeuron(delta=-1.0, steps=200),
    "linear network": LinearNetwork(steps=150),
}


def same(one, other):
    """Equal in what is sent, but for numbers so near 0 that they are rounding themselves."""
    sent, expected = (np.frombuffer(pack_frame(frame), "<f4") for frame in (one, other))
    np.testing.assert_allclose(sent, expected, rtol=2e-7, atol=1e-13)
    assert (one.verdict, one.remark) == (other.verdict, other.remark)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_a_preview_has_the_numbers_of_the_run_at_each_of_its_steps(config):
    steps = config.preview_steps(40)
    shown = list(config.frames_at(steps, 10.0))
    frames = {frame.step: frame for frame in config.frames()}
    for frame in shown:
        same(frame, frames[frame.step])
    assert shown[0].header.chart_data == frames[0].header.chart_data
    last = max(frames)
    assert shown[-1].step == last
    wanted = [step for step in steps if step <= last]
    assert [frame.step for frame in shown] == sorted({*wanted, last})


def test_a_preview_of_own_data_has_their_units_and_numbers():
    x = np.linspace(270, 300, 20)
    data = prepare(Given("mine.csv", x[:, None], np.abs(x - 280)), Preparation(constant=True, held_out=0))
    config = OwnStudent.of(StudentTeacher(steps=1000, **FLOW), data)
    frames = {frame.step: frame for frame in config.frames()}
    shown = list(config.frames_at(config.preview_steps(20), 10.0))
    for frame in shown:
        same(frame, frames[frame.step])
    assert shown[0].header.chart_data == frames[0].header.chart_data


def test_gradient_flow_that_may_spend_little_shows_how_it_begins():
    config = StudentTeacher(tau=0.01, delta=-2.0, **FLOW)
    steps, shown = config.preview_steps(60), []
    with pytest.raises(PreviewTruncated):
        for frame in config.frames_at(steps, 0.005):
            shown.append(frame)
    assert 5 < len(shown) < len(steps)
    frames = dict(zip(config.schedule, config.frames(), strict=False))
    for frame in shown:
        same(frame, frames[frame.step])


def test_a_preview_diverges_where_its_run_does():
    config = StudentTeacher(learning_rate=1.0, steps=1000)
    with pytest.raises(Diverged) as of_run:
        list(config.frames())
    with pytest.raises(Diverged) as of_preview:
        list(config.frames_at(evenly_in_log(config.schedule, 30), 10.0))
    assert str(of_preview.value) == str(of_run.value) and of_preview.value.remedy == of_run.value.remedy


@pytest.mark.parametrize("config", [StudentTeacher, SingleNeuron, LinearNetwork])
def test_the_main_settings_of_these_pages_follow_their_controls(config):
    parameters = config.parameters().values()
    assert all(parameter.preview for parameter in parameters if parameter.main)
    assert not {"device", "dtype"} & {parameter.name for parameter in parameters if parameter.preview}

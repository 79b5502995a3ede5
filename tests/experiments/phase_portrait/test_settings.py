"""The settings of a phase portrait: the parameters that are its axes, and errors about invalid ones."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from lazyrich import PhasePortrait, StudentTeacher
from lazyrich.config.schema import complaints, from_strings, show
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import PRESETS
from lazyrich.experiments.phase_portrait.parts import parts


def refusal(**settings) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        PhasePortrait(**settings)
    return complaints(PhasePortrait, caught.value)


def test_the_defaults_are_the_papers_sweep():
    config = PhasePortrait()
    assert config == PhasePortrait(
        tau=(0.1, 2.0, 17),
        delta=(-1, 1, 17),
        seeds=16,
        at=(100, 1000, 10_000, 100_000),
        base=StudentTeacher(dimension=100, samples=1000),
    )
    assert np.allclose(np.diff(np.log(config.x_values)), np.log(20) / 16)
    assert np.allclose(np.diff(config.y_values), 1 / 8)
    assert (config.x_values[0], config.x_values[-1]) == (0.1, 2.0)
    assert {part.seed for part in parts(config)} == set(range(100, 116))
    assert (config.dtype, config.students) == ("float32", 4624)


@pytest.mark.parametrize(
    ("given", "axes"),
    [
        ({"eta_ratio": (0.01, 100, 9), "tau": (0.1, 1, 5)}, ("tau", "eta_ratio", 5, 9)),
        ({"width": (10, 200, 3), "delta": (-1, 1, 5)}, ("width", "delta", 3, 5)),
        ({"delta": (0, 1, 4), "x": "delta"}, ("delta", "tau", 4, 17)),
        ({"leak": (0, 1, 3)}, ("leak", "delta", 3, 17)),
        ({"y": "tau", "x_points": 3}, ("delta", "tau", 3, 17)),
        ({"tau": "0.1,1,5", "delta": "0.5,1,3"}, ("tau", "delta", 5, 3)),
    ],
)
def test_any_two_parameters_are_the_axes(given, axes):
    config = PhasePortrait(**given)
    assert (config.x, config.y, config.x_points, config.y_points) == axes
    for name, value in given.items():
        if name in AXES:
            numbers = value.split(",") if isinstance(value, str) else value
            values = config.x_values if name == config.x else config.y_values
            assert [values[0], values[-1]] == [float(number) for number in numbers[:2]]
    assert all(len(getattr(config, name)) == (2 if name in axes[:2] else 1) for name in AXES)


def test_every_parameter_can_be_asked_for_across_without_more_words():
    for name in AXES:
        config = PhasePortrait().changed(x=name, y="tau" if name == "delta" else "delta")
        assert len(config.x_values) > 5
        assert (np.diff(config.x_values) > 0).all()
        student = config.student(config.x_values[1], config.y_values[0], 3)
        if name != "eta_ratio":
            assert getattr(student, name) == config.x_values[1]


def test_settings_that_mean_the_same_are_equal():
    assert PhasePortrait(delta=(1, -1)) == PhasePortrait()
    assert PhasePortrait(at=(1000, 100, 1000)) == PhasePortrait(at=(100, 1000))
    # tau is across, so one value of it means nothing
    assert PhasePortrait(base=StudentTeacher(tau=0.7, dimension=100, samples=1000)) == PhasePortrait()
    assert PhasePortrait(x="leak", y="delta").key == PhasePortrait(x="leak", tau=0.1).key


@pytest.mark.parametrize("name", AXES)
def test_a_single_value_for_an_axis_or_a_range_without_one_is_refused_alone(name):
    other = "tau" if name != "tau" else "delta"
    middle = PhasePortrait().changed(x=name, y=other).x_values[1].item()
    usual = 1.0 if name == "eta_ratio" else StudentTeacher.parameters()[name].default
    # the default of the parameter, which it has where it is no axis, is no range either
    for given in (middle, (middle,), show(middle), (middle, middle), usual):
        with pytest.raises(ValidationError) as caught:
            PhasePortrait(**{"x": name, "y": other, name: given})
        (sentence,) = complaints(PhasePortrait, caught.value)
        assert sentence.startswith(f"{name} is an axis here, so it takes two values, from and to, got ")
        assert sentence.endswith("or choose another parameter for x.")
    config, notices = from_strings(PhasePortrait, {"x": name, "y": other, name: show(middle), "seeds": "2"})
    assert notices and config == PhasePortrait(seeds=2).changed(x=name, y=other)
    axes = [one for one in ("leak", "samples", "eta_w") if one != name][:2]
    with pytest.raises(ValidationError, match=f"`{name}` is no axis here, so it takes one value"):
        PhasePortrait(x=axes[0], y=axes[1], **{name: (AXES[name].low, AXES[name].high)})


def test_parameters_without_an_axis_keep_the_value_of_the_base_or_the_default():
    assert PhasePortrait(x="leak", base=StudentTeacher(tau=0.3)).tau == (0.3,)
    with pytest.raises(ValueError, match=r"`base` must have noise 0, .* got 0\.5"):
        PhasePortrait(base=StudentTeacher(noise=0.5))
    assert PhasePortrait(x="tau", y="leak").delta == (0.0,)


def test_a_chosen_seed_and_device_of_the_base_apply_to_the_portrait():
    assert (PhasePortrait(base=StudentTeacher()).first_seed, PhasePortrait(base=StudentTeacher()).device) == (
        100,
        "cpu",
    )
    config = PhasePortrait(base=StudentTeacher(seed=7, device="cuda"), seeds=2)
    assert (config.first_seed, config.device) == (7, "cuda") and {part.seed for part in parts(config)} == {7, 8}


def test_a_ratio_of_rates_changes_them_at_the_same_product():
    config = PhasePortrait(x="eta_ratio", eta_a=2.0, eta_w=0.5, eta_ratio=(0.04, 25))
    found = config.settings_at(25.0, 0.5)
    assert found["eta_w"] / found["eta_a"] == pytest.approx(25 * 0.25)
    assert found["eta_w"] * found["eta_a"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "beginning"),
    [
        ({"x": "tau", "y": "tau"}, "y must be another parameter than x, got tau for both."),
        ({"tau": (0.1, 1), "delta": (0, 1), "leak": (0, 1)}, "a portrait has two axes, but tau, delta, leak were all"),
        ({"tau": (0.1, 99, 5)}, "tau must be 1 to 2 numbers between 0.01 and 10"),
        ({"tau": (0.1, 1, 1)}, "x_points must be a whole number between 2 and 65, got 1."),
        ({"x": "tau", "y": "delta", "leak": (0, 1, 5)}, "leak must be 1 to 2 numbers"),
        ({"width": 51}, "width must be even when the start is symmetrised, got 51: choose 50 or 52"),
        ({"x": "colour"}, "x must be one of tau, delta, eta_ratio,"),
        ({"at": ()}, "at must be 1 to 12 whole numbers"),
        ({"base": 7}, "`base` must be a StudentTeacher or its settings by name, got 7."),
    ],
)
def test_settings_that_define_no_portrait_are_refused_in_a_sentence(given, beginning):
    assert refusal(**given)[0].startswith(beginning)


def test_an_address_with_one_bad_setting_keeps_the_others():
    config, notices = from_strings(PhasePortrait, {"x": "leak", "leak": "0,0.5", "delta": "up", "seeds": "2"})
    assert (config.x, config.leak, config.seeds, config.y) == ("leak", (0.0, 0.5), 2, "delta")
    assert len(notices) == 1 and notices[0].startswith("delta must be")


def test_a_symmetrised_portrait_over_width_has_even_widths_once_each():
    widths = PhasePortrait(width=(2, 9, 12), delta=(-1, 1, 3)).x_values
    assert widths.tolist() == [2, 4, 6, 8, 10]


def test_work_grows_with_students_and_their_size():
    work = PhasePortrait(seeds=2).work()
    assert work.seconds == pytest.approx(2 * PhasePortrait(seeds=1).work().seconds)
    assert PhasePortrait(seeds=2, samples=4000).work().scratch > 5 * work.scratch
    assert work.flops > 578 * 348 * 20e6


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_is_a_preview_of_one_seed(preset):
    assert preset.config.seeds == 1 and preset.config.students <= 81

"""Whether losses have settled at the end of training, on curves with known ends."""

from __future__ import annotations

import numpy as np
import pytest

from harness.small_runs import SMALL as QUICK
from lazyrich import (
    DeepNetwork,
    Filters,
    Grokking,
    Hierarchy,
    ImplicitBias,
    LinearNetwork,
    LinearOrRelu,
    PhasePortrait,
    SingleNeuron,
    StudentTeacher,
    train,
)
from lazyrich.convergence import FLAT, decay_exponent
from lazyrich.ending import NEGLIGIBLE, of_losses
from lazyrich.experiments.common.endings import of_networks, of_one
from lazyrich.experiments.phase_portrait.config import MEASURES
from lazyrich.experiments.phase_portrait.endings import Settling
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import coordinates, parts
from lazyrich.experiments.student_teacher.config import MAX_STEPS
from lazyrich.frame import Frame
from lazyrich.web.page.portrait.reference_maps import reference_maps

T = np.geomspace(1e-2, 1e4, 400)


def state(train, test=None, scale=1.0):
    found = of_losses(T, {"training loss": train} | ({} if test is None else {"test loss": test}), scale)
    return found.state, found.settled


@pytest.mark.parametrize("p", [0.2, 1.0])
def test_a_power_law_falls_for_ever_and_its_exponent_is_reported(p):
    ending = of_losses(T, {"training loss": 1e-3 * T**-p, "test loss": 0.1 + 0 * T}, 1.0)
    assert ending.state == "falling" and not ending.settled
    assert ending.words == f"still falling: training loss by {p:.2g} decades for each decade of time; test loss flat"
    assert ending.brief == f"still falling: {p:.2g} decades per decade"


def test_a_test_loss_that_still_changes_keeps_a_run_from_having_settled():
    flat = 0.01 + np.exp(-T)
    assert state(flat, 0.1 + np.exp(-T)) == ("flat", True)
    assert state(flat, 1e-3 * T**-0.3) == ("falling", False)
    rising = of_losses(T, {"training loss": flat, "test loss": 1e-3 * T**0.3}, 1.0)
    assert rising.words == "still rising: test loss by 0.3 decades for each decade of time; training loss flat"
    assert state(flat, np.full_like(T, np.nan)) == ("flat", True)  # no test inputs


def test_an_exponential_decay_has_settled_only_where_it_is_as_good_as_zero():
    for end in (20, 60):
        t = T[end > T]
        reached = np.exp(-t)
        ending = of_losses(t, {"loss": reached}, 1.0)
        assert ending.settled == (reached[-1] < NEGLIGIBLE)


def test_a_start_that_is_flat_in_logarithmic_time_and_a_saddle_are_no_end():
    for end in (1e-2, 0.05, 0.1, 0.2, 0.3, 1.0, 3.0):
        t = T * end / T[-1]  # a decay that is looked at until ct = end
        assert not of_losses(t, {"loss": np.exp(-t)}, 1.0).settled
    saddle = 1 / (1 + np.exp((T - 5e4) / 1e3))
    assert state(saddle) == ("plateau", False)


def test_a_plateau_of_less_than_a_decade_is_not_settled():
    late = np.where(T > 2e3, 0.01, 0.5)
    assert state(late) == ("flat", False)
    assert state(np.where(T > 0.9e3, 0.01, 0.5)) == ("flat", True)


def test_too_few_records_have_no_ending():
    assert of_losses([0.0], {"loss": [1.0]}, 1.0).state == "unknown"
    assert of_losses([], {"loss": []}, 1.0).state == "unknown"


def test_many_networks_are_named_by_their_alpha():
    steps = np.unique(np.geomspace(1, 1e4, 60).astype(int))
    losses = np.stack([steps**-0.5, 0.1 + np.exp(-steps / 10.0)], axis=1)  # of alpha 0.5 and of alpha 3
    frames = [
        Frame(int(s), float(s), {}, {}, {}, "", table={"step": np.full(2, s), "loss": row})
        for s, row in zip(steps, losses, strict=True)
    ]
    ending = of_networks(frames, (0.5, 3.0), 1, {"loss": "training loss"})
    assert ending.words == "at α = 0.5 still falling: training loss by 0.5 decades for each decade of steps"
    assert ending.state == "partly" and ending.brief == "still falling at α = 0.5"
    assert of_networks([], (1.0,), 1, {"loss": "training loss"}).state == "unknown"
    assert of_one([], {"loss": "loss"}, 1.0).words == "nothing is recorded yet"


def networks(*losses, resting=None):
    """Frames of networks with these losses (60,), one for each alpha; resting: whether each ended at a level."""
    steps = np.unique(np.geomspace(1, 1e4, 80).astype(int))[-60:]
    each = {} if resting is None else {"resting": np.array(resting, dtype=float)}
    return [
        Frame(int(step), float(step), {}, {}, {}, "", table={"step": np.full(len(row), step), "loss": row, **each})
        for step, row in zip(steps, np.stack(losses, axis=1), strict=True)
    ]


def test_networks_that_have_diverged_or_ended_at_a_level_are_left_out_of_the_others():
    falling, flat, broken = np.geomspace(1, 1e-3, 60), np.r_[1.0, np.full(59, 0.01)], np.full(60, np.nan)
    columns = {"loss": "training loss"}

    def ending(*losses, **more):
        return of_networks(
            networks(*losses, **more), (0.5, 3.0)[: len(losses)], 1, columns, *(["resting"] if more else [])
        )

    assert ending(flat, flat).state == "flat" and ending(flat, flat).settled
    assert ending(flat, broken).words == ending(flat, flat).words
    assert (ending(broken).state, ending(broken).words) == ("unknown", "no network is left to say it of")
    assert ending(falling, flat).state == "partly"
    assert ending(falling, flat, resting=(1, 0)).settled, "networks that ended at a level must be left out"
    assert ending(falling, flat, resting=(0, 1)).words.startswith("at α = 0.5 still falling")


def test_a_record_of_less_than_a_decade_is_flat_and_not_settled():
    t = np.linspace(2e3, 9e3, 50)
    ending = of_losses(t, {"training loss": np.full(50, 0.01)}, 1.0)
    assert ending.state == "flat" and not ending.settled and ending.words.startswith("flat: no loss changes")


SMALL = {"tau": 0.3, "leak": 0.1, "dimension": 3, "width": 10, "samples": 12, "test_samples": 50}


def test_the_usual_steps_end_before_the_losses_do_and_until_flat_goes_on_to_where_they_settle():
    short = train(StudentTeacher(**SMALL, steps=3000))
    assert short.status == "finished" and short.ending.state == "falling"
    onward = short.config.onward()
    assert (onward.until, onward.method, onward.steps) == ("flat", "flow", MAX_STEPS)
    long = train(onward)
    assert long.status == "finished" and long.ending.settled and long.frames[-1].step < MAX_STEPS
    # brute force: trained ten times longer still, neither loss moves by FLAT any more, unless it is as good as zero
    on = train(onward.changed(until="steps", steps=MAX_STEPS)).frames[-1].metrics
    end, scale = long.frames[-1].metrics, float((long.task.y**2).mean())
    for name in ("train_loss", "test_loss"):
        before, after = (max(numbers[name], NEGLIGIBLE * scale) for numbers in (end, on))
        assert abs(np.log10(before / after)) < FLAT, name


def test_a_reached_limit_is_reported():
    result = train(StudentTeacher(**SMALL, steps=3000, until="flat", method="flow"))
    assert result.frames[-1].step == 3000 and not result.ending.settled
    assert result.ending.words.endswith("the limit of 3,000 steps is reached")
    assert result.config.onward().steps == MAX_STEPS and result.config.onward().onward() is None


@pytest.mark.parametrize(
    ("config", "state"),
    [
        (SingleNeuron(steps=10), "plateau"),
        (SingleNeuron(steps=20_000), "flat"),
        (LinearNetwork(steps=6000), "falling"),
        (LinearOrRelu(points=3, seeds=1), "level"),
        (DeepNetwork(alphas=(1.0,), width=10, depth=2, samples=32, steps=10), "falling"),
        (DeepNetwork(alphas=(1.0,), width=10, depth=2, samples=32, steps=60), "level"),
        (Filters(alphas=(1.0,), steps=30, samples=200, test_samples=100, seeds=1), "plateau"),
        (Grokking(alphas=(1.0,), p=7, width=8, steps=100), "falling"),
        (ImplicitBias(points=3), "flat"),
        (PhasePortrait(**QUICK["phase-portrait"]), "unknown"),
        (PhasePortrait(**QUICK["phase-portrait"] | {"at": (10, 100)}), "partly"),
        (Hierarchy(**QUICK["hierarchy"]), "unknown"),
        (Hierarchy(**QUICK["hierarchy"] | {"steps": 500, "learning_rate": 0.4}), "level"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_every_kind_of_run_reports_the_state_of_its_losses(config, state):
    ending = train(config).ending
    assert ending.state == state and ending.words


def test_a_portrait_has_settled_if_no_cell_is_missing_or_changes_its_loss():
    config = PhasePortrait(tau=(0.1, 1.0, 2), delta=(0, 1, 2), seeds=1, at=(1, 100, 10_000))

    def portrait(train_loss, missing=False):
        """A frame with a table: train_loss at the three times, in every cell; a cell without numbers if `missing`."""
        [part] = parts(config)
        table = coordinates(config, part)
        loss = np.tile(np.array(train_loss, dtype=float), 4)
        if missing:
            loss[(table["tau"] > 0.5) & (table["delta"] > 0.5) & (table["at"] > 1)] = np.nan
        return Frame(1, 1.0, {}, {}, {}, "", table=table | dict.fromkeys(MEASURES, loss))

    ending = config.ending([portrait((1.0, 0.01, 0.01))])
    assert ending.state == "flat" and ending.words.startswith("settled: since t = ")
    ending = config.ending([portrait((1.0, 0.1, 0.001))])
    assert ending.state == "partly" and ending.brief == "test loss not settled on 100 % of the map"
    assert "next to nothing is learned on 100 %" in config.ending([portrait((1.0, 1.0, 1.0))]).words
    maps = Maps(config)
    maps.add(portrait((1.0, 0.01, 0.01), missing=True).table)
    settling = Settling(config, maps, 2)
    assert settling.settled and settling.of_cell((1, 1)) == "" and "was flat" in settling.of_cell((0, 0))


def test_cells_of_a_portrait_are_judged_by_the_same_exponent_as_a_run():
    config, maps, _ = reference_maps()
    for at in range(1, len(config.at)):
        found = Settling(config, maps, at)
        for loss, exponents in found.exponents.items():
            of_cells = np.moveaxis(maps.mean[loss], 0, -1)[::4, ::4, : at + 1]
            floor = NEGLIGIBLE * float(maps.mean["train_loss"][0].max())
            expected = decay_exponent(config.at[: at + 1], of_cells, floor=floor)
            np.testing.assert_allclose(exponents[::4, ::4], expected, atol=1e-9)
            changing = np.abs(expected) >= FLAT
            np.testing.assert_array_equal(found.changing(loss)[::4, ::4], changing)
        assert f"the test loss on {100 * found.share('test_loss'):.0f} % of the map" in found.words
    assert not Settling(config, maps, 0).known.any() and "cannot be told" in Settling(config, maps, 0).words
    cell = found.of_cell((0, 8))
    assert cell.startswith("Since t = 5,000 (step 10,000), ") and "test loss was flat" in cell

"""Comparison of two settings: numbers against `train`, shared draws, moments, failed runs, and sentences."""

from __future__ import annotations

import re
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import lru_cache
from math import inf

import numpy as np
import pytest

from lazyrich import DeepNetwork, ImplicitBias, StudentTeacher, compare, repeat, train
from lazyrich.studies import comparing
from lazyrich.studies.rank_statistics import anytime_rank

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=14, learning_rate=3e-3, tau=0.5)
A, B = SMALL.changed(delta=1.0), SMALL.changed(delta=-1.0)
DEEP = DeepNetwork(task="digits", samples=32, width=8, depth=2, steps=10, alphas=(0.5, 2.0))


@pytest.fixture(scope="module")
def versus():
    return compare(A, B, seeds=7)


def test_the_numbers_agree_with_the_runs(versus):
    losses = {
        name: [train(config.changed(seed=seed)).curves["test_loss"].iloc[-1] for seed in range(7)]
        for name, config in (("A", A), ("B", B))
    }
    for name, own in losses.items():
        assert versus.table[name].tolist() == pytest.approx(own, rel=1e-9)
    ratios = np.sort(np.array(losses["B"]) / losses["A"])
    assert versus.effect == pytest.approx(ratios[3])
    assert versus.interval == pytest.approx((ratios[0], ratios[-1]))
    assert versus.wins.won == (ratios < 1).sum()
    [row] = versus.effects.to_dict("records")
    assert row["median_A"] == pytest.approx(np.median(losses["A"])) and row["wins_of"] == 7
    assert 0 < row["wilcoxon_p"] <= 1


def test_the_verdict_agrees_with_the_table(versus):
    found = versus.table["ratio"]
    side, count = ("lower", (found < 1).sum()) if (found < 1).all() else ("higher", (found > 1).sum())
    if count == 7:
        assert versus.verdict.startswith(f"B (δ -1) has the {side} test loss in 7 of 7 seeds; median ratio ")
        assert ", at least 95 % interval " in versus.verdict
    else:
        assert versus.verdict.startswith("No difference found in 7 seeds (lower in ")
    assert "no effect" not in versus.verdict.lower() and " p " not in versus.verdict


def test_ensembles_are_compared_without_computing_again(versus):
    again = compare(versus.A, versus.B)
    assert again.table.equals(versus.table) and again.verdict == versus.verdict
    half = compare(repeat(A, 4), versus.B)
    assert half.table["seed"].tolist() == [0, 1, 2, 3] and half.planned == 4
    other = compare(versus.A, B, seeds=7, measure="kernel_distance")
    assert "difference" in other.table and other.measure.better == ""


trained = lru_cache(maxsize=32)(train)
"""What every change is compared with is trained once."""

CHANGES = [
    {"tau": 1.0},
    {"delta": 0.5},
    {"eta_a": 2.0},
    {"leak": 0.2},
    {"samples": 30},
    {"width": 8},
    {"symmetrised": False},
    {"teacher_width": 2},
    {"dimension": 3},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_parts_reported_as_shared_are_equal_in_both_runs(change):
    base = SMALL.changed(steps=10)
    versus = compare(base, base.changed(**change), seeds=2)
    same = []
    for seed in (0, 1):
        one, other = (trained(config.changed(seed=seed)) for config in (base, base.changed(**change)))
        parts = {
            name: (getattr(one.task, name), getattr(other.task, name)) for name in ("X", "y", "X_test", "y_test")
        } | {"teacher": (one.task.teacher.W, other.task.teacher.W)}
        found = {name for name, (a, b) in parts.items() if a.shape == b.shape and (a == b).all()}
        W, V = (result.weights(0)["W"] for result in (one, other))
        directions = [w / np.linalg.norm(w, axis=1, keepdims=True) for w in (W, V)]
        if W.shape == V.shape and np.allclose(*directions, atol=1e-9):
            found.add("start")
        same.append(found)
    expected = same[0] & same[1]
    shared = set(versus.shared)
    assert ("teacher" in shared) == ("teacher" in expected)
    assert ("start" in shared) == ("start" in expected)
    for kind, inputs, outputs in (("training", "X", "y"), ("test", "X_test", "y_test")):
        assert (f"{kind} data" in shared) == ({inputs, outputs} <= expected)
        assert (f"{kind} inputs" in shared) == (inputs in expected and outputs not in expected)


def test_each_change_of_settings_shares_the_expected_parts():
    """Sizes and rates leave everything, more neurons only the teacher and its test set."""

    def shared(**change):
        return compare(SMALL.changed(steps=10), SMALL.changed(steps=10, **change), seeds=1).shared

    everything = ("teacher", "training data", "test data", "start")
    assert shared(tau=1.0) == shared(delta=0.5) == shared(eta_w=3.0) == everything
    assert shared(leak=0.2) == ("teacher", "training inputs", "test inputs", "start")
    assert shared(samples=30) == ("teacher", "test data", "start")
    assert shared(width=8) == ("teacher", "test data")
    assert shared(dimension=3) == ()
    assert "shared: nothing, so that seeds pair by their number alone" in compare(
        SMALL.changed(steps=10), SMALL.changed(steps=10, dimension=3), seeds=1
    ).verdict.replace("Shared", "shared")


def test_a_time_between_frames_is_read_straight_in_logarithms():
    curves = [train(config).curves for config in (A, B)]
    t = 3.7 * A.step_size
    expected = [np.exp(np.interp(np.log(t), np.log(c["time"][1:]), np.log(c["test_loss"][1:]))) for c in curves]
    row = compare(A, B, 1, at=t).table.iloc[0]
    assert [row["A"], row["B"]] == pytest.approx(expected, rel=1e-12)
    versus = compare(A, B, 1, at={"step": 7})
    row = versus.table.iloc[0]
    assert [row["A"], row["B"]] == [c.loc[c["step"] == 7, "test_loss"].item() for c in curves]
    assert "Compared at step 7." in versus.verdict


def test_an_equal_training_loss_is_when_each_first_comes_down_to_it():
    base = SMALL.changed(steps=120)
    sides = [base.changed(delta=1.0), base.changed(delta=0.0)]
    curves = [train(config).curves for config in sides]
    level = max(c["train_loss"].iloc[-1] for c in curves) * 1.5
    assert all((np.diff(c["train_loss"]) < 0).all() for c in curves), "interp below needs falling losses"
    expected = [
        np.exp(np.interp(np.log(level), np.log(c["train_loss"][::-1]), np.log(c["test_loss"][::-1]))) for c in curves
    ]
    versus = compare(*sides, seeds=1, at={"train_loss": level})
    assert [versus.table["A"][0], versus.table["B"][0]] == pytest.approx(expected, rel=1e-9)
    assert versus.warnings == [], "a comparison at an equal training loss must not warn of the end of training"
    times = compare(*sides, seeds=1, at={"train_loss": level}, measure="time").table.iloc[0]
    for side, c in zip("AB", curves, strict=True):
        after = int((c["train_loss"] <= level).argmax())
        assert c["time"][after - 1] <= times[side] <= c["time"][after]
    never = compare(*sides, seeds=2, at={"train_loss": 1e-30})
    assert "2 seeds (0 and 1) of A did not come to a training loss of 1.00 × 10⁻³⁰ and count as worse." in never.verdict
    assert never.wins.ties == 2


def test_runs_that_fail_count_as_worse_and_earlier_moments_still_count():
    diverging = B.changed(learning_rate=100)
    versus = compare(A, diverging, seeds=6)
    assert "6 seeds (0 to 5) of B failed and count as worse." in versus.verdict
    assert (
        versus.verdict.startswith("B (")
        and "has the higher test loss in 6 of 6 seeds; median ratio ∞" in versus.verdict
    )
    assert versus.effect == inf and versus.table["missing"].tolist() == ["B failed"] * 6
    assert "failed" not in compare(A, diverging, seeds=1, at={"step": 0}).verdict
    neutral = compare(A, diverging, seeds=6, measure="kernel_distance")
    assert "6 seeds (0 to 5) of B failed and are left out." in neutral.verdict


def test_losses_that_still_fall_are_reported_with_the_remedy(versus):
    assert len(versus.warnings) == 2
    assert re.match(
        r"Losses of A still change at the end in 7 of 7 runs, .*until=\"flat\".*A\.onward\(\)", versus.warnings[0]
    )
    flat = StudentTeacher(tau=2, samples=4, width=6, test_samples=10, method="flow", until="flat", steps=10_000_000)
    assert compare(flat, flat.changed(delta=1.0), seeds=1).warnings == []


def test_different_ends_of_a_and_b_are_in_the_verdict():
    assert "A ends at t = 0.168 and B at t = 0.0420." in compare(A, A.changed(tau=1.0), seeds=1).verdict


def test_an_unfinished_comparison_has_a_count_and_no_verdict():
    seen = []
    with ThreadPoolExecutor(1) as pool:
        compare(A, B, 24, executor=pool, progress=seen.append)
    assert [one.complete for one in seen] == [False] * 7 + [True]
    for one in seen[:-1]:
        assert one.verdict.startswith(("So far B (δ -1) has the lower test loss in ", "No seed is there in both yet."))
        assert "95 %" not in one.verdict
        if len(one.effects):
            assert one.effects["wilcoxon_p"].isna().all()
            assert one.interval[0] <= one.effect <= one.interval[1]
    ratios, k = sorted(seen[3].table["ratio"]), anytime_rank(10)
    assert seen[3].interval == pytest.approx((ratios[k - 1], ratios[10 - k]))


class Waits(Executor):
    """An executor that computes its jobs when the test calls `work`."""

    def __init__(self):
        self.given: list[tuple[Future, object, tuple]] = []

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        self.given.append((future, fn, args))
        return future

    def work(self, count: int) -> None:
        for future, fn, args in self.given[:count]:
            future.set_result(fn(*args))


def test_stopping_keeps_finished_pairs_and_cancels_the_rest():
    class First(Waits):
        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(fn, *args, **kwargs)
            if len(self.given) <= 2:
                future.set_result(fn(*args))
            return future

    pool = First()
    filling = comparing(A, B, 32, executor=pool)
    next(filling)
    there = next(filling)
    filling.close()
    assert len(there.table) == 2 and not there.complete
    assert sum(future.cancelled() for future, *_ in pool.given) == 8


def test_a_checkpoint_continues_from_its_finished_parts(tmp_path):
    path = tmp_path / "runs"
    filling = comparing(A, B, 20, checkpoint=path)
    for _ in range(3):
        next(filling)
    filling.close()

    class Counts(ThreadPoolExecutor):
        count = 0

        def submit(self, fn, /, *args, **kwargs):
            self.count += 1
            return super().submit(fn, *args, **kwargs)

    with Counts(1) as pool:
        again = compare(A, B, 20, executor=pool, checkpoint=path)
    assert pool.count == 5
    whole = compare(A, B, 20)
    assert again.table.equals(whole.table) and again.verdict == whole.verdict and again.warnings == whole.warnings
    # the measure does not belong to the checkpoint
    other = compare(A, B, 20, measure="kernel_distance", at={"step": 10}, checkpoint=path)
    assert other.table.equals(compare(A, B, 20, measure="kernel_distance", at={"step": 10}).table)
    with pytest.raises(ValueError, match="holds runs of the seeds 0 to 19, not 0 to 3: ask for those"):
        compare(A, B, 4, checkpoint=path)
    with pytest.raises(ValueError, match="holds runs with other settings"):
        compare(A, A.changed(delta=0.1), 20, checkpoint=path)
    path.write_bytes(path.read_bytes()[:-100])
    assert compare(A, B, 20, checkpoint=path).table.equals(whole.table), "a line that was cut short is computed again"


def test_networks_of_a_seed_are_matched_and_never_pooled():
    versus = compare(DEEP, DEEP.changed(width=16), seeds=6)
    assert versus.measure.name == "test_accuracy" and versus.measure.effect == "difference"
    assert versus.effects["alpha"].tolist() == [0.5, 2.0] and versus.effects["pairs"].tolist() == [6, 6]
    assert versus.verdict.count("alpha = ") == 2
    with pytest.raises(
        ValueError, match=r"effect is that of one network, and here are alpha = 0.5; alpha = 2: read .effects, or"
    ):
        _ = versus.effect
    one = versus.only(alpha=2.0)
    assert one.effect == versus.effects["difference"][1] and len(one.table) == 6
    with pytest.raises(ValueError, match=r"there is no network with alpha=3 in both: there is alpha = 0.5; alpha = 2"):
        versus.only(alpha=3.0)
    apart = compare(DEEP.changed(alphas=(0.5,)), DEEP.changed(alphas=(2.0,)), seeds=2)
    assert apart.table["A"].tolist() == versus.only(alpha=0.5).table["A"].tolist()[:2]
    assert apart.table["B"].tolist() == compare(DEEP, DEEP, seeds=2).only(alpha=2.0).table["B"].tolist()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"measure": "tset_loss"}, "measure must be one of step, time, train_loss, .*, got tset_loss"),
        ({"at": 1e9}, "at lies past the end of a run, which is at time .*: choose an earlier one, or train for more"),
        ({"at": -1}, "at must be None for the end, or a number from 0 on, got -1"),
        ({"at": "late"}, "at must be None for the end, or a number from 0 on, got late"),
        ({"at": {"train_loss": 0}}, "train_loss must be a number above 0, got 0"),
        ({"at": {"tau": 1}}, "at must name one of time, step, at, train_loss, loss, such as"),
        ({"B": B.changed(seed=1)}, "A and B must have the same seed, got 0 and 1"),
        ({"seeds": 0}, "seeds must be a whole number between 1 and 1000, got 0"),
    ],
)
def test_invalid_arguments_are_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        compare(**{"A": A, "B": B, "seeds": 1, **arguments})


def test_arguments_that_are_no_config_or_have_no_times_are_refused():
    with pytest.raises(TypeError, match=r"B must be an experiment's settings.* got a dict"):
        compare(A, {})
    ends = ImplicitBias(points=3, dimension=3, samples=2, reach=0.5)
    with pytest.raises(ValueError, match="each of its rows is the end of a training; leave at out"):
        compare(ends, ends, seeds=1, at=3)

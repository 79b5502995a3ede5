"""Every experiment that chooses a device, on an emulated card (card.py): it computes the CPU's numbers, and goes on
on the CPU if the card fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import torch

from lazyrich import (
    StudentTeacher,
    own_data,
    phase_portrait,
    stream,
    train,
)
from lazyrich.__main__ import main
from lazyrich.experiments import registry
from lazyrich.experiments.common import device
from lazyrich.frame import CannotRun
from lazyrich.results.train import IncompleteRunWarning
from tests.cuda.card import Card
from tests.cuda.runs import AUTO, BROKEN, EXAMPLES, FULL, assert_same, problem


@cache
def on_cpu(config):
    return list(config.changed(device="cpu").frames())


def test_every_experiment_that_chooses_a_device_is_here():
    choosing = {name for name, config in registry.items() if "device" in config.parameters()}
    assert {config.name for config in EXAMPLES.values()} == choosing


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_card_gives_the_numbers_of_the_cpu(name):
    config = EXAMPLES[name]
    with Card() as card:
        frames = list(config.changed(device="cuda").frames())
    assert frames[0].header.environment["device"] == "Pretended card"
    # far more than the trial and what is measured at the start
    assert card.products > 40 and card.emptied == 1
    assert card.precisions == {("ieee", "ieee", True)}
    # networks of other layers are trained side by side there and one by one here
    assert_same(frames, on_cpu(config), 1e-6 if name == "deep-network" else 0.0)


@pytest.mark.parametrize("name", AUTO)
def test_an_auto_run_with_an_unusable_card_runs_on_the_cpu_and_gives_the_reason(name):
    config = AUTO[name]
    with Card() as card:
        card.fail(BROKEN)
        result = train(config)
        launches = card.launches
        assert next(stream(config)).header.environment == result.environment
        assert card.launches == launches, "each process tries the card once"
    assert_same(result.frames, on_cpu(config))
    assert result.environment["device"].startswith("cpu, because the graphics card could not be used: CUDA error: no k")
    assert "\n" not in result.environment["device"]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("after", [0, 15])
def test_a_run_on_cuda_whose_card_fails_ends_with_a_sentence(name, after):
    with Card() as card:
        card.fail(BROKEN, after)
        with pytest.raises(CannotRun, match=r"^The graphics card .*no kernel image.*hoose device cpu\.$") as raised:
            list(stream(EXAMPLES[name].changed(device="cuda")))
    assert raised.value.remedy == {"device": "cpu"}
    assert not raised.value.lasting


@pytest.mark.parametrize("name", ["descent", "deep-network", "hierarchy"])
def test_a_card_without_memory_before_the_first_frame_is_left_for_this_run_alone(name):
    config = AUTO[name]
    with Card() as card:
        # later than the trial, which is two copies there, a product, a ReLU and a copy back
        card.fail(FULL, after=8)
        result = train(config)
        assert "too little memory" in result.environment["device"] and result.environment["device"].startswith("cpu")
        assert_same(result.frames, on_cpu(config))
        assert card.emptied, "what the first try took is given back"
        card.fail(None)
        assert train(config).environment["device"] == "Pretended card"


@pytest.mark.parametrize("error", [BROKEN, FULL])
def test_frames_of_two_devices_never_mix(error):
    config = AUTO["descent"]
    with Card() as card:
        run = config.frames()
        kept = [next(run)]
        to_the_first = card.launches
        kept += [next(run) for _ in range(3)]
        card.fail(error)
        with pytest.raises(CannotRun, match=rf"^The graphics card failed after step {kept[-1].step:,}: ") as raised:
            next(run)
        assert raised.value.remedy == {"device": "cpu"}
        assert_same(kept, on_cpu(config)[:4])
        card.fail(None)
        # want of memory passes, anything else does not
        on_card = train(config).environment["device"] == "Pretended card"
        assert on_card == (error is FULL)
        device._Card.forget()
        card.fail(error, after=to_the_first + 20)
        with pytest.warns(IncompleteRunWarning, match="The frames before are kept"):
            result = train(config)
    assert result.status == "failed" and result.frames


def test_a_card_that_computes_wrong_numbers_is_not_used(monkeypatch):
    with Card() as card:
        call = card.call

        def wrong(function, *given):
            found = call(function, *given)
            return found.neg() if "relu" in str(function) and found.is_cuda else found

        monkeypatch.setattr(card, "call", wrong)
        assert "wrong numbers" in train(AUTO["descent"]).environment["device"]


def test_a_torch_without_cuda_trains_on_the_cpu_and_gives_the_reason(monkeypatch, capsys):
    """No emulation: a torch that was built for the CPU is told that there is a card."""
    if torch.backends.cuda.is_built():
        pytest.skip("this torch can use a card")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    result = train(AUTO["descent"])
    assert result.environment["device"].startswith("cpu, because the graphics card could not be used: ")
    assert_same(result.frames, on_cpu(AUTO["descent"]))
    command = ["student-teacher", "--width", "6", "--samples", "8", "--steps", "20"]
    assert main([*command, "--device", "auto"]) == 0
    assert "\nComputed on the CPU, because the graphics card could not be used: " in capsys.readouterr().out
    assert main([*command, "--device", "cuda"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("The graphics card could not be used: ") and errors.count("\n") == 1


def test_a_portrait_on_any_executor(monkeypatch):
    config = EXAMPLES["phase-portrait"].changed(device="cuda")
    with Card() as card:
        here = phase_portrait(config)
        assert card.emptied == 1
        with ThreadPoolExecutor(2, initializer=lambda: card.mode().__enter__()) as threads:
            there = phase_portrait(config, threads)
            card.fail(BROKEN)
            with pytest.raises(CannotRun, match="could not be used") as raised:
                phase_portrait(config, threads)
    assert raised.value.remedy == {"device": "cpu"}
    assert here.equals(there) and here.equals(phase_portrait(config.changed(device="cpu")))


@pytest.mark.parametrize("own", ["arrays", "file"])
def test_a_run_on_own_data_falls_back_with_them(own, tmp_path):
    X, y, W, a = (part.numpy() for part in problem())
    config = StudentTeacher(steps=15, dimension=3, width=6)
    task = (X, y)
    if own == "file":
        np.savez(tmp_path / "mine.npz", X=X, y=y)
        task = own_data.read(tmp_path / "mine.npz")
    with Card() as card:
        card.fail(BROKEN)
        result = train(config, task=task, start=(W, a))
    assert "no kernel image" in result.environment["device"]
    assert_same(result.frames, list(stream(config.changed(device="cpu"), task=task, start=(W, a))))
    np.testing.assert_array_equal(result.weights(0)["W"], W)

"""Networks trained on an emulated card: own rates and times, recorded steps, precision, and what a card refuses."""

from __future__ import annotations

import gc
import threading
import warnings

import numpy as np
import pytest
import torch

from lazyrich import (
    kernels,
)
from lazyrich.kernels import mlp
from lazyrich.training import Descent, Flow, descent, flow, precision
from tests.cuda.card import Card
from tests.cuda.runs import problem


def test_networks_with_rates_and_times_of_their_own():
    X, y, W, a = problem()
    W, a = torch.stack([W, W / 2, 2 * W]), torch.stack([a, a, a])
    with Card():
        rates, times = [0.05, 0.02, 0.01], [[0.01, 0.1], [0.02, 0.3], [0.03, 0.1]]
        there = [part.to("cuda") for part in (X, y, W, a)]
        stepped, flowed = descent(*there, rates, [0, 7, 70]), flow(*there, times)
        found = [part.cpu() for made in (stepped, flowed) for part in (made.W, made.a, made.loss)]
    stepped, flowed = descent(X, y, W, a, rates, [0, 7, 70]), flow(X, y, W, a, times)
    expected = [part for made in (stepped, flowed) for part in (made.W, made.a, made.loss)]
    assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))


def test_recordings_of_two_threads_do_not_collide():
    together = threading.Barrier(2)
    found = []
    with Card() as card:

        def work():
            with card.mode():
                run = Descent(*problem("cuda"), 0.05)
                together.wait(10)
                run.advance(203)
                found.append(run.W.cpu())

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    run = Descent(*problem(), 0.05)
    run.advance(203)
    assert card.captures == 2
    assert len(found) == 2 and all(torch.equal(W, run.W) for W in found)


def test_results_on_a_card_have_full_precision_and_keep_the_callers_settings():
    X, y, W, a = problem()
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)).double()
    levels = precision.LEVELS
    with Card() as card:
        before = [torch._C._get_fp32_precision_getter(*level) for level in levels]
        X, y, W, a = (part.to("cuda") for part in (X, y, W, a))
        run, flow = Descent(X, y, W, a, 0.05), Flow(X, y, W, a)
        run.advance(2)
        flow.to(0.1)
        run.loss(), flow.loss()
        K = kernels.two_layer_ntk(X, W, a)
        kernels.KernelDistance(X, W, a)(W, a)
        kernels.kernel_distance(K, K)
        kernels.largest_stable_rate(X, W, a)
        mlp.mlp_ntk(X, [W, a[None]])
        mlp.MLPKernelDistance(X, [W, a[None]])([W, a[None]])
        assert card.precisions == {("ieee", "ieee", True)}
        assert [torch._C._get_fp32_precision_getter(*level) for level in levels] == before
        assert "tf32" in before
    assert kernels.ntk(module, problem()[0]).shape == (8, 8)


@pytest.mark.parametrize("dimension", [2, 3])
def test_steps_that_cannot_be_recorded_are_taken_one_by_one(dimension):
    expected = Descent(*problem(dimension=dimension), 0.05)
    with Card() as card:
        card.records = False
        run = Descent(*problem("cuda", dimension), 0.05)
        for steps in (203, 117):
            run.advance(steps)
            expected.advance(steps)
            assert torch.equal(run.W.cpu(), expected.W)
        card.records = True
        run.advance(203)
        expected.advance(203)
        assert torch.equal(run.W.cpu(), expected.W)
    assert card.captures == card.replays == 0


def test_the_emulated_card_refuses_the_same_operations_as_a_real_one():
    with Card() as card:
        there, host = torch.ones(3, 3, device="cuda"), torch.ones(3, 3)
        with pytest.raises(RuntimeError, match="same device"):
            there + host
        with pytest.raises(RuntimeError, match="same device"):
            torch.mm(there, there, out=host)
        with pytest.raises(RuntimeError, match="generator"):
            torch.rand(3, device="cuda", generator=torch.Generator())
        with pytest.raises(RuntimeError, match="resized"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.mm(there, there, out=torch.empty(1, device="cuda"))
        with pytest.raises(TypeError, match="convert cuda:0"):
            np.asarray(there)
        for wait in (
            lambda: float(there.sum()),
            lambda: there[there > 0],
            lambda: there.cpu(),
            lambda: there.add_(1)[host.long()],
        ):
            recording = torch.cuda.CUDAGraph()
            before = sum(card.waits.values())
            with pytest.raises(RuntimeError, match=r"captur|memory"), torch.cuda.graph(recording):
                wait()
            assert sum(card.waits.values()) == before
        assert float(there.sum()) == 9 and sum(card.waits.values()) == 1
    gc.collect()

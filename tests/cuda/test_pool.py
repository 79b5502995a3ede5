"""Workers of a pool on a machine whose card torch cannot use: a torch built for the CPU that reports a card."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
import torch

from lazyrich import DeepNetwork
from lazyrich.config.limits import Limits
from lazyrich.experiments.common import device
from lazyrich.frame import Frame
from lazyrich.serving.pool import RunPool


class OnBrokenCard(DeepNetwork):
    """A deep network in a process whose torch believes that it has a card."""

    name: ClassVar[str] = "on-broken-card"

    def frames(self) -> Iterator[Frame]:
        torch.cuda.is_available = lambda: True
        device.MIN_CARD_FLOPS = 0
        return super().frames()


SMALL = OnBrokenCard(steps=10, width=8, samples=32, alphas=(1.0,), seeds=1)


@pytest.mark.skipif(torch.backends.cuda.is_built(), reason="this torch can use a card")
def test_a_worker_without_a_usable_card_falls_back_to_the_cpu_or_refuses_with_the_reason():
    with RunPool(Limits(workers=1, hung_seconds=60)) as pool:
        run = ended(pool.request(SMALL))
        assert run.status == "finished"
        assert run.result().environment["device"].startswith("cpu, because the graphics card could not be used: ")
        expected = list(DeepNetwork(**{**dict(SMALL), "device": "cpu"}).frames())
        assert [frame.step for frame in run.frames] == [frame.step for frame in expected]
        np.testing.assert_array_equal(run.frames[-1].arrays["W1"], expected[-1].arrays["W1"])
        refused = ended(pool.request(SMALL.changed(device="cuda")))
        assert refused.status == "failed" and refused.message.startswith("The graphics card could not be used: ")
        assert refused.remedy == {"device": "cpu"}
        again = pool.request(SMALL.changed(device="cuda"))
        assert again is not refused
        assert ended(again).message == refused.message


def test_a_run_computed_again_on_another_device_is_distinguished_from_the_first():
    frame = next(iter(SMALL.changed(device="cpu").frames()))
    other = next(iter(SMALL.changed(device="cpu").frames()))
    assert frame.same(other)
    other.header.environment["device"] = "A card"
    assert not frame.same(other)


def ended(run):
    until = time.monotonic() + 120
    while not run.over:
        assert time.monotonic() < until, run
        time.sleep(0.02)
    return run

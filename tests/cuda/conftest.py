"""Each test begins as a new process does, before the graphics card is first used."""

from __future__ import annotations

import pytest

from lazyrich.experiments.common import device
from lazyrich.training import small_network


@pytest.fixture(autouse=True)
def one_engine(monkeypatch):
    """Train on the CPU as on a card: alone, a small network would train in numpy there, whose last digits differ."""
    monkeypatch.setattr(small_network, "MAX_PRODUCTS", 0)


@pytest.fixture(autouse=True)
def as_in_a_new_process(monkeypatch):
    monkeypatch.setattr(device, "MIN_CARD_FLOPS", 0)
    device._Card.forget()
    yield
    device._Card.forget()

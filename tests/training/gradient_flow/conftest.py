"""Fixtures that choose the solver of a flow."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["small", "batched"])
def engine(request, monkeypatch):
    """Which solver follows a single network: that for small ones, or that for many side by side."""
    if request.param == "batched":
        monkeypatch.setattr("lazyrich.training.gradient_flow.flow.is_small", lambda *sizes: False)
    return request.param


@pytest.fixture
def batched(monkeypatch):
    """Follow single networks as many are."""
    monkeypatch.setattr("lazyrich.training.gradient_flow.flow.is_small", lambda *sizes: False)

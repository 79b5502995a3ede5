"""A fixture that makes runs of linear networks short."""

import pytest

from lazyrich import LinearNetwork
from lazyrich.experiments.common import schedule


@pytest.fixture
def few_frames(monkeypatch):
    """Record about thirty frames a run: with hundreds, measuring takes most of its time."""
    monkeypatch.setattr(LinearNetwork, "schedule", property(lambda self: schedule.logarithmic(self.steps, 30)))

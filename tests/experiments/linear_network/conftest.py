"""A fixture that makes runs of linear networks short."""

import pytest

from lazyrich import LinearNetwork
from lazyrich.experiments.common import schedule


@pytest.fixture
def few_frames(monkeypatch):
    """Some thirty frames a run: measuring hundreds takes most of its time, where only the way through them counts."""
    monkeypatch.setattr(LinearNetwork, "schedule", property(lambda self: schedule.logarithmic(self.steps, 30)))

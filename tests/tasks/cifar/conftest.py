"""A fixture that makes the official files of CIFAR-10 small."""

from __future__ import annotations

import pytest

from lazyrich.tasks import cifar
from tests.tasks.cifar.files import FEW


@pytest.fixture
def few(monkeypatch):
    """Official files of 40 images, so that a test need not write 180 MB."""
    monkeypatch.setattr(cifar, "BATCH", FEW)

"""Exceptions that stop a run arrive whole from another process."""

from __future__ import annotations

import pickle

import pytest

from lazyrich.experiments.common.device import CardFailed
from lazyrich.frame import CannotRun, Diverged


@pytest.mark.parametrize(
    "error",
    [
        CannotRun("No card.", {"device": "cpu"}),
        CardFailed("The card is lost.", why="CUDA error"),
        Diverged("Diverged at t = 2.", 7, {"learning_rate": 0.1}),
    ],
)
def test_an_error_keeps_its_sentence_its_remedy_and_its_step(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error) and str(copy) == str(error)
    assert vars(copy) == vars(error)

"""The images and labels of Filters, and errors about data sets that are not installed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.experiments.filters.config import CIFAR_VARIABLE, Filters
from lazyrich.experiments.filters.frames import draw
from lazyrich.frame import CannotRun
from lazyrich.results.train import stream, train
from lazyrich.tasks import photographs
from tests.experiments.filters.runs import QUICK


@pytest.mark.parametrize("data", ["gratings", "photographs"])
def test_labels_are_shuffled_and_images_left_alone(data):
    config = QUICK.changed(data=data)
    plain, mixed = draw(config, 0), draw(config.changed(shuffled=True), 0)
    assert torch.equal(plain.X, mixed.X) and torch.equal(plain.y_test, mixed.y_test)
    assert torch.equal(plain.y.sort()[0], mixed.y.sort()[0]) and (plain.y != mixed.y).double().mean() > 0.5


def test_cifar_is_read_only_from_the_path_in_the_environment(tmp_path, monkeypatch):
    config = QUICK.changed(data="cifar10", seeds=1, dtype="float32")
    assert not any("path" in name for name in Filters.parameters())
    monkeypatch.delenv(CIFAR_VARIABLE, raising=False)
    with pytest.raises(CannotRun, match=f"sets the environment variable {CIFAR_VARIABLE} to the folder") as error:
        next(stream(config))
    assert error.value.remedy == {"data": "photographs"}
    monkeypatch.setenv(CIFAR_VARIABLE, str(tmp_path / "not-here"))
    with pytest.raises(CannotRun, match="cannot be used as CIFAR-10") as error:
        next(stream(config))
    assert "not-here" not in str(error.value)

    random = np.random.default_rng(0)
    images = {
        name: random.integers(0, 256, (n, 32, 32, 3), np.uint8) for name, n in (("x_train", 300), ("x_test", 150))
    }
    labels = {name: np.arange(n) % 10 for name, n in (("y_train", 300), ("y_test", 150))}
    np.savez(tmp_path / "cifar.npz", **images, **labels)
    monkeypatch.setenv(CIFAR_VARIABLE, str(tmp_path / "cifar.npz"))
    result = train(config)
    assert result.status == "finished" and result.filters.shape[-3:] == (3, 7, 7)


def test_missing_photographs_are_reported_in_a_sentence(monkeypatch):
    photographs.photograph.cache_clear()
    monkeypatch.setitem(photographs._FILES, "flower", ("sklearn", "datasets/images", "no-flower.jpg"))
    with pytest.raises(CannotRun, match="There are no photographs here: the installed scikit-learn comes") as error:
        next(stream(QUICK.changed(data="photographs")))
    assert error.value.remedy == {"data": "gratings"}

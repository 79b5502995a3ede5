"""Digits: every image is in one part only, with its own label, at any scale."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from lazyrich.tasks.digits import draw, images


def test_the_parts_hold_every_image_exactly_once():
    pixels = load_digits().data
    rows = draw(n=300, n_probes=100, seed=2, dtype=torch.float64)
    everything = torch.cat([rows.X, rows.X_test, rows.probes]).numpy()
    varied = pixels.std(0) > 0
    scale = (pixels.std(0)[varied] / everything.std(0)[varied]).mean()
    back = np.rint((everything - everything.mean(0)) * scale + pixels.mean(0)).astype(int)
    assert sorted(map(tuple, back.tolist())) == sorted(map(tuple, pixels.astype(int).tolist()))
    digit = {
        tuple(image): number for image, number in zip(pixels.astype(int).tolist(), load_digits().target, strict=True)
    }
    assert len(digit) == 1797, "no two images are alike, so each tells its digit"
    labels = torch.cat([rows.y, rows.y_test]).tolist()
    assert labels == [1.0 if digit[tuple(image)] % 2 else -1.0 for image in back[:1697].tolist()]


def test_inputs_are_centred_on_the_training_images_with_a_mean_square_of_one():
    task = draw(n=256, seed=1, dtype=torch.float64)
    assert task.X.mean(0).abs().max() < 1e-13
    assert abs(float(task.X.square().mean()) - 1) < 1e-13
    assert task.probes.shape == (128, 64) and task.X_test.shape == (1797 - 256 - 128, 64)


def test_odd_and_even_are_about_equally_many():
    task = draw(n=900, n_test=100, n_probes=0, seed=0)
    assert task.y.abs().min() == 1 and abs(float(task.y.mean())) < 0.15
    assert len(task.y_test) == 100 and task.probes.shape == (0, 64)


def test_a_seed_is_a_split():
    assert torch.equal(draw(seed=1).X, draw(seed=1).X)
    assert not torch.equal(draw(seed=1).X, draw(seed=2).X)


def test_the_images_that_are_kept_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        images()[0][0, 0] = 3.0


@pytest.mark.parametrize(
    ("asked", "left"), [({"n": 1797}, 0), ({"n": 1000, "n_test": 700}, 669), ({"n_test": 0}, 1413)]
)
def test_more_images_than_there_are_is_refused(asked, left):
    with pytest.raises(ValueError, match=f"leave {left} to test on"):
        draw(**asked)


def test_a_missing_package_is_named_with_the_remedy(monkeypatch):
    images.cache_clear()
    for name in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=r"needs the package scikit-learn.*pip install scikit-learn"):
        draw()

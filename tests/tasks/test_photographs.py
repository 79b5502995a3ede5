"""Photographs: each patch is found in its picture, on its side; no downloads; missing packages are named."""

from __future__ import annotations

import socket
import sys

import numpy as np
import pytest
import torch

from lazyrich.tasks.photographs import NAMES, draw, photograph


@pytest.fixture(scope="module")
def task():
    return draw(n=1000, n_test=200, seed=0)


def as_bytes(task):
    """Training and test patches as the bytes that they were: standardising is undone by the size of its steps."""
    X = torch.cat([task.X, task.X_test])
    steps = X[:200, 0].flatten().unique().diff()
    scale = 1 / float(steps.min())
    dark = X.amin((0, 2, 3), keepdim=True)
    # every colour is somewhere quite black in ten photographs and 1,000 patches
    exact = (X - dark) * scale
    pixels = exact.round()
    assert (exact - pixels).abs().max() < 0.1 and pixels.max() == 255
    patches = pixels.permute(0, 2, 3, 1).numpy().astype(np.uint8)
    return patches[: len(task.X)], patches[len(task.X) :]


def holds(pixels, patch):
    """Whether a patch is somewhere in a part of a photograph."""
    first_row = (pixels[:-23, :-23, 0] == patch[0, 0, 0]) & (pixels[:-23, 23:, 0] == patch[0, 23, 0])
    last_row = (pixels[23:, :-23, 0] == patch[23, 0, 0]) & (pixels[23:, 23:, 0] == patch[23, 23, 0])
    likely = np.argwhere(first_row & last_row).tolist()
    return any(np.array_equal(pixels[row : row + 24, column : column + 24], patch) for row, column in likely)


def test_training_patches_are_from_the_left_and_test_patches_from_the_right_of_photographs(task):
    train, test = as_bytes(task)
    for patch, label in zip(train[:20], task.y.tolist(), strict=False):
        pixels = photograph(NAMES[label])
        assert holds(pixels[:, : int(0.7 * pixels.shape[1])], patch)
    for patch, label in zip(test[:20], task.y_test.tolist(), strict=False):
        pixels = photograph(NAMES[label])
        assert holds(pixels[:, int(0.7 * pixels.shape[1]) :], patch)
    clear = next(patch for patch, label in zip(train, task.y.tolist(), strict=True) if NAMES[label] == "chelsea")
    assert not holds(photograph("china"), clear)


def test_shapes_classes_and_dtype(task):
    assert task.X.shape == (1000, 3, 24, 24) and task.X_test.shape == (200, 3, 24, 24)
    assert task.X.dtype == torch.float32 and task.classes == len(NAMES) == 10
    assert task.y.bincount().tolist() == [100] * 10 and task.y_test.bincount().tolist() == [20] * 10
    assert draw(n=10, n_test=10, dtype=torch.float64).X_test.dtype == torch.float64


def test_each_colour_is_centred_and_the_mean_square_is_one_on_the_training_patches(task):
    assert task.X.double().mean((0, 2, 3)).abs().max() < 1e-5
    assert abs(float(task.X.double().square().mean()) - 1) < 1e-5


def test_a_seed_is_a_set_of_patches():
    one, same, other = (draw(n=30, n_test=30, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.X, same.X) and torch.equal(one.y_test, same.y_test)
    assert not torch.equal(one.X, other.X)


@pytest.mark.parametrize("name", NAMES)
def test_every_photograph_is_there_in_colour_without_any_network(name, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something wants the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    photograph.cache_clear()
    pixels = photograph(name)
    assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    assert min(pixels.shape[0], 0.3 * pixels.shape[1]) > 24
    assert pixels.std() > 10 and (pixels[..., 0] != pixels[..., 2]).any()
    assert not pixels.flags.writeable


@pytest.mark.parametrize(
    ("module", "package", "name"), [("sklearn", "scikit-learn", "china"), ("skimage", "scikit-image", "coffee")]
)
def test_a_missing_package_is_named_with_the_remedy(module, package, name, monkeypatch):
    photograph.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=f"'{name}' comes with the package {package}.*pip install {package}"):
        photograph(name)


def test_a_package_without_the_file_is_an_error_with_the_reason(monkeypatch, tmp_path):
    photograph.cache_clear()
    (tmp_path / "skimage").mkdir()
    (tmp_path / "skimage" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "skimage", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"scikit-image comes without data/coffee.png"):
        photograph("coffee")


def test_another_name_is_refused_with_the_valid_names():
    with pytest.raises(ValueError, match="no photograph 'lena'; there are china, flower, astronaut"):
        photograph("lena")


def test_more_patches_than_a_photograph_has_are_refused():
    with pytest.raises(ValueError, match=r"china has 68276 patches to test on, 4000000 were asked for"):
        draw(n=10, n_test=40_000_000)

"""CIFAR-10 files are read in all their layouts."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

from lazyrich.tasks.cifar import read
from tests.tasks.cifar.files import FILES, as_python_2_wrote_it, batches, by_protocol, holds, write_binary, write_python


def test_the_pickle_written_here_is_one_that_python_reads_as_the_official_files():
    pixels, labels = batches()["test_batch"]
    plain = pickle.loads(as_python_2_wrote_it(pixels, labels), encoding="bytes")
    np.testing.assert_array_equal(plain[b"data"], pixels)
    assert plain[b"labels"] == labels and plain[b"filenames"][0] == b"leptodactylus_s_000004.png"


HOW = {
    "Python 2": as_python_2_wrote_it,
    "protocol 2": by_protocol(2),
    "protocol 4": by_protocol(4, str),
    "protocol 5": by_protocol(5),
}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
@pytest.mark.parametrize("below", [".", "cifar-10-batches-py"])
def test_the_python_version_is_read_whichever_python_wrote_it(how, below, few, tmp_path):
    content = batches()
    write_python(tmp_path / below, content, how)
    assert holds(read(tmp_path), content)


@pytest.mark.parametrize("below", [".", "cifar-10-batches-bin"])
def test_the_binary_version_is_read(below, few, tmp_path):
    content = batches()
    write_binary(tmp_path / below, content)
    assert holds(read(str(tmp_path)), content)


def test_files_of_the_official_size_are_read(tmp_path):
    shades = np.arange(10_000, dtype=np.uint32)[:, None] * 7 + np.arange(3072, dtype=np.uint32) * 11
    pixels, labels = shades.astype(np.uint8), (np.arange(10_000) % 10).tolist()
    write_python(tmp_path, {"data_batch_1": (pixels, labels)})
    for name in FILES[1:]:
        os.link(tmp_path / "data_batch_1", tmp_path / name)
    images = read(tmp_path)
    assert images.X.shape == (50_000, 3, 32, 32) and images.X_test.shape == (10_000, 3, 32, 32)
    np.testing.assert_array_equal(images.X[-10_000::999].reshape(-1, 3072), pixels[::999])
    assert images.y.tolist() == 5 * labels


@pytest.mark.parametrize("layout", ["rows", "colours first", "colours last"])
def test_an_npz_is_read_in_each_layout(layout, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.integers(256, size=(30, 3, 32, 32), dtype=np.uint8)
    y = np.arange(30) % 10
    shown = {"rows": X.reshape(30, 3072), "colours first": X, "colours last": X.transpose(0, 2, 3, 1)}[layout]
    labels = y[:, None].astype(np.uint8) if layout == "colours last" else y
    np.savez(tmp_path / "mine.npz", x_train=shown, y_train=labels, x_test=shown[:10], y_test=labels[:10])
    images = read(tmp_path / "mine.npz")
    np.testing.assert_array_equal(images.X, X)
    np.testing.assert_array_equal(images.X_test, X[:10])
    np.testing.assert_array_equal(images.y, y)
    assert images.y.shape == (30,)

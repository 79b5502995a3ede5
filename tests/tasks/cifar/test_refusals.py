"""Invalid CIFAR-10 files are refused with the reason."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from lazyrich.tasks.cifar import read
from tests.tasks.cifar.files import FEW, as_python_2_wrote_it, batches, write_binary, write_python


@pytest.mark.parametrize(
    ("changes", "pattern"),
    [
        ({"x_train": np.zeros((3, 32, 32, 3))}, r"x_train in .* must be bytes .* got float64 \(3, 32, 32, 3\)"),
        ({"x_test": np.zeros((3, 28, 28), dtype=np.uint8)}, r"x_test in .* got uint8 \(3, 28, 28\)"),
        ({"y_train": np.arange(2)}, r"label for each of its 3 images, got int64 \(2,\)"),
        ({"y_train": np.array([0, 1, 99])}, r"labels from 0 to 9, got 0 to 99"),
        ({"y_test": np.zeros(3)}, "a whole number as label"),
        ({"y_test": None}, "must hold x_train, y_train, x_test and y_test, there is no y_test"),
    ],
)
def test_an_npz_of_other_contents_is_refused_with_the_reason(changes, pattern, tmp_path):
    X, y = np.zeros((3, 32, 32, 3), dtype=np.uint8), np.arange(3)
    parts = {"x_train": X, "y_train": y, "x_test": X, "y_test": y} | changes
    np.savez(tmp_path / "mine.npz", **{name: part for name, part in parts.items() if part is not None})
    with pytest.raises(ValueError, match=pattern) as raised:
        read(tmp_path / "mine.npz")
    assert len(str(raised.value).splitlines()) == 1


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "mine.npz").write_bytes(b"not a zip file")
    with pytest.raises(ValueError, match=r"cannot be read as an .npz file of plain arrays"):
        read(tmp_path / "mine.npz")


def test_a_missing_path_is_an_error_that_names_the_valid_ones(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no CIFAR-10 at .*: give the unpacked folder cifar-10-batches-py or"):
        read(tmp_path)


@pytest.mark.parametrize("version", ["python", "binary"])
def test_an_incomplete_folder_is_refused_with_the_missing_files(version, few, tmp_path):
    content = batches()
    del content["data_batch_4"]
    write_python(tmp_path, content) if version == "python" else write_binary(tmp_path, content)
    with pytest.raises(FileNotFoundError, match=r"data_batch_4(.bin)? is missing"):
        read(tmp_path)


def test_files_of_another_size_are_refused(few, tmp_path):
    write_binary(tmp_path / "bin", batches(FEW - 1))
    with pytest.raises(ValueError, match=f"must have {40 * 3073} bytes, it has {39 * 3073}"):
        read(tmp_path / "bin")
    write_python(tmp_path / "py", batches(FEW - 1))
    with pytest.raises(ValueError, match=r"must have 'data' of shape \(40, 3072\)"):
        read(tmp_path / "py")
    write_python(tmp_path / "long", batches(), lambda *_: b"x" * (2 * FEW * 3073 + 1))
    with pytest.raises(ValueError, match="must have less than"):
        read(tmp_path / "long")
    write_python(tmp_path / "cut", batches(), lambda *given: as_python_2_wrote_it(*given)[:5000])
    with pytest.raises(ValueError, match="cannot be read as a file of CIFAR-10"):
        read(tmp_path / "cut")


@pytest.mark.parametrize(
    ("content", "pattern"),
    [
        ([1, 2], "must hold a dictionary, got list"),
        ({b"labels": [0] * FEW}, "must have 'data'"),
        ({b"data": np.zeros((FEW, 3072), np.uint8)}, "must have 'labels', a list"),
        ({b"data": np.zeros((FEW, 3072), np.uint8), b"fine_labels": [0] * FEW}, "must have 'labels', a list"),
        ({b"data": np.zeros((FEW, 3072), np.uint8), b"labels": [0] * 39}, "label for each of its 40 images"),
        ({b"data": np.zeros((FEW, 3072), np.uint8), b"labels": [10] * FEW}, "labels from 0 to 9, got 10 to 10"),
        ({b"data": np.zeros((FEW, 3072), np.uint8), b"labels": [0.5] * FEW}, "a list of whole numbers"),
    ],
)
def test_a_pickle_of_other_contents_is_refused_with_the_reason(content, pattern, few, tmp_path):
    write_python(tmp_path, batches(), lambda *_: pickle.dumps(content, 2))
    with pytest.raises(ValueError, match=pattern):
        read(tmp_path)

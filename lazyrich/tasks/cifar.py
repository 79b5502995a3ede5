"""CIFAR-10 from the user's own files: nothing is ever downloaded, and nothing in a file is ever executed.

Krizhevsky, "Learning multiple layers of features from tiny images" (2009): 50,000 training and 10,000 test images of
32 x 32 pixels in ten classes. The module reads the folder of the "python version" (cifar-10-batches-py), that of the
"binary version" (cifar-10-batches-bin), a folder that contains either, and an .npz file with x_train, y_train, x_test,
y_test.

The python version's files are pickles, and a pickle may name any function to be called. The reader here knows only the
names that arrays of bytes need and replaces each by a small class below that accepts those arrays alone; any other
name is an error before anything is called.

    task = draw("~/data/cifar-10-batches-py", n=8000, n_test=2000, seed=0)
"""

from __future__ import annotations

import math
import pickle
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np
import torch

from lazyrich.tasks.labelled import Labelled, balanced, check_counts, standardised, stream

__all__ = ["BATCH", "CLASSES", "CROP", "Images", "draw", "read"]

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
"""The names of the labels 0 ... 9."""
BATCH = 10_000
"""Images in each of the official files."""
CROP = 24
"""Pixels along each side that `draw` keeps, in the middle of the 32, as the gratings and photographs have."""

_SIDE = 32
_ROW = 3 * _SIDE * _SIDE
_TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
_KINDS = "cifar-10-batches-py", "cifar-10-batches-bin"
_LARGEST_PICKLE = 2
"""Largest size of a file of the python version, in multiples of its pixels; larger files are not read."""


@dataclass(frozen=True)
class Images:
    """CIFAR-10, or the part of it that an .npz file holds.

    Attributes:
        X: Training images (n, 3, 32, 32), bytes.
        y: Their labels (n,), 0 to 9, int64.
        X_test: Test images (n_test, 3, 32, 32), bytes.
        y_test: Their labels (n_test,).
    """

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def draw(
    source: str | PathLike[str] | Images,
    n: int = 8000,
    n_test: int = 2000,
    seed: int = 0,
    crop: int = CROP,
    dtype: torch.dtype = torch.float32,
) -> Labelled:
    """Draw training and test images from the user's files, all ten classes equally often to within one.

    Each colour is centred by its mean over the n training images and all are divided by one number, so that the mean
    square of X is 1.

    Args:
        source: Path of the files, as for `read`, or the result of `read`, which saves reading 180 MB again.
        n: Number of training images, at least 1.
        n_test: Number of test images, at least 1.
        seed: Seed of the choice of images, at least 0.
        crop: Number of pixels along each side, 1 to 32, taken from the middle.
        dtype: Type of X.

    Returns:
        X (n, 3, crop, crop), y (n,) and the same of n_test test images.

    Raises:
        ValueError: If crop or a number of images is out of range, or as `read` does.
    """
    check_counts(n=n, n_test=n_test, crop=crop)
    if crop > _SIDE:
        raise ValueError(f"crop must be at most {_SIDE}, got {crop}.")
    images = source if isinstance(source, Images) else read(source)
    edge = (_SIDE - crop) // 2
    middle = slice(edge, edge + crop)
    parts = []
    for name, all_X, all_y, count in (
        ("train", images.X, images.y, n),
        ("test", images.X_test, images.y_test, n_test),
    ):
        rows = _balanced_rows(all_y, count, stream(seed, f"cifar {name}"), name)
        parts.append((torch.from_numpy(all_X[rows][:, :, middle, middle]).float(), torch.from_numpy(all_y[rows])))
    (pixels, y), (pixels_test, y_test) = parts
    X, X_test = standardised(pixels, pixels_test)
    return Labelled(X.to(dtype), y, X_test.to(dtype), y_test, X[:0].to(dtype), classes=len(CLASSES))


def read(path: str | PathLike[str]) -> Images:
    """Read all images in the user's files.

    The official versions must be complete. An .npz holds x_train and x_test, bytes (n, 32, 32, 3), (n, 3, 32, 32) or
    (n, 3072) in the official order, and y_train and y_test, (n,) or (n, 1), of any n; its arrays are read without
    pickles.

    Args:
        path: A folder of the python or the binary version, the folder above it, or an .npz file.

    Returns:
        The images with their labels.

    Raises:
        FileNotFoundError: If there is no CIFAR-10 at the path, or one of its files is missing.
        ValueError: If a file has the wrong size or content.
    """
    given = Path(path).expanduser()
    if given.is_file() and given.suffix == ".npz":
        return _read_npz(given)
    for folder in (given, *(given / kind for kind in _KINDS)):
        if (folder / _TRAIN[0]).is_file():
            return _together([_read_pickle(_expected(folder / name)) for name in (*_TRAIN, "test_batch")])
        if (folder / f"{_TRAIN[0]}.bin").is_file():
            return _together([_read_binary(_expected(folder / f"{name}.bin")) for name in (*_TRAIN, "test_batch")])
    raise FileNotFoundError(
        f"there is no CIFAR-10 at {given}: give the unpacked folder {_KINDS[0]} or {_KINDS[1]}, "
        "the folder that it is in, or an .npz file."
    )


def _balanced_rows(y: np.ndarray, count: int, generator: np.random.Generator, name: str) -> np.ndarray:
    """Return the rows of `count` different images with all classes equally often."""
    wanted = balanced(count, len(CLASSES), generator)
    rows = np.empty(count, dtype=np.int64)
    for label in range(len(CLASSES)):
        places, there = np.flatnonzero(wanted == label), np.flatnonzero(y == label)
        if len(places) > len(there):
            raise ValueError(
                f"the files have {len(there)} {name} images of class {label} ({CLASSES[label]}), {len(places)} were "
                "asked for: take fewer images."
            )
        rows[places] = generator.permutation(there)[: len(places)]
    return rows


def _together(batches: list[tuple[np.ndarray, np.ndarray]]) -> Images:
    """Join the five training batches and the test batch, each (pixels (n, 3072), labels (n,))."""
    *train, (test, test_labels) = batches
    X = np.concatenate([pixels for pixels, _ in train])
    y = np.concatenate([labels for _, labels in train])
    return Images(X.reshape(-1, 3, _SIDE, _SIDE), y, test.reshape(-1, 3, _SIDE, _SIDE), test_labels)


def _expected(file: Path) -> Path:
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing: the other files of this version are there, unpack it again.")
    return file


def _labels(labels: Any, n: int, file: Path) -> np.ndarray:
    """Return labels as int64 (n,), checked: whole numbers from 0 to 9, one for each image."""
    found = np.asarray(labels)
    if found.dtype.kind not in "iu" or found.size != n or found.shape not in ((n,), (n, 1)):
        raise ValueError(
            f"{file} must have a whole number as label for each of its {n} images, got {found.dtype} {found.shape}."
        )
    found = found.reshape(n).astype(np.int64)
    if n and not 0 <= found.min() <= found.max() < len(CLASSES):
        raise ValueError(f"{file} must have labels from 0 to 9, got {found.min()} to {found.max()}: is it CIFAR-10?")
    return found


# --- the binary version: rows of one byte for the label and 3072 for the pixels


def _read_binary(file: Path) -> tuple[np.ndarray, np.ndarray]:
    size = file.stat().st_size
    if size != BATCH * (1 + _ROW):
        raise ValueError(f"{file} must have {BATCH * (1 + _ROW)} bytes, it has {size}: unpack it again.")
    rows = np.fromfile(file, dtype=np.uint8).reshape(BATCH, 1 + _ROW)
    return rows[:, 1:], _labels(rows[:, 0], BATCH, file)


# --- arrays


def _read_npz(file: Path) -> Images:
    try:
        with np.load(file, allow_pickle=False) as archive:
            missing = [name for name in ("x_train", "y_train", "x_test", "y_test") if name not in archive]
            if missing:
                raise ValueError(f"{file} must hold x_train, y_train, x_test and y_test, there is no {missing[0]}.")
            arrays = {name: archive[name] for name in ("x_train", "y_train", "x_test", "y_test")}
    except (BadZipFile, EOFError, OSError, ValueError) as wrong:
        if str(wrong).startswith(str(file)):
            raise
        raise ValueError(f"{file} cannot be read as an .npz file of plain arrays: {wrong}") from wrong
    X, X_test = (_pixels(arrays[name], name, file) for name in ("x_train", "x_test"))
    return Images(X, _labels(arrays["y_train"], len(X), file), X_test, _labels(arrays["y_test"], len(X_test), file))


def _pixels(X: np.ndarray, name: str, file: Path) -> np.ndarray:
    """Return pixels (n, 3, 32, 32) from any of the layouts that `read` accepts."""
    if X.dtype == np.uint8 and len(X.shape) and len(X):
        if X.shape[1:] in ((_ROW,), (3, _SIDE, _SIDE)):
            return X.reshape(-1, 3, _SIDE, _SIDE)
        if X.shape[1:] == (_SIDE, _SIDE, 3):
            return np.ascontiguousarray(X.transpose(0, 3, 1, 2))
    raise ValueError(
        f"{name} in {file} must be bytes (uint8) of shape (n, 32, 32, 3), (n, 3, 32, 32) or (n, 3072), "
        f"got {X.dtype} {X.shape}."
    )


# --- the python version: pickles, read with stand-ins for everything that they may name


def _read_pickle(file: Path) -> tuple[np.ndarray, np.ndarray]:
    size, most = file.stat().st_size, _LARGEST_PICKLE * BATCH * (1 + _ROW)
    if size > most:
        raise ValueError(f"{file} must have less than {most} bytes, it has {size}: is it a file of CIFAR-10?")
    try:
        with file.open("rb") as opened:
            content = _BytesOnly(opened).load()
    except Exception as wrong:  # a broken pickle can end in nearly any error
        reason = str(wrong) or type(wrong).__name__
        raise ValueError(f"{file} cannot be read as a file of CIFAR-10's python version: {reason}") from wrong
    if not isinstance(content, dict):
        raise ValueError(f"{file} must hold a dictionary, got {type(content).__name__}: is it a file of CIFAR-10?")
    named = {key.decode("latin1") if isinstance(key, bytes) else key: value for key, value in content.items()}
    pixels, labels = named.get("data"), named.get("labels")
    if not isinstance(pixels, _Array) or pixels.shape != (BATCH, _ROW):
        raise ValueError(f"{file} must have 'data' of shape ({BATCH}, {_ROW}) in bytes: is it a file of CIFAR-10?")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise ValueError(f"{file} must have 'labels', a list of whole numbers: is it a file of CIFAR-10?")
    return pixels.array(), _labels(labels, BATCH, file)


class _StandIn:
    """Replacement for a name that a pickle may use."""

    def __setstate__(self, state: Any) -> None:
        # pickle looks this up on the class too; without it a pickle could set attributes of the stand-in classes
        raise pickle.UnpicklingError(f"it sets the state of {type(self).__name__}.")


class _Array(_StandIn):
    """Stand-in for a numpy array of bytes in a pickle; it keeps the pickle's data and runs no code of numpy."""

    def __init__(self, *ignored: Any):
        self.shape: tuple[int, ...] = ()
        self.raw: bytes | bytearray = b""

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, by_columns, raw = state
        self.fill(raw, dtype, shape, "F" if by_columns else "C")

    def fill(self, raw: Any, dtype: Any, shape: Any, order: Any) -> None:
        """Store bytes for a shape, in row order; anything else is an error."""
        if not isinstance(dtype, _ByteType) or not isinstance(raw, (bytes, bytearray)) or order not in ("C", b"C"):
            raise pickle.UnpicklingError("an array in it is not one of plain bytes in rows.")
        if type(shape) is not tuple or not all(type(axis) is int and axis >= 0 for axis in shape):
            raise pickle.UnpicklingError("the shape of an array in it is not a tuple of whole numbers.")
        if math.prod(shape) != len(raw):
            raise pickle.UnpicklingError(f"an array in it has {len(raw)} bytes for the shape {shape}.")
        self.shape, self.raw = shape, raw

    def array(self) -> np.ndarray:
        """Return the array that it stands for."""
        return np.frombuffer(self.raw, dtype=np.uint8).reshape(self.shape)


class _BufferArray(_Array):
    """Stand-in for an array of bytes as pickles of protocol 5 write it."""

    def __init__(self, raw: Any, dtype: Any, shape: Any, order: Any, *ignored: Any):
        super().__init__()
        self.fill(raw, dtype, shape, order)


class _ArrayType(_StandIn):
    """Stand-in for the class numpy.ndarray, which a pickle names and never calls."""

    def __init__(self, *ignored: Any):
        raise pickle.UnpicklingError("it calls numpy.ndarray.")


class _ByteType(_StandIn):
    """Stand-in for numpy.dtype, of bytes only."""

    def __init__(self, name: Any, *ignored: Any):
        if name not in ("u1", b"u1"):
            raise pickle.UnpicklingError(f"an array in it holds {name!r}, not bytes.")

    def __setstate__(self, state: Any) -> None:
        """Ignore the byte order and similar properties, which bytes do not have."""


class _Encoded(_StandIn):
    """Stand-in for _codecs.encode, with which Python 3 writes bytes for protocol 2."""

    def __new__(cls, text: Any, encoding: Any) -> Any:
        """Return the bytes of a text in latin1."""
        if type(text) is not str or encoding not in ("latin1", b"latin1"):
            raise pickle.UnpicklingError("it encodes a text other than by latin1.")
        return text.encode("latin1")


_KNOWN = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy.core.numeric", "_frombuffer"): _BufferArray,
    ("numpy._core.numeric", "_frombuffer"): _BufferArray,
    ("numpy", "ndarray"): _ArrayType,
    ("numpy", "dtype"): _ByteType,
    ("_codecs", "encode"): _Encoded,
}


class _BytesOnly(pickle.Unpickler):
    """Reads a pickle made of plain data and arrays of bytes: every other name in it is an error."""

    def __init__(self, opened: BinaryIO):
        # files of Python 2 hold pixels as text without an encoding; fix_imports would rename the names in them
        super().__init__(opened, encoding="bytes", fix_imports=False)

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in for a name in the pickle; raise an error for a name without one."""
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no file of CIFAR-10 does.")
        return _KNOWN[module, name]

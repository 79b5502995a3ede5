"""CIFAR-10 files in all their layouts, written byte by byte."""

from __future__ import annotations

import pickle
import struct

import numpy as np

FEW = 40
FILES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


def batches(images=FEW, seed=0):
    """Pixels (images, 3072) and labels of each of the six files."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.integers(256, size=(images, 3072), dtype=np.uint8), (np.arange(images) % 10).tolist())
        for name in FILES
    }


def text(raw):
    """A str of Python 2 in a pickle."""
    return b"T" + struct.pack("<i", len(raw)) + raw


def as_python_2_wrote_it(pixels, labels):
    """The opcodes of protocol 2 as in the official files: str for keys and pixels, numpy.core by its old name."""
    dtype = b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    shape = b"J" + struct.pack("<i", pixels.shape[0]) + b"J" + struct.pack("<i", pixels.shape[1]) + b"\x86"
    empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    array = empty + b"(K\x01" + shape + dtype + b"\x89" + text(pixels.tobytes()) + b"tb"
    numbers = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    names = b"](" + text(b"leptodactylus_s_000004.png") * len(labels) + b"e"
    entries = {b"batch_label": text(b"training batch 1 of 5"), b"labels": numbers, b"data": array, b"filenames": names}
    return b"\x80\x02}(" + b"".join(text(key) + value for key, value in entries.items()) + b"u."


def write_python(folder, content, how=as_python_2_wrote_it):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (pixels, labels) in content.items():
        (folder / name).write_bytes(how(pixels, labels))
    return folder


def write_binary(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (pixels, labels) in content.items():
        rows = [bytes([label]) + row.tobytes() for label, row in zip(labels, pixels, strict=True)]
        (folder / f"{name}.bin").write_bytes(b"".join(rows))
    return folder


def by_protocol(protocol, keys=bytes):
    def dumped(pixels, labels):
        named = {"data": pixels, "labels": labels, "batch_label": b"x"}
        return pickle.dumps({keys(key, "ascii") if keys is bytes else key: v for key, v in named.items()}, protocol)

    return dumped


def holds(images, content):
    """Whether these are the images that were written, each pixel in its place."""
    train = [content[name] for name in FILES[:5]]
    expected = np.concatenate([pixels for pixels, _ in train])
    assert images.X.shape == (len(expected), 3, 32, 32) and images.X.dtype == np.uint8
    # the official order: all red, then all green, then all blue, each row by row
    assert images.X[-1, 2, 31, 5] == train[-1][0][-1, 2 * 1024 + 31 * 32 + 5]
    np.testing.assert_array_equal(images.X.reshape(-1, 3072), expected)
    np.testing.assert_array_equal(images.X_test.reshape(-1, 3072), content["test_batch"][0])
    np.testing.assert_array_equal(images.y, np.concatenate([labels for _, labels in train]))
    np.testing.assert_array_equal(images.y_test, content["test_batch"][1])
    assert images.y.dtype == images.y_test.dtype == np.int64
    return True

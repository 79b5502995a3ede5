"""CIFAR-10's files in all their layouts, written here byte by byte, and files that are not what they say."""

from __future__ import annotations

import io
import os
import pickle
import struct
import subprocess

import numpy as np
import pytest
import torch

from lazyrich.tasks import cifar
from lazyrich.tasks.cifar import draw, read

FEW = 40
FILES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


@pytest.fixture
def few(monkeypatch):
    """Official files of 40 images, so that a test need not write 180 MB."""
    monkeypatch.setattr(cifar, "BATCH", FEW)


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


class Command:
    """In a pickle: a call of os.system."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


class Call:
    """In a pickle: a call of anything."""

    def __init__(self, function, *arguments):
        self.how = function, arguments

    def __str__(self):
        return self.how[0].__name__

    def __reduce__(self):
        return self.how


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_pickle_that_would_run_a_command_is_refused_before_it_does(protocol, tmp_path):
    mark = tmp_path / "ran"
    harmful = pickle.dumps({b"labels": [0], b"data": Command(f"touch {mark}")}, protocol)
    write_python(tmp_path, batches(1), lambda *_: harmful)
    with pytest.raises(ValueError, match=r"data_batch_1 cannot be read .*: it asks for \w+\.system, which no file"):
        read(tmp_path)
    assert not mark.exists()
    pickle.loads(harmful)
    assert mark.exists(), "read without care it would have run"


@pytest.mark.parametrize(
    "harmful",
    [
        Call(eval, "1 / 0"),
        Call(subprocess.Popen, ["true"]),
        Call(np.load, "x.npy"),
        Call(np.fromfile, "/etc/hostname"),
        Call(io.open, "/etc/hostname"),
        Call(pickle.loads, b"N."),
        np.array([object()]),
        np.array([1.5]),
        np.asfortranarray(np.zeros((3, 2), dtype=np.uint8)),
        np.ma.array([1]),
    ],
    ids=lambda harmful: str(harmful) if isinstance(harmful, Call) else f"{harmful.dtype}-{harmful.ndim}",
)
@pytest.mark.parametrize("protocol", [2, 5])
def test_nothing_but_arrays_of_bytes_is_made_from_a_pickle(harmful, protocol, few, tmp_path):
    def instead(pixels, labels):
        return pickle.dumps({b"labels": labels, b"data": pixels, b"more": harmful}, protocol)

    write_python(tmp_path, batches(), instead)
    with pytest.raises(ValueError, match="data_batch_1 cannot be read as a file of CIFAR-10's python version"):
        read(tmp_path)


@pytest.mark.parametrize(
    "opcodes",
    [
        pytest.param(b"cnumpy\nndarray\nK\x05\x85R", id="calls ndarray"),
        pytest.param(b"cnumpy\nndarray\n(N}U\x01xK\x01stb", id="sets an attribute of a stand-in"),
        pytest.param(b"c_codecs\nencode\n(N}U\x01xK\x01stb", id="sets an attribute of another"),
        pytest.param(b"cnumpy\ndtype\n}b", id="sets the state of a class"),
        pytest.param(b"cnumpy\ndtype\nU\x01O\x85R", id="objects"),
        pytest.param(b"cnumpy.core.multiarray\n_reconstruct\n)R(K\x01K\x05\x85NNNtb", id="no dtype"),
        pytest.param(
            b"cnumpy.core.multiarray\n_reconstruct\n)R(K\x01J\x00\x00\x00\x7f\x85cnumpy\ndtype\nU\x02u1\x85R\x89U\x01xtb",
            id="more than there is",
        ),
        pytest.param(
            b"cnumpy.core.multiarray\n_reconstruct\n)R(K\x01U\x01x\x85cnumpy\ndtype\nU\x02u1\x85R\x89U\x01xtb",
            id="a shape of text",
        ),
        pytest.param(b"c_codecs\nencode\nX\x01\x00\x00\x00xU\x05rot13\x86R", id="another encoding"),
        pytest.param(b"P1\n", id="a persistent name"),
        pytest.param(b"\x82\x01", id="a name by number"),
        pytest.param(b"(i__builtin__\nexec\n", id="an instance"),
    ],
)
def test_opcodes_that_no_official_file_has_are_refused(opcodes, few, tmp_path):
    write_python(tmp_path, batches(), lambda *_: b"\x80\x02}(U\x04data" + opcodes + b"u.")
    with pytest.raises(ValueError, match="data_batch_1 cannot be read as a file of CIFAR-10's python version"):
        read(tmp_path)
    write_python(tmp_path, batches())
    assert holds(read(tmp_path), batches()), "and the reader is as it was"


def test_an_npz_with_a_pickle_in_it_is_refused_without_running_it(tmp_path):
    mark = tmp_path / "ran"
    parts = {name: np.zeros(3) for name in ("y_train", "x_test", "y_test")}
    np.savez(tmp_path / "mine.npz", x_train=np.array([Command(f"touch {mark}")], dtype=object), **parts)
    with pytest.raises(ValueError, match=r"mine.npz cannot be read as an .npz file of plain arrays"):
        read(tmp_path / "mine.npz")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x_train": np.zeros((3, 32, 32, 3))}, r"x_train in .* must be bytes .* got float64 \(3, 32, 32, 3\)"),
        ({"x_test": np.zeros((3, 28, 28), dtype=np.uint8)}, r"x_test in .* got uint8 \(3, 28, 28\)"),
        ({"y_train": np.arange(2)}, r"label for each of its 3 images, got int64 \(2,\)"),
        ({"y_train": np.array([0, 1, 99])}, r"labels from 0 to 9, got 0 to 99"),
        ({"y_test": np.zeros(3)}, "a whole number as label"),
        ({"y_test": None}, "must hold x_train, y_train, x_test and y_test, there is no y_test"),
    ],
)
def test_an_npz_of_something_else_is_refused_by_what_is_wrong(changes, said, tmp_path):
    X, y = np.zeros((3, 32, 32, 3), dtype=np.uint8), np.arange(3)
    parts = {"x_train": X, "y_train": y, "x_test": X, "y_test": y} | changes
    np.savez(tmp_path / "mine.npz", **{name: part for name, part in parts.items() if part is not None})
    with pytest.raises(ValueError, match=said) as raised:
        read(tmp_path / "mine.npz")
    assert len(str(raised.value).splitlines()) == 1


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "mine.npz").write_bytes(b"not a zip file")
    with pytest.raises(ValueError, match=r"cannot be read as an .npz file of plain arrays"):
        read(tmp_path / "mine.npz")


def test_nothing_at_the_path_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no CIFAR-10 at .*: give the unpacked folder cifar-10-batches-py or"):
        read(tmp_path)


@pytest.mark.parametrize("version", ["python", "binary"])
def test_an_incomplete_folder_is_refused_by_what_is_missing(version, few, tmp_path):
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
    ("content", "said"),
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
def test_a_pickle_of_something_else_is_refused_by_what_is_wrong(content, said, few, tmp_path):
    write_python(tmp_path, batches(), lambda *_: pickle.dumps(content, 2))
    with pytest.raises(ValueError, match=said):
        read(tmp_path)


def test_draws_are_balanced_cropped_to_the_middle_standardised_and_without_repeats(few, tmp_path):
    content = batches()
    write_python(tmp_path, content)
    task = draw(tmp_path, n=100, n_test=20, seed=0, dtype=torch.float64)
    assert task.X.shape == (100, 3, 24, 24) and task.X_test.shape == (20, 3, 24, 24) and task.classes == 10
    assert task.y.bincount().tolist() == [10] * 10 and task.y_test.bincount().tolist() == [2] * 10
    assert abs(float(task.X.square().mean()) - 1) < 1e-6 and task.X.mean((0, 2, 3)).abs().max() < 1e-6
    images = read(tmp_path)
    middle = images.X[:, :, 4:28, 4:28].reshape(200, -1).astype(float)
    centred = middle - middle.mean(1, keepdims=True)
    rows = task.X.flatten(1).numpy()
    # random pixels: the only image that a row can follow is its own
    likeness = (rows - rows.mean(1, keepdims=True)) @ centred.T
    source = likeness.argmax(1)
    assert len(set(source.tolist())) == 100
    np.testing.assert_array_equal(images.y[source], task.y.numpy())


def test_a_seed_is_a_choice_of_images(few, tmp_path):
    write_binary(tmp_path, batches())
    one, same, other = (draw(tmp_path, n=20, n_test=10, seed=seed, crop=32) for seed in (1, 1, 2))
    assert one.X.shape == (20, 3, 32, 32)
    assert torch.equal(draw(read(tmp_path), n=20, n_test=10, seed=1, crop=32).X, one.X)
    assert torch.equal(one.X, same.X) and not torch.equal(one.X, other.X)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": 210}, r"have 20 train images of class 0 \(airplane\), 21 were asked for"),
        ({"n_test": 50}, r"have 4 test images of class 0 \(airplane\), 5 were asked for"),
        ({"crop": 33}, "crop must be at most 32, got 33"),
        ({"crop": 0}, "crop must be at least 1, got 0"),
    ],
)
def test_asking_for_more_than_there_is_is_refused(asked, said, few, tmp_path):
    write_binary(tmp_path, batches())
    with pytest.raises(ValueError, match=said):
        draw(tmp_path, **({"n": 20, "n_test": 10} | asked))

"""Pickles that would run code are refused before they do."""

from __future__ import annotations

import io
import os
import pickle
import subprocess

import numpy as np
import pytest

from lazyrich.tasks.cifar import read
from tests.tasks.cifar.files import batches, holds, write_python


class Command:
    """An object that calls os.system when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


class Call:
    """An object that calls any function when it is unpickled."""

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
    assert mark.exists(), "the mark cannot show that the pickle's command has run"


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
def test_only_arrays_of_bytes_are_read_from_a_pickle(harmful, protocol, few, tmp_path):
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
    assert holds(read(tmp_path), batches()), "the refusal changed how valid files are read"


def test_an_npz_with_a_pickle_in_it_is_refused_without_running_it(tmp_path):
    mark = tmp_path / "ran"
    parts = {name: np.zeros(3) for name in ("y_train", "x_test", "y_test")}
    np.savez(tmp_path / "mine.npz", x_train=np.array([Command(f"touch {mark}")], dtype=object), **parts)
    with pytest.raises(ValueError, match=r"mine.npz cannot be read as an .npz file of plain arrays"):
        read(tmp_path / "mine.npz")
    assert not mark.exists()

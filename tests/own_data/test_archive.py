"""NPZ files: those that numpy writes are read, nothing is unpickled, and no header can exhaust the memory."""

from __future__ import annotations

import io
import pickle
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, boolean_dtypes, floating_dtypes, integer_dtypes

from lazyrich.own_data import BadData, Bounds, parse

BOUNDS = Bounds((1, 40), (1, 6), 20, 1_000_000)
X, Y = np.arange(6.0).reshape(3, 2), np.ones(3)


def npz(save=np.savez, **entries) -> bytes:
    file = io.BytesIO()
    save(file, **entries)
    return file.getvalue()


def zipped(method=zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def zipped_twice() -> bytes:
    """Return an archive with two members named X, about which zipfile warns when it writes them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings(action="ignore"):
        for name, content in (("X", npy(X)), ("X", npy(2 * X)), ("y", npy(Y))):
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(array: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def declaring(shape: tuple[int, ...], content: bytes = b"", dtype: str = "<f8") -> bytes:
    """Return an NPY file whose header declares this shape, with any content."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue() + content


def refusal(content: bytes, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(BadData) as caught:
        parse("t.npz", content, bounds)
    assert str(caught.value).startswith("t.npz") and "\n" not in str(caught.value)
    return str(caught.value)


kinds = boolean_dtypes() | integer_dtypes(endianness="?") | floating_dtypes(endianness="?", sizes=(16, 32, 64))


@given(st.data(), kinds, st.booleans(), st.sampled_from([np.savez, np.savez_compressed]), st.booleans())
def test_archives_written_by_numpy_read_back_equal(data, dtype, fortran, save, column):
    n, d = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 5)))
    finite = {"elements": {"allow_nan": False, "allow_infinity": False} if dtype.kind == "f" else None}
    inputs, outputs = (data.draw(arrays(dtype, shape, **finite)) for shape in ((n, d), (n,)))
    stored = np.asfortranarray(inputs) if fortran else inputs
    read = parse("t.npz", npz(save, X=stored, y=outputs[:, None] if column else outputs, also=Y), BOUNDS)
    np.testing.assert_array_equal(read.X, inputs.astype(np.float64))
    np.testing.assert_array_equal(read.y, outputs.astype(np.float64))
    assert (read.X_test, read.y_test, read.ignored) == (None, None, ("also",))


def test_a_test_set_of_its_own_is_kept():
    read = parse("t.npz", npz(X=X, y=Y, X_test=2 * X, y_test=2 * Y), BOUNDS)
    np.testing.assert_array_equal(read.X_test, 2 * X)
    np.testing.assert_array_equal(read.y_test, 2 * Y)


class Marker:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_is_never_executed(tmp_path):
    there = tmp_path / "executed"
    array = np.empty((3, 2), dtype=object)
    array[:] = Marker(there)
    for content in (
        zipped(X=npy(array, allow_pickle=True), y=npy(Y)),
        zipped(X=npy(X), y=npy(array[:, 0], allow_pickle=True)),
        zipped(X=pickle.dumps(Marker(there)), y=npy(Y)),
        zipped(X=npy(X), y=npy(Y), X_test=npy(array, allow_pickle=True), y_test=npy(Y)),
    ):
        refusal(content)
        assert not there.exists()
    # an array that is not asked for is not read either
    parse("t.npz", zipped(X=npy(X), y=npy(Y), more=npy(array, allow_pickle=True)), BOUNDS)
    assert not there.exists()
    pickle.loads(pickle.dumps(Marker(there)))
    assert there.exists(), "the marker cannot show that a pickle was loaded"


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_small_file_that_would_unpack_to_much_costs_little(method):
    zeros = bytes(30_000_000)
    bombs = [zipped(method, X=declaring((40, 6), zeros), y=npy(np.ones(40)))]
    if method == zipfile.ZIP_DEFLATED:
        bombs += [zipped(method, X=declaring((3_750_000, 1), zeros), y=npy(Y)), zipped(method, X=zeros, y=npy(Y))]
    del zeros
    for bomb in bombs:
        assert len(bomb) < 100_000
        tracemalloc.start()
        refusal(bomb)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 1_000_000


def encrypted() -> bytes:
    """A file whose members say that they are encrypted."""
    content = bytearray(zipped(X=npy(X), y=npy(Y)))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(signature, place + 1)) >= 0:
            struct.pack_into("<H", content, place + flags, 1)
    return bytes(content)


WHOLE = npz(X=X, y=Y)


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"", "t.npz is no NPZ; an NPZ with arrays X and y is needed: write it with numpy.savez."),
        (b"1,2,3\n", "t.npz is no NPZ"),
        (npy(X), "t.npz is a single array (.npy); an NPZ"),
        (WHOLE[:-40], "t.npz is damaged (File is not a zip file): write it anew"),
        (WHOLE.replace(Y.tobytes(), (2 * Y).tobytes()), "t.npz is damaged (Bad CRC-32 for file 'y.npy')"),
        (npz(), "t.npz holds nothing; arrays X and y are needed"),
        (npz(x=X, Y=Y), "t.npz holds Y, x; arrays X and y are needed, X_test and y_test may be there: rename them."),
        (npz(X=X, y=Y, X_test=X), "t.npz has only one of X_test and y_test: give both or neither."),
        (npz(X=X, y=Y[:2]), "t.npz: y has 2 numbers and X 3 rows; there must be one for each row."),
        (npz(X=X, y=Y, X_test=X[:, :1], y_test=Y), "t.npz: X_test has 1 columns and X 2"),
        (npz(X=Y, y=Y), "t.npz: X has shape (3,); (samples, inputs) is needed: reshape it."),
        (npz(X=X, y=X), "t.npz: y has shape (3, 2); (samples,) is needed"),
        (npz(X=X[:0], y=Y[:0]), "t.npz: X is empty: give at least one sample"),
        (npz(X=X.astype(object), y=Y), "t.npz: X holds Python objects, which are never read"),
        (npz(X=X.astype(str), y=Y), "t.npz: X has the type <U32; numbers (float, int, bool) can be read: convert it."),
        (npz(X=X + 1j, y=Y), "t.npz: X has the type complex128"),
        (npz(X=np.zeros((3, 2), "f8,f8"), y=Y), "t.npz: X has the type"),
        (npz(X=X, y=np.array([1, np.nan, 2])), "t.npz: y has nan in row 2; only finite numbers"),
        (npz(X=np.zeros((3, 7)), y=Y), "t.npz has 7 inputs; 1 to 6 are allowed: leave columns out."),
        (npz(X=np.zeros((61, 2)), y=Y), "t.npz has more than 60 rows"),
        (zipped(X=WHOLE, y=npy(Y)), "t.npz: X is not an array of numpy"),
        (zipped(X=declaring((3, 2), b"short"), y=npy(Y)), "t.npz: X holds more or less than it declares"),
        (zipped(X=declaring((3, 2), bytes(49)), y=npy(Y)), "t.npz: X holds more or less than it declares"),
        (zipped(X=declaring((-3, -2), bytes(48)), y=npy(Y)), "t.npz"),
        (zipped_twice(), "t.npz has two arrays of one name: write it anew with numpy.savez."),
        (encrypted(), "t.npz is encrypted: write it without a password."),
        (zipped(X=npy(X), y=npy(Y), **{f"a{k}": b"" for k in range(1000)}), "t.npz holds more than 1000 files"),
    ],
)  # fmt: skip
def test_an_invalid_archive_is_refused_with_the_array_and_the_remedy(content, beginning):
    assert refusal(content).startswith(beginning)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader(place, byte, end):
    content = bytearray(WHOLE)
    content[place] = byte
    for damaged in (bytes(content), WHOLE[:end]):
        try:
            parse("t.npz", damaged, BOUNDS)
        except BadData as why:
            assert "\n" not in str(why)

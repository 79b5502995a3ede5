"""Read numbers from NPZ: arrays X, y and optionally X_test, y_test. Check declared sizes before unpacking.

`numpy.load` is meant for trusted files. Here a header of a hundred bytes must not cost a gigabyte, and nothing may be
unpickled: numpy reads the array headers, and no more data are unpacked than they declare.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

import numpy as np
from numpy.lib import format as npy

from lazyrich.own_data.given import BadData, Given
from lazyrich.own_data.row_numbers import counting

if TYPE_CHECKING:
    from lazyrich.own_data.reading import Bounds

NAMES: Final[tuple[str, ...]] = ("X", "y", "X_test", "y_test")

MAX_MEMBERS: Final = 1000
"""Largest number of members of an archive; numpy makes one for each array."""

_ENCRYPTED: Final = 0x1
_NOT_READABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, struct.error, ValueError,
    OverflowError,
)  # fmt: skip
"""Errors that zipfile and numpy raise for broken or malicious files."""


def read_archive(name: str, content: bytes, bounds: Bounds) -> Given:
    """Return the arrays of an NPZ. Raises BadData with the name of an invalid array."""
    if content[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        what = "a single array (.npy)" if content[:6] == b"\x93NUMPY" else "no NPZ"
        raise BadData(f"{name} is {what}; an NPZ with arrays X and y is needed: write it with numpy.savez.")
    # count members before zipfile creates an object for each
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise BadData(f"{name} holds more than {MAX_MEMBERS} files; arrays X and y are needed: leave the others out.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_members(name, archive, bounds)
    except BadData:
        raise
    except _NOT_READABLE as error:
        raise BadData(f"{name} is damaged ({error or type(error).__name__}): write it anew with numpy.savez.") from None


def _read_members(name: str, archive: zipfile.ZipFile, bounds: Bounds) -> Given:
    members = archive.infolist()
    found = [member.filename.removesuffix(".npy") for member in members]
    wanted = {array: member for array, member in zip(found, members, strict=True) if array in NAMES}
    if not {"X", "y"} <= wanted.keys():
        there = ", ".join(sorted(map(_short, found))[:8]) or "nothing"
        raise BadData(
            f"{name} holds {there}; arrays X and y are needed, X_test and y_test may be there: rename them."
            f"{_how_to_name(found)}"
        )
    if masks := [array for array in found if _MASK.fullmatch(array)]:
        raise BadData(
            f"{name} holds {_short(masks[0])}, a mask, and masked values are no data: fill them in or leave their rows "
            "out, and leave the mask out."
        )
    if len({"X_test", "y_test"} & wanted.keys()) == 1:
        raise BadData(f"{name} has only one of X_test and y_test: give both or neither.")
    if sum(array in NAMES for array in found) > len(wanted):
        raise BadData(f"{name} has two arrays of one name: write it anew with numpy.savez.")
    arrays = {array: _read_array(name, array, archive, wanted[array], bounds) for array in NAMES if array in wanted}
    for inputs, outputs in (("X", "y"), ("X_test", "y_test")):
        if inputs not in arrays:
            continue
        if len(arrays[inputs]) != len(arrays[outputs]):
            turned = arrays[inputs].shape[1] == len(arrays[outputs])
            raise BadData(
                f"{name}: {outputs} has {len(arrays[outputs]):,} numbers and {inputs} {len(arrays[inputs]):,} rows; "
                f"there must be one for each row.{f' {inputs}.T has as many.' if turned else ''}"
            )
    if "X_test" in arrays and arrays["X_test"].shape[1] != arrays["X"].shape[1]:
        columns = [arrays[array].shape[1] for array in ("X_test", "X")]
        raise BadData(f"{name}: X_test has {columns[0]} columns and X {columns[1]}; they must have the same inputs.")
    ignored = tuple(_short(array) for array in found if array not in NAMES)
    tests = (arrays.get("X_test"), arrays.get("y_test"))
    counted = tuple(counting(arrays["X"]))
    return Given(name, arrays["X"], arrays["y"], *tests, ignored=ignored, source="archive", counting=counted)


def _read_array(name: str, array: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, bounds: Bounds) -> np.ndarray:
    """Return one array as float64: X of shape (n, d), y of shape (n,)."""
    if member.flag_bits & _ENCRYPTED:
        raise BadData(f"{name} is encrypted: write it without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # the other methods unpack all of a member, whatever size is requested
        raise BadData(f"{name} is packed in a way that numpy does not use: write it with numpy.savez.")
    with archive.open(member) as file:
        shape, fortran, dtype = _header(name, array, file)
        _check_declared(name, array, shape, dtype, bounds)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        data = file.read(size)
        if len(data) < size or file.read(1):
            raise BadData(f"{name}: {array} holds more or less than it declares: write it anew with numpy.savez.")
    numbers = np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")
    with np.errstate(over="ignore"):
        numbers = numbers.astype(np.float64)
    if not np.isfinite(numbers).all():
        place = np.argwhere(~np.isfinite(numbers))[0]
        where = ", ".join(f"{axis} {k + 1}" for axis, k in zip(("row", "column"), place, strict=False))
        raise BadData(
            f"{name}: {array} has {numbers[tuple(place)]:g} in {where}; only finite numbers can be trained on: fill it "
            "in or leave the row out."
        )
    return numbers if array.startswith("X") else numbers.reshape(-1)


def _header(name: str, array: str, file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and type in the header of an array."""
    try:
        version = npy.read_magic(file)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        return read(file)
    except (ValueError, KeyError, TypeError, SyntaxError, RecursionError):
        raise BadData(f"{name}: {array} is not an array of numpy: write the file with numpy.savez.") from None


def _check_declared(name: str, array: str, shape: tuple[int, ...], dtype: np.dtype, bounds: Bounds) -> None:
    if dtype.hasobject:
        raise BadData(
            f"{name}: {array} holds Python objects, which are never read; numbers can be: convert it with "
            f"{array}.astype(float)."
        )
    if dtype.kind not in "fiub" or dtype.fields is not None:
        raise BadData(
            f"{name}: {array} has the type {str(dtype)[:40]}; numbers (float, int, bool) can be read: convert it."
            f"{_how_to_convert(array, dtype)}"
        )
    inputs = array.startswith("X")
    flat = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
    if (inputs and len(shape) != 2) or (not inputs and not flat):
        wanted = "(samples, inputs)" if inputs else "(samples,)"
        raise BadData(f"{name}: {array} has shape {shape}; {wanted} is needed: {_how_to_shape(array, shape)}")
    rows, columns = shape[0], shape[1] if inputs else 1
    if not rows or not columns:
        raise BadData(f"{name}: {array} is empty: give at least one sample, or leave the test set out.")
    if inputs:
        bounds.check_columns(name, columns)
    bounds.check_rows(name, rows, columns)


def _how_to_shape(array: str, shape: tuple[int, ...]) -> str:
    """Return advice for an array of the wrong shape."""
    if array.startswith("X"):
        if len(shape) == 1:
            return f"reshape it. {array}[:, None] has one input."
        return (
            f"reshape it. {array}.reshape(len({array}), -1) has a row a sample." if shape else "give several samples."
        )
    if len(shape) == 2 and shape[0] == 1:
        return f"reshape it. {array}.ravel() has that shape."
    return f"reshape it. {array}[:, 0] is one output." if shape else "give an output for each sample."


def _how_to_convert(array: str, dtype: np.dtype) -> str:
    """Return advice on how to turn an array of another type into numbers."""
    if dtype.fields is not None:
        return f" numpy.lib.recfunctions.structured_to_unstructured({array}) has its fields as columns."
    ways = {
        "c": f" {array}.real and {array}.imag are real numbers.",
        "U": f" {array}.astype(float) reads texts that are numbers.",
        "S": f" {array}.astype(float) reads texts that are numbers.",
        "M": " Days since the first row are numbers.",
        "m": f" {array} / numpy.timedelta64(1, 's') is a number of seconds.",
    }
    return ways.get(dtype.kind, "")


def _how_to_name(found: list[str]) -> str:
    """Return code that saves the arrays of an archive under the expected names, if their roles are clear."""
    chosen: dict[str, str] = {}
    for wanted, names in _ALIASES.items():
        there = [array for array in found if array in names or array == wanted]
        if len(there) == 1:
            chosen[wanted] = there[0]
    if not {"X", "y"} <= chosen.keys():
        return ""
    pair = {"X_test", "y_test"} <= chosen.keys()
    arrays = ", ".join(f"{array}={chosen[array]}" for array in (NAMES if pair else NAMES[:2]))
    return f" numpy.savez(file, {arrays}) does."


_ALIASES: Final[dict[str, frozenset[str]]] = {
    "X": frozenset({"x", "data", "inputs", "input", "features", "X_train", "x_train", "train_x", "arr_0"}),
    "y": frozenset({"Y", "target", "targets", "labels", "label", "outputs", "output", "y_train", "train_y", "arr_1"}),
    "X_test": frozenset({"x_test", "test_x", "arr_2"}),
    "y_test": frozenset({"Y_test", "test_y", "arr_3"}),
}
"""Common other names of these arrays."""

_MASK: Final = re.compile(r"(X_|y_|x_)?(test_)?masks?(_X|_y)?", re.IGNORECASE)


def _short(text: str) -> str:
    return ascii(text)[1:-1][:40]

"""Reading of arrays: every container and type gives the numbers that it holds, or an error of one sentence."""

from __future__ import annotations

import array
import collections
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
import torch
from torch.masked import masked_tensor

from lazyrich.arrays import copies, differentiable, number, plain_numbers, tensors

NUMBERS = np.array([[1.0, 0.0], [3.0, 1.0], [2.0, 5.0]])


class Tagged(torch.Tensor):
    """A tensor with information besides its numbers, like those of torchvision."""


def frame(**columns):
    return pd.DataFrame({name: column for name, column in columns.items()})


READ = {
    "list": NUMBERS.tolist(),
    "tuples of lists": tuple(map(list, NUMBERS)),
    "list of arrays": list(NUMBERS),
    "list of tensors": [torch.tensor(row, requires_grad=True) for row in NUMBERS],
    "list of series": [pd.Series(row) for row in NUMBERS],
    "deque": collections.deque(NUMBERS.tolist()),
    "buffers": [array.array("d", row) for row in NUMBERS],
    "big-endian": NUMBERS.astype(">f8"),
    "big-endian float32": NUMBERS.astype(">f4"),
    "big-endian whole": NUMBERS.astype(">i2"),
    "longdouble": NUMBERS.astype(np.longdouble),
    "float32": NUMBERS.astype(np.float32),
    "float16": NUMBERS.astype(np.float16),
    "uint8": NUMBERS.astype(np.uint8),
    "uint64": NUMBERS.astype(np.uint64),
    "objects": np.array([[Fraction(1), Decimal(0)], [3, True], [np.float32(2), 5.0]], dtype=object),
    "Fortran": np.asfortranarray(NUMBERS),
    "backwards": NUMBERS[::-1].copy()[::-1],
    "read-only": np.broadcast_to(NUMBERS, (1, 3, 2))[0],
    "matrix": np.matrix(NUMBERS),
    "masked nowhere": np.ma.array(NUMBERS, mask=False),
    "frame": pd.DataFrame(NUMBERS),
    "frame of mixed types": frame(a=pd.Series([1, 3, 2], dtype="int8"), b=pd.Series([0.0, 1.0, 5.0], dtype="float32")),
    "frame of pandas' types": frame(a=pd.array([1, 3, 2], dtype="Int64"), b=pd.array([0, 1, 5], dtype="Float32")),
    "frame of arrow": frame(a=pd.array([1, 3, 2], dtype="int8[pyarrow]"), b=pd.array([0, 1, 5], "double[pyarrow]")),
    "frame of decimals": frame(a=pd.Series([Decimal(1), Decimal(3), Decimal(2)]), b=[0, 1, 5]),
    "frame of categories": frame(a=pd.Series([1, 3, 2], dtype="category"), b=[0, 1, 5]),
    "frame with one name twice": pd.DataFrame(NUMBERS, columns=["a", "a"]),
    "arrow table": pa.table({"a": [1.0, 3.0, 2.0], "b": [0.0, 1.0, 5.0]}),
    "tensor": torch.tensor(NUMBERS),
    "tensor with gradient": torch.tensor(NUMBERS, requires_grad=True),
    "parameter": torch.nn.Parameter(torch.tensor(NUMBERS)),
    "subclass": torch.tensor(NUMBERS).as_subclass(Tagged),
    "whole tensor": torch.tensor(NUMBERS).to(torch.int32),
    "uint16 tensor": torch.tensor(NUMBERS).to(torch.uint16),
    "half": torch.tensor(NUMBERS).half(),
    "bfloat16": torch.tensor(NUMBERS).bfloat16(),
    "float8": torch.tensor(NUMBERS).to(torch.float8_e4m3fn),
    "negative view": torch.complex(torch.zeros(3, 2), -torch.tensor(NUMBERS).float()).conj().imag,
    "transposed tensor": torch.tensor(NUMBERS).T.contiguous().T,
}  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_any_container_of_numbers_is_read_alike_by_torch_and_numpy(kind):
    (read,), _ = tensors(X=READ[kind])
    assert read.dtype in (torch.float32, torch.float64) and not read.requires_grad and type(read) is torch.Tensor
    np.testing.assert_array_equal(read.numpy(), NUMBERS)
    (own,), _ = copies(X=READ[kind])
    np.testing.assert_array_equal(own.numpy(), NUMBERS)
    plain = plain_numbers("X", READ[kind])
    assert type(plain) is np.ndarray and plain.dtype.isnative and plain.dtype.kind in "biuf"
    np.testing.assert_array_equal(plain, NUMBERS)


class Broken:
    """An array of a package that fails to give its numbers."""

    def __init__(self, error):
        self.error = error

    def __array__(self, *_, **__):
        raise self.error


itself: list = []
itself.append(itself)

REFUSED = {
    "masked": (np.ma.array(NUMBERS, mask=NUMBERS == 5), "got 1 masked value: "),
    "masked in a list": ([np.ma.array([1.0, 2.0], mask=[True, True])] * 2, "got 2 masked values"),
    "the masked constant": ([1.0, np.ma.masked], "got 1 masked value"),
    "masked tensor": (masked_tensor(torch.ones(2), torch.tensor([True, False])), "got a MaskedTensor: masked values"),
    "complex": (NUMBERS + 0j, r"got complex numbers \(complex128\): give the real part"),
    "complex in a list": ([1.0, 2j], "got complex numbers"),
    "complex object": (np.array([1.0, 2j], dtype=object), "got the complex number 2j"),
    "complex tensor": (torch.ones(2, dtype=torch.complex64), "got complex numbers"),
    "text": ("abc", "got the text abc"),
    "text in a list": ([1.0, "a"], "got the text"),
    "text of numbers": (np.array(["1", "2"], dtype=object), "got the text '1': give numbers"),
    "bytes": (b"ab", "got the text"),
    "None": (None, "X must have a number in every place, got None"),
    "None among numbers": ([1.0, None], "got None"),
    "dates": (np.array(["2020-01-01"], dtype="M8[D]"), "got dates or times"),
    "pandas' dates": (pd.Series(pd.to_datetime(["2020-01-01"]).tz_localize("UTC")), "got dates or times"),
    "records": (np.array([(1, 2.0)], dtype=[("x", int), ("y", float)]), "records with the fields x, y"),
    "lists of several lengths": ([[1.0, 2.0], [3.0]], "lists that differ in length or depth"),
    "lists of several depths": ([1.0, [2.0]], "lists that differ in length or depth"),
    "a list that holds itself": (itself, "lists nested more than 32 deep"),
    "a whole number beyond floats": (10**400, "numbers below 1.8e"),
    "a longdouble beyond floats": (np.array([np.longdouble("1e4000")]), "numbers below 1.8e"),
    "a decimal that signals": (np.array([Decimal("sNaN")], dtype=object), r"got Decimal\('sNaN'\) in it: give plain"),
    "bytes without a type": (np.zeros(2, dtype="V4"), r"got the type \|V4: give numbers, such as float64"),
    "an array that cannot be read": (Broken(RuntimeError("gone")), "got a Broken that cannot be read as one: make a"),
    "set": ({1.0, 2.0}, "got a set: give a number, a list"),
    "generator": ((x for x in (1.0, 2.0)), "got a generator"),
    "mapping": ({"a": 1.0}, "got a dict"),
    "function": (len, "got a builtin_function_or_method"),
    "module": (torch.nn.Linear(1, 1), "got a Linear"),
    "sparse matrix": (scipy.sparse.csr_array(NUMBERS), r"got a sparse csr_array: give X.toarray\(\)"),
    "sparse tensor": (torch.eye(2).to_sparse(), r"layout sparse_coo: give X.to_dense\(\)"),
    "compressed tensor": (torch.eye(2).to_sparse_csr(), "layout sparse_csr"),
    "sparse column": (frame(a=pd.arrays.SparseArray([0.0, 1.0])), "column 'a' of X must be dense"),
    "nested tensor": (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "rows of one length"),
    "meta": (torch.ones(2, device="meta"), "on the device meta"),
    "lazy parameter": (torch.nn.LazyLinear(2).weight, "a parameter that has none yet"),
    "type without numbers": (torch.empty(2, dtype=torch.float4_e2m1fn_x2), "a tensor of torch.float4_e2m1fn_x2"),
    "column of text": (frame(a=[1.0, 2.0], b=["x", "y"]), "column 'b' of X must .*, got the text"),
    "column with gaps": (frame(a=pd.array([1, None], dtype="Int64")), "column 'a' of X .* got 1 missing value"),
    "categories of text": (pd.Series(["x", "y"], dtype="category"), "got the text 'x'"),
    "arrow with gaps": (pa.array([1.0, None]), "got 1 missing value"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_values_that_are_not_plain_numbers_are_refused_by_their_kind(kind):
    given, pattern = REFUSED[kind]
    for read in (lambda: tensors(X=given), lambda: plain_numbers("X", given), lambda: tensors(Y=np.eye(2), X=given)):
        with pytest.raises(ValueError, match=pattern) as refused:
            read()
        assert re.match(r"^(column '.' of )?X ", str(refused.value)) and str(refused.value).endswith(".")


def test_a_memory_error_is_not_reported_as_invalid_input():
    with pytest.raises(MemoryError):
        plain_numbers("X", Broken(MemoryError()))


def test_a_frame_without_columns_keeps_its_rows():
    assert plain_numbers("X", pd.DataFrame(index=range(3))).shape == (3, 0)


@pytest.mark.filterwarnings("ignore:.*quantized")
def test_quantised_tensors_are_refused():
    with pytest.raises(ValueError, match=r"got a quantised one: give X.dequantize\(\)"):
        tensors(X=torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8))


class Quantity(np.ndarray):
    """An array with a unit, like those of astropy, pint and unyt."""

    unit = object()


def test_a_unit_is_not_dropped():
    with pytest.raises(ValueError, match="got numbers with the unit"):
        tensors(X=NUMBERS.view(Quantity))


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        (["float64", "float32"], "float64"),
        (["float32", "float32"], "float32"),
        (["float32", "int64", "float16", "bool"], "float32"),
        (["float16", "int8"], "float64"),
        (["longdouble", "float32"], "float64"),
    ],
)
def test_arrays_are_computed_with_in_float64_unless_all_of_32_bits_and_more_are_float32(given, dtype):
    arrays = {f"x{number}": np.ones(2, dtype=kind) for number, kind in enumerate(given)}
    assert {read.dtype for read in tensors(**arrays)[0]} == {getattr(torch, dtype)}
    if "longdouble" not in given:
        as_torch = {name: torch.from_numpy(part) for name, part in arrays.items()}
        assert {read.dtype for read in tensors(**as_torch)[0]} == {getattr(torch, dtype)}
    assert {read.dtype for read in tensors(**arrays, number=0.5)[0]} == {getattr(torch, dtype)}


def test_results_are_torch_when_a_tensor_was_given_and_numpy_otherwise():
    (X, _), back = tensors(X=NUMBERS, y=[1.0])
    assert isinstance(back(X), np.ndarray) and isinstance(back(X.sum()), np.float64)
    (X, _), back = tensors(X=NUMBERS, y=torch.ones(1))
    assert isinstance(back(X), torch.Tensor)


def test_only_differentiable_results_have_a_history():
    W = torch.nn.Parameter(torch.ones(2))
    assert not tensors(W=W)[0][0].requires_grad and not copies(W=W)[0][0].requires_grad
    (read,), _ = differentiable(W=W)
    read.sum().backward()
    assert W.grad is not None and W.grad.tolist() == [1.0, 1.0]


def test_tensors_made_in_inference_mode_can_be_trained():
    with torch.inference_mode():
        W = torch.tensor([2.0, 3.0])
    (read,), _ = differentiable(W=W)
    factor = torch.nn.Parameter(torch.ones(2))
    (read * factor).sum().backward()
    assert factor.grad is not None and factor.grad.tolist() == [2.0, 3.0]


@pytest.mark.parametrize("given", [NUMBERS.copy(), torch.tensor(NUMBERS), NUMBERS.astype(np.float32)])
def test_copies_share_no_memory(given):
    (kept,), _ = copies(X=given)
    given += 1
    np.testing.assert_array_equal(kept.numpy(), NUMBERS)


@pytest.mark.parametrize("given", [2, 2.0, np.float32(2), np.array(2), torch.tensor(2.0), Fraction(2), True + 1])
def test_one_number_of_any_type_is_a_float(given):
    assert number("rate", given) == 2.0 and type(number("rate", given)) is float


@pytest.mark.parametrize("given", [[1.0, 2.0], np.ones(1), None, "2", 2j, 10**400])
def test_arguments_that_are_not_one_number_are_refused_by_name(given):
    with pytest.raises(ValueError, match=r"^rate must"):
        number("rate", given)

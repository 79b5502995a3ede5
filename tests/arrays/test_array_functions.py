"""Every public function accepts arrays of any library and type, or refuses them in one sentence.

No function may be forgotten: those that take arrays are found by the annotations of what the packages list as public.
"""

from __future__ import annotations

import inspect
import linecache
import pkgutil
import re
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lazyrich
from lazyrich.frame import CannotRun
from tests.arrays.array_functions import CALLS, NO_ARRAYS

ROOT = Path(lazyrich.__file__).parent

LIBRARY = (
    "geometry",
    "kernels",
    "kernels.mlp",
    "metrics",
    "metrics.filters",
    "networks",
    "own_data",
    "theory",
    "training",
)
"""Modules that users call with arrays. Other public modules serve the app and the command line."""


def takes_arrays(value: Any) -> bool:
    """Whether a function or class has a parameter that may be an array, by its annotations."""
    if not (inspect.isfunction(value) or inspect.isclass(value)) or (
        inspect.isclass(value) and issubclass(value, BaseException)
    ):
        return False
    kinds = [str(parameter.annotation) for parameter in inspect.signature(value).parameters.values()]
    return any(re.search(r"\bAny\b|ndarray|Tensor|ArrayLike", kind) for kind in kinds)


def test_no_public_function_that_takes_arrays_is_forgotten():
    found = {f"lazyrich.{name}" for name in ("train", "stream")}
    assert found <= {f"lazyrich.{name}" for name in lazyrich.__all__ if takes_arrays(getattr(lazyrich, name))}
    for name in LIBRARY:
        module = import_module(f"lazyrich.{name}")
        found |= {f"{name}.{public}" for public in module.__all__ if takes_arrays(getattr(module, public))}
    assert found - NO_ARRAYS.keys() == CALLS.keys()


def test_the_library_is_all_that_is_public_and_takes_arrays():
    others = {module.name for module in pkgutil.iter_modules(lazyrich.__path__)} - set(LIBRARY)
    below_or_above = {
        *(
            "arrays",
            "plain_numbers",
            "sweeps",
            "plain_values",
            "tasks",
            "experiments",
            "charts",
            "web",
            "cli",
            "__main__",
        ),
    }
    taking = set()
    for name in others - below_or_above:
        module = import_module(f"lazyrich.{name}")
        for public in getattr(module, "__all__", ()):
            value = getattr(module, public)
            if inspect.isfunction(value) and any(
                re.search(r"ndarray|Tensor|ArrayLike", str(p.annotation))
                for p in inspect.signature(value).parameters.values()
            ):
                taking.add(f"{name}.{public}")
    assert taking == set()


def places(call: Any) -> list[tuple[str, int | None]]:
    """Return the place of every array among the arguments: its name, and its index in a list of arrays."""
    return [
        (name, number)
        for name, value in call.arguments.items()
        for number in (range(len(value)) if isinstance(value, (list, tuple)) else [None])
    ]


def changed(arguments: Any, place: tuple[str, int | None], value: Any) -> dict[str, Any]:
    name, number = place
    if number is None:
        return {**arguments, name: value}
    parts = list(arguments[name])
    parts[number] = value
    return {**arguments, name: type(arguments[name])(parts)}


def at(arguments: Any, place: tuple[str, int | None]) -> np.ndarray:
    name, number = place
    return np.asarray(arguments[name] if number is None else arguments[name][number])


def called(call: Any, arguments: Any) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return call.function(**arguments, **call.fixed)


def flat(result: Any) -> list[np.ndarray]:
    """All arrays of a result."""
    if isinstance(result, dict):
        return [array for part in result.values() for array in flat(part)]
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in flat(part)]
    if hasattr(result, "__dataclass_fields__"):
        return flat([getattr(result, name) for name in result.__dataclass_fields__])
    return [result.detach().numpy() if isinstance(result, torch.Tensor) else np.asarray(result)]


def of_pandas(array: np.ndarray) -> Any:
    if array.ndim == 1:
        return pd.Series(array, dtype="Float64")
    return (
        pd.DataFrame(array).astype(dict.fromkeys(range(array.shape[1] // 2), "Float64")) if array.ndim == 2 else array
    )


READ = {
    "list": lambda array: array.tolist(),
    "arrays in a list": lambda array: list(array) if array.ndim else float(array),
    "big-endian": lambda array: array.astype(">f8"),
    "longdouble": lambda array: array.astype(np.longdouble),
    "objects": lambda array: array.astype(object),
    "pandas": of_pandas,
    "read-only": lambda array: np.broadcast_to(array, array.shape),
    "by columns": lambda array: np.array(array, order="F"),
    "masked nowhere": np.ma.asarray,
    "tensor": torch.tensor,
    "half": lambda array: torch.tensor(array).half(),
    "gradient": lambda array: torch.tensor(array, dtype=torch.float64, requires_grad=True),
    "parameter": lambda array: torch.nn.Parameter(torch.tensor(array, dtype=torch.float64)),
    "tensors in a list": lambda array: [torch.tensor(row) for row in array] if array.ndim else torch.tensor(array),
}


@pytest.mark.parametrize("name", CALLS)
def test_arrays_of_any_library_give_the_same_result(name):
    call = CALLS[name]
    right = flat(called(call, call.arguments))
    for place in places(call):
        for kind, made in READ.items():
            value = made(at(call.arguments, place))
            result = flat(called(call, changed(call.arguments, place, value)))
            assert len(result) == len(right)
            for ours, theirs in zip(result, right, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=f"{place} {kind}")


REFUSED = {
    "masked": lambda array: np.ma.array(array, mask=True),
    "complex": lambda array: array + 1j,
    "complex tensor": lambda array: torch.tensor(array) + 1j,
    "text": lambda array: array.astype(str),
    "text in objects": lambda array: array.astype(str).astype(object),
    "None": lambda array: None,
    "None among numbers": lambda array: np.where(array == array, None, array),
    "missing": lambda array: pd.Series([1, None] * max(1, array.size // 2), dtype="Int64"),
    "dates": lambda array: array.astype("M8[s]"),
    "records": lambda array: np.zeros(array.shape, dtype=[("x", float)]),
    "ragged": lambda array: [[1.0, 2.0], [1.0]],
    "set": lambda array: {1.0, 2.0},
    "generator": lambda array: (x for x in (1.0, 2.0)),
    "module": lambda array: torch.nn.Linear(2, 2),
    "sparse": lambda array: scipy.sparse.csr_array(array.reshape(1, -1)),
    "sparse tensor": lambda array: torch.tensor(array).reshape(1, -1).to_sparse(),
    "meta": lambda array: torch.tensor(array).to("meta"),
    "huge": lambda array: 10**400,
}


PARTS = ("X", "y", "X_test", "y_test", "W", "a", "module", "mine")
"""Names that a sentence may use for a part of an argument: of a task, a start, a module, or own data."""


def check_sentence(call: Any, error: Exception, what: str) -> None:
    """Fail unless an error was raised by lazyrich itself, in one sentence about one of the arguments."""
    last = error.__traceback__
    assert last is not None
    while last.tb_next is not None:
        last = last.tb_next
    file = last.tb_frame.f_code.co_filename
    line = linecache.getline(file, last.tb_lineno).strip()
    assert Path(file).is_relative_to(ROOT) and line.startswith("raise "), f"{what}: {type(error).__name__}: {error}"
    message = str(error)
    assert message.endswith(".") and "\n" not in message and len(message) < 400, message
    named = [*call.arguments, *PARTS]
    assert any(re.search(rf"\b{re.escape(argument)}\b", message) for argument in named), f"{what}: {message}"


@pytest.mark.parametrize("name", CALLS)
def test_arguments_that_are_no_array_of_numbers_are_refused_by_name(name):
    call = CALLS[name]
    for place in places(call):
        for kind, made in REFUSED.items():
            what = f"{name}, {place} {kind}"
            if kind == "None" and ((name, place[0]) in OPTIONAL or "rates" in place[0]):
                continue
            with pytest.raises(ValueError) as refused:
                called(call, changed(call.arguments, place, made(at(call.arguments, place))))
                pytest.fail(f"{what} was taken")
            check_sentence(call, refused.value, what)


OPTIONAL = {("own_data.Given", "X_test"), ("own_data.Given", "y_test")}

SHAPES = [
    (),
    (0,),
    (1,),
    (2,),
    (3,),
    (4,),
    (0, 2),
    (2, 0),
    (1, 1),
    (2, 2),
    (2, 3),
    (3, 2),
    (4, 2),
    (4, 4),
    (2, 3, 2),
    (1, 0, 2),
]
SIZES = [1.0, 0.0, -1.0, 1e-300, 1e-30, 1e30, 1e150, 1e300, 1.7e308, float("nan"), float("inf")]
TYPES = ["float64", "float32", "float16", "int64", "bool"]


@st.composite
def arrays(draw: st.DrawFn, like: tuple[int, ...]) -> Any:
    """An array of any shape, that of `like` more often than not, size and type, of numpy or torch."""
    shape = draw(st.one_of(st.just(like), st.sampled_from(SHAPES)))
    size, dtype, seed = draw(st.sampled_from(SIZES)), draw(st.sampled_from(TYPES)), draw(st.integers(0, 3))
    with np.errstate(all="ignore"):
        array = (np.random.default_rng(seed).normal(size=shape) * size).astype(dtype) if seed else np.full(shape, size)
    return torch.as_tensor(array) if draw(st.booleans()) else np.asarray(array)


@pytest.mark.parametrize("name", CALLS)
def test_any_shape_size_and_type_gives_a_result_or_a_sentence(name, request):
    call = CALLS[name]

    @settings(max_examples=300 if request.config.getoption("long") else 12)
    @given(st.data())
    def call_with(data: st.DataObject) -> None:
        arguments = dict(call.arguments)
        for place in data.draw(st.lists(st.sampled_from(places(call)), min_size=1, max_size=2, unique=True)):
            arguments = changed(arguments, place, data.draw(arrays(at(call.arguments, place).shape)))
        try:
            called(call, arguments)
        except (ValueError, CannotRun) as error:
            check_sentence(call, error, f"{name} of {arguments}")

    call_with()

"""Conversion of numbers and lists of other libraries to Python's own: numpy, torch, pandas, polars, JAX, OmegaConf.

    plain(np.float64(0.1))                 0.1
    entries(torch.linspace(0, 1, 3), 100)  [0.0, 0.5, 1.0]

People and programs write settings. A setting given as `np.float64(0.1)` is the same as 0.1: it has the same key, the
same address and the same JSON. None of these libraries is imported here; objects are recognised by their methods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import islice
from typing import Any


def plain(value: Any) -> Any:
    """Return a scalar of another library as Python's own, and anything else unchanged.

    Args:
        value: Anything. Scalars are objects without dimensions that have `item()`: numpy's scalars, arrays and tensors
            of shape (). A masked scalar has no value and stays as it is.

    Returns:
        A bool, int, float, complex or str for a scalar, else `value`.
    """
    if isinstance(value, (str, bytes)):
        return str(value) if isinstance(value, str) else value
    if not callable(getattr(value, "item", None)) or _shape(value) != () or _masked(getattr(value, "mask", False)):
        return value
    try:
        found = value.item()
    except Exception:  # each library raises its own errors, such as torch for a tensor without storage
        return value
    if isinstance(found, (bool, int, complex, str)):
        return found
    try:
        return float(found)  # also numpy's longdouble, whose item() is a longdouble again
    except (TypeError, ValueError, OverflowError):
        return value


def entries(value: Any, most: int) -> list[Any] | None:
    """Return the entries of a sequence in Python's own types, or None for what is no sequence.

    Args:
        value: A list, tuple, range, array or tensor of one dimension, Series, ListConfig, iterator, or anything else
            that iterates in order. Text, sets and mappings are no sequences: text is read elsewhere, a set has no
            order, and a mapping could mean its keys or its values.
        most: Largest number of entries that are read; an iterator may have no end.

    Returns:
        The entries, or None.
    """
    if isinstance(value, (str, bytes, bytearray, Set, Mapping)) or not isinstance(value, Iterable):
        return None
    if len((0,) if _shape(value) is None else _shape(value)) != 1:
        return None
    try:
        # iterating over a tensor would give tensors
        listed = _all_at_once(value, most) if hasattr(value, "tolist") else list(islice(value, most))
    except Exception:  # each library raises its own errors
        return None
    return [plain(entry) for entry in listed]


def short(value: Any) -> str:
    """Return how a sentence names what was given: one line of at most 40 characters."""
    try:
        text = " ".join(str(value).split())
    except Exception:  # what was given may be anything
        text = type(value).__name__
    return text if len(text) <= 40 else text[:40] + "…"


def _all_at_once(value: Any, most: int) -> list[Any]:
    return list(value.tolist() if len(value) <= most else value[:most].tolist())


def _shape(value: Any) -> Any:
    try:
        return tuple(value.shape)
    except (AttributeError, TypeError):
        return None


def _masked(mask: Any) -> bool:
    try:
        return bool(mask)
    except Exception:  # a mask of many entries belongs to no scalar
        return True

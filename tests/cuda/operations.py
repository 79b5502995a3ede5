"""Operations of torch, by what the emulated card must know of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import torch

aten = torch.ops.aten

ACROSS = {aten._to_copy.default, aten.copy_.default}
"""Operations that may have arguments on both devices."""

INDEXED = {aten.index.Tensor, aten.index_put_.default, aten._index_put_impl_.default}
"""Operations whose indices may be on the host."""

WAITING = {aten._local_scalar_dense.default, aten.equal.default, aten.nonzero.default, aten.masked_select.default}
"""Operations whose result the host has to wait for."""

PRODUCTS = {getattr(aten, name).default for name in ("mm", "bmm", "addmm", "baddbmm", "mv", "convolution")}
PRODUCTS |= {getattr(aten, name).out for name in ("mm", "bmm", "addmm", "baddbmm")}
"""Operations that a card may compute with fewer digits."""


def tensors_in(part: Any) -> list[torch.Tensor]:
    """Return all tensors among the arguments or results of an operation.

    Called at each launch, and far quicker than torch's own trees.
    """
    if isinstance(part, torch.Tensor):
        return [part]
    if isinstance(part, dict):
        part = part.values()
    elif not isinstance(part, (list, tuple)):
        return []
    return [tensor for one in part for tensor in tensors_in(one)]


def mapped(change: Callable[[torch.Tensor], Any], part: Any) -> Any:
    """Return the arguments or results of an operation with `change` applied to each tensor."""
    if isinstance(part, torch.Tensor):
        return change(part)
    if isinstance(part, dict):
        return {name: mapped(change, one) for name, one in part.items()}
    if isinstance(part, (list, tuple)):
        return (list if isinstance(part, list) else tuple)(mapped(change, one) for one in part)
    return part


class Rules(NamedTuple):
    """Facts about an operation, from the schema that torch keeps of it."""

    written: list[tuple[int, str]]
    """Position and name of each argument that it writes into."""

    view: bool
    """Whether its result is a view of an argument."""

    results: int


@cache
def rules_of(function: Any) -> Rules:
    """Return the facts about an operation. Cached: torch builds a schema anew each time it is read."""
    schema = function._schema
    written = [
        (place, rule.name)
        for place, rule in enumerate(schema.arguments)
        if rule.alias_info is not None and rule.alias_info.is_write
    ]
    view = any(rule.alias_info is not None and not rule.alias_info.is_write for rule in schema.returns)
    return Rules(written, view, len(schema.returns))


def picks_by_mask(function: Any, args: Any) -> bool:
    """Whether an operation takes a mask as index: the host then has to ask how many entries are true."""
    indices = (args[1] or ()) if function in INDEXED else ()
    return any(part is not None and part.dtype in (torch.bool, torch.uint8) for part in indices)

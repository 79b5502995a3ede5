"""A graphics card that is not there: tensors that say cuda:0, hold numbers of the CPU, and refuse what a card refuses.

    with Card() as card:
        torch.ones(3, device="cuda")            an OnCard
        card.launches, card.products, card.waits, card.captures, card.replays, card.emptied
        card.fail(torch.OutOfMemoryError("CUDA out of memory."), after=10)

What is refused: arrays of two devices in one operation, generators of the host, outputs that would have to be resized,
and, while a CUDA graph is recorded, whatever makes the host wait or takes new memory.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from lazyrich.arrays import plain_tensor

aten = torch.ops.aten

ACROSS = {aten._to_copy.default, aten.copy_.default}
"""Operations that may have arguments on both devices."""

INDEXED = {aten.index.Tensor, aten.index_put_.default, aten._index_put_impl_.default}
"""Those that take indices of the host."""

WAITING = {aten._local_scalar_dense.default, aten.equal.default, aten.nonzero.default, aten.masked_select.default}
"""Those whose result the host has to wait for."""


PRODUCTS = {getattr(aten, name).default for name in ("mm", "bmm", "addmm", "baddbmm", "mv", "convolution")}
PRODUCTS |= {getattr(aten, name).out for name in ("mm", "bmm", "addmm", "baddbmm")}
"""Those that a card may compute with fewer digits."""


def _tensors(part: Any) -> list[torch.Tensor]:
    """All tensors in what an operation takes or gives. Far quicker than torch's own trees, as each launch needs it."""
    if isinstance(part, torch.Tensor):
        return [part]
    if isinstance(part, dict):
        part = part.values()
    elif not isinstance(part, (list, tuple)):
        return []
    return [tensor for one in part for tensor in _tensors(one)]


def _changed(change: Callable[[torch.Tensor], Any], part: Any) -> Any:
    """The same with each tensor replaced by what `change` makes of it."""
    if isinstance(part, torch.Tensor):
        return change(part)
    if isinstance(part, dict):
        return {name: _changed(change, one) for name, one in part.items()}
    if isinstance(part, (list, tuple)):
        return (list if isinstance(part, list) else tuple)(_changed(change, one) for one in part)
    return part


class Rules(NamedTuple):
    """What the schema of an operation says: arguments that it writes into, by place and name, whether its result is a
    view, and how many results it has."""

    written: list[tuple[int, str]]
    view: bool
    results: int


@cache
def _rules(function: Any) -> Rules:
    """Read once, as each look at a schema makes it anew."""
    schema = function._schema
    written = [
        (place, rule.name)
        for place, rule in enumerate(schema.arguments)
        if rule.alias_info is not None and rule.alias_info.is_write
    ]
    view = any(rule.alias_info is not None and not rule.alias_info.is_write for rule in schema.returns)
    return Rules(written, view, len(schema.returns))


class OnCard(torch.Tensor):
    """A tensor on the card. To torch's C++ side it is on the CPU, so what is decided there is decided anew here."""

    card: Card
    held: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl
    device = property(lambda self: torch.device("cuda:0"))
    is_cuda = property(lambda self: True)
    is_cpu = property(lambda self: False)

    @staticmethod
    def __new__(cls, card: Card, held: torch.Tensor) -> OnCard:
        layout = {"strides": held.stride(), "storage_offset": held.storage_offset(), "dtype": held.dtype}
        made = torch.Tensor._make_wrapper_subclass(cls, held.shape, device="cpu", **layout)
        made.card, made.held = card, held
        return made

    def __init__(self, *_: Any):
        pass

    def to(self, *given: Any, copy: bool = False, **named: Any) -> torch.Tensor:
        if given and isinstance(given[0], torch.Tensor):
            given = (given[0].device, given[0].dtype, *given[1:])
        device, dtype = torch._C._nn._parse_to(*given, **named)[:2]
        dtype = dtype or self.dtype
        if device is not None and device.type == "cpu":
            self.card.wait("copy to the host")
            return self.held.detach().to(dtype, copy=True)
        return self if dtype == self.dtype and not copy else aten._to_copy.default(self, dtype=dtype)

    def cpu(self) -> torch.Tensor:
        return self.to("cpu")

    def double(self) -> torch.Tensor:
        return self.to(torch.float64)

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def numpy(self, *_: Any, **__: Any) -> Any:
        raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first")

    __array__ = numpy

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = _tensors((args, kwargs or {}))
        return next(part for part in found if isinstance(part, OnCard)).card.call(function, args, kwargs or {})


class Card:
    """The card and torch's doors to it, within a `with`."""

    def __init__(self) -> None:
        self.launches = self.products = self.captures = self.replays = self.emptied = self.asked = 0
        self.waits: Counter[str] = Counter()
        self.precisions: set[Any] = set()
        """How products were computed: float32 in matrices and in convolutions, and whether cuDNN was repeatable."""
        self.records = True
        """Whether it can record CUDA graphs."""
        self._error: Exception | None = None
        self._fails_at = 0
        self._here = threading.local()
        self._capturing = threading.Lock()
        self._patches = ExitStack()

    def fail(self, error: Exception | None, after: int = 0) -> None:
        """Raise this error at every launch after so many more."""
        self._error, self._fails_at = error, self.launches + after

    @property
    def tape(self) -> list[Any] | None:
        """What this thread records."""
        return getattr(self._here, "tape", None)

    def mode(self) -> TorchDispatchMode:
        """Has a thread see the card."""
        card = self

        class Mode(TorchDispatchMode):
            def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return card.call(function, args, kwargs or {})

        return Mode()

    def wait(self, what: str) -> None:
        """The host waits for the card."""
        if self.tape is not None:
            raise RuntimeError(f"CUDA error: operation not permitted when stream is capturing: {what}")
        self.waits[what] += 1

    def launch(self) -> None:
        """A kernel or a copy."""
        self.launches += 1
        if self._error is not None and self.launches > self._fails_at:
            raise self._error

    def call(self, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """One operation of torch."""
        arrays = _tensors((args, kwargs))
        here = [part for part in arrays if isinstance(part, OnCard)]
        asked = kwargs.get("device")
        if not here and asked is None:
            return function(*args, **kwargs)
        device = torch.device(asked or "cuda")
        if not here and device.type == "cpu":
            return function(*args, **kwargs)
        to_host = function is aten._to_copy.default and device.type == "cpu"
        self._refuse(function, args, kwargs, arrays)
        if function in PRODUCTS:
            self.products += 1
            digits = (torch._C._get_fp32_precision_getter("cuda", kind) for kind in ("matmul", "conv"))
            repeats = function is not aten.convolution.default or torch.backends.cudnn.deterministic
            self.precisions.add((*digits, repeats))
        rules = _rules(function)
        changed = [
            part
            for place, name in rules.written
            for part in _tensors(args[place] if place < len(args) else kwargs.get(name))
        ]
        if to_host or function in WAITING or _by_mask(function, args):
            self.wait(str(function))
        if function is aten.copy_.default and len(here) == 1:
            self.wait("copy across")
        if "device" in kwargs:
            kwargs = {**kwargs, "device": torch.device("cpu")}
        real_args, real_kwargs = _changed(lambda part: part.held if isinstance(part, OnCard) else part, (args, kwargs))
        if not rules.view:
            self.launch()
        if self.tape is not None and not rules.view:
            if len(here) < len([part for part in arrays if part.dim()]):
                raise RuntimeError("CUDA error: operation not permitted when stream is capturing: copy from the host")
            if not changed:
                raise RuntimeError(f"{function} takes new memory while it is recorded")
            self.tape.append((function, real_args, real_kwargs))
            return changed[0] if rules.results == 1 else tuple(changed)
        own = {id(part.held): part for part in changed if isinstance(part, OnCard)}
        before = [(part.held.data_ptr(), part.held.shape) for part in own.values()]
        found = function(*real_args, **real_kwargs)
        if before != [(part.held.data_ptr(), part.held.shape) for part in own.values()]:
            raise RuntimeError(f"{function}: an output was resized")
        if to_host or (function is aten.copy_.default and not own):
            return found
        return _changed(lambda part: own[id(part)] if id(part) in own else OnCard(self, part), found)

    def _refuse(self, function: Any, args: Any, kwargs: dict[str, Any], arrays: list[torch.Tensor]) -> None:
        """Raise what torch would."""
        of_host = [part for part in arrays if not isinstance(part, OnCard) and part.dim()]
        if function in INDEXED and isinstance(args[0], OnCard):
            of_host = [part for part in args[2:3] if not isinstance(part, OnCard) and part.dim()]
        mixed = of_host and len(of_host) < len(arrays) and function not in ACROSS
        if mixed or (function in ACROSS and function is not aten.copy_.default and len(arrays) > 1):
            raise RuntimeError(f"Expected all tensors to be on the same device, but {function} got two")
        if isinstance(kwargs.get("generator"), torch.Generator):
            raise RuntimeError("Expected a 'cuda' device type for generator but found 'cpu'")

    def __enter__(self) -> Card:
        def emptied() -> None:
            self.emptied += 1

        def asked() -> bool:
            self.asked += 1
            return True

        made, read, move = torch.tensor, torch.as_tensor, torch.Tensor.to

        def tensor(data: Any, *, dtype: Any = None, device: Any = None, **more: Any) -> torch.Tensor:
            there = made(data, dtype=dtype, **more)
            return there if device is None else there.to(device)

        def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> torch.Tensor:
            there = data if isinstance(data, torch.Tensor) else read(data, dtype=dtype)
            return there.to(device or there.device, dtype or there.dtype)

        def to(array: torch.Tensor, *given: Any, **named: Any) -> torch.Tensor:
            if given and isinstance(given[0], OnCard):
                given = (given[0].device, given[0].dtype, *given[1:])
            device, dtype = torch._C._nn._parse_to(*given, **{key: named[key] for key in named if key != "copy"})[:2]
            if device is not None and device.type == "cuda":
                return aten._to_copy.default(array, device=device, dtype=dtype or array.dtype)
            return move(array, *given, **named)

        refuse_subclass = plain_tensor._without_subclass

        def plain(name: str, given: torch.Tensor) -> torch.Tensor:
            return given if isinstance(given, OnCard) else refuse_subclass(name, given)

        # tensors of inference mode cannot be wrapped; that they have no history is all that is needed here
        def enter(mode: Any) -> None:
            mode.was = torch.is_grad_enabled()
            torch.set_grad_enabled(False)

        def leave(mode: Any, *_: object) -> None:
            torch.set_grad_enabled(mode.was)

        doors = {
            "is_available": asked,
            "_lazy_init": lambda: None,
            "get_device_name": lambda *_: "Pretended card",
            "device": lambda _: nullcontext(),
            "stream": lambda _: nullcontext(),
            "current_stream": lambda *_: None,
            "synchronize": lambda *_: None,
            "empty_cache": emptied,
            "CUDAGraph": lambda: Recording(self),
            "graph": _Capture,
        }
        for name, door in doors.items():
            self._patches.enter_context(patch.object(torch.cuda, name, door))
        self._patches.enter_context(patch.object(torch, "tensor", tensor))
        self._patches.enter_context(patch.object(torch, "as_tensor", as_tensor))
        self._patches.enter_context(patch.object(torch.Tensor, "to", to))
        # a real card's tensors are of no class of their own
        self._patches.enter_context(patch.object(plain_tensor, "_without_subclass", plain))
        self._patches.enter_context(patch.multiple(torch.inference_mode, __enter__=enter, __exit__=leave))
        self._patches.enter_context(self.mode())
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()


class Recording:
    """A CUDA graph."""

    def __init__(self, card: Card):
        self.card, self.tape = card, None

    def replay(self) -> None:
        if self.tape is None:
            raise RuntimeError("Called CUDAGraph::replay without a preceding successful capture.")
        self.card.replays += 1
        for function, args, kwargs in self.tape:
            self.card.launch()
            function(*args, **kwargs)


class _Capture:
    """torch.cuda.graph: one at a time in a process, and what is recorded has not happened."""

    def __init__(self, recording: Recording, capture_error_mode: str = "global"):
        self.recording, self.card = recording, recording.card

    def __enter__(self) -> None:
        if not self.card._capturing.acquire(blocking=False):
            raise RuntimeError("CUDA error: another stream is capturing")
        # long enough for another thread to get in the way
        time.sleep(0.02)
        self.card._here.tape = []

    def __exit__(self, kind: Any, *_: object) -> None:
        tape, self.card._here.tape = self.card._here.tape, None
        self.card._capturing.release()
        if not self.card.records:
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")
        if kind is None:
            self.recording.tape = tape
            self.card.captures += 1


def _by_mask(function: Any, args: Any) -> bool:
    """Whether an operation picks by truth values, so that the host has to ask how many there are."""
    indices = (args[1] or ()) if function in INDEXED else ()
    return any(part is not None and part.dtype in (torch.bool, torch.uint8) for part in indices)

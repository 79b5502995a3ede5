"""A graphics card that is emulated: tensors that say cuda:0, hold numbers of the CPU, and refuse what a card refuses.

    with Card() as card:
        torch.ones(3, device="cuda")            an OnCard
        card.launches, card.products, card.waits, card.captures, card.replays, card.emptied
        card.fail(torch.OutOfMemoryError("CUDA out of memory."), after=10)

The card refuses arrays of two devices in one operation, generators of the host, outputs that would have to be resized,
and, while a CUDA graph is recorded, operations that make the host wait or that allocate memory.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import ExitStack, nullcontext
from typing import Any
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from lazyrich.arrays import plain_tensor
from tests.cuda.operations import ACROSS, INDEXED, PRODUCTS, WAITING, aten, mapped, picks_by_mask, rules_of, tensors_in


class OnCard(torch.Tensor):
    """A tensor on the card.

    The C++ side of torch takes it for a tensor on the CPU, so methods that depend on the device are written anew here.
    """

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
        found = tensors_in((args, kwargs or {}))
        return next(part for part in found if isinstance(part, OnCard)).card.call(function, args, kwargs or {})


class Card:
    """The card. Within a `with` block, the functions of torch that reach a card reach this one."""

    def __init__(self) -> None:
        self.launches = self.products = self.captures = self.replays = self.emptied = self.asked = 0
        self.waits: Counter[str] = Counter()
        self.precisions: set[Any] = set()
        """Of products: the float32 precision of matrices and of convolutions, and whether cuDNN was deterministic."""
        self.records = True
        """Whether it can record CUDA graphs."""
        self._error: Exception | None = None
        self._fails_at = 0
        self._here = threading.local()
        self._capturing = threading.Lock()
        self._patches = ExitStack()

    def fail(self, error: Exception | None, after: int = 0) -> None:
        """Raise this error at every launch but the next `after`."""
        self._error, self._fails_at = error, self.launches + after

    @property
    def tape(self) -> list[Any] | None:
        """The operations that this thread records, or None while it records no graph."""
        return getattr(self._here, "tape", None)

    def mode(self) -> TorchDispatchMode:
        """Return a context in which a thread reaches the card."""
        card = self

        class Mode(TorchDispatchMode):
            def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return card.call(function, args, kwargs or {})

        return Mode()

    def wait(self, what: str) -> None:
        """Count a wait of the host for the card; an error while a graph is recorded."""
        if self.tape is not None:
            raise RuntimeError(f"CUDA error: operation not permitted when stream is capturing: {what}")
        self.waits[what] += 1

    def launch(self) -> None:
        """Count a kernel or a copy, and raise the error of `fail` when it is due."""
        self.launches += 1
        if self._error is not None and self.launches > self._fails_at:
            raise self._error

    def call(self, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Run one operation of torch by the rules of a card."""
        arrays = tensors_in((args, kwargs))
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
        rules = rules_of(function)
        changed = [
            part
            for place, name in rules.written
            for part in tensors_in(args[place] if place < len(args) else kwargs.get(name))
        ]
        if to_host or function in WAITING or picks_by_mask(function, args):
            self.wait(str(function))
        if function is aten.copy_.default and len(here) == 1:
            self.wait("copy across")
        if "device" in kwargs:
            kwargs = {**kwargs, "device": torch.device("cpu")}
        real_args, real_kwargs = mapped(lambda part: part.held if isinstance(part, OnCard) else part, (args, kwargs))
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
        return mapped(lambda part: own[id(part)] if id(part) in own else OnCard(self, part), found)

    def _refuse(self, function: Any, args: Any, kwargs: dict[str, Any], arrays: list[torch.Tensor]) -> None:
        """Raise the errors that torch raises for arguments on the wrong device."""
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

        # tensors made in inference mode cannot be wrapped; these tests only need tensors without history
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
        # plain_tensor refuses subclasses of Tensor, but tensors of a real card are not of a subclass
        self._patches.enter_context(patch.object(plain_tensor, "_without_subclass", plain))
        self._patches.enter_context(patch.multiple(torch.inference_mode, __enter__=enter, __exit__=leave))
        self._patches.enter_context(self.mode())
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()


class Recording:
    """A CUDA graph: replaying it repeats the recorded operations."""

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
    """torch.cuda.graph: records operations without running them, one graph at a time in a process."""

    def __init__(self, recording: Recording, capture_error_mode: str = "global"):
        self.recording, self.card = recording, recording.card

    def __enter__(self) -> None:
        if not self.card._capturing.acquire(blocking=False):
            raise RuntimeError("CUDA error: another stream is capturing")
        # gives another thread the time to start a recording too
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

"""Choose the device of a run, handle a graphics card that fails, and record the environment of the run.

    @devices.guarded
    def frames(config: Config) -> Iterator[Frame]:
        device = devices.choose(config.device, flops_per_step)

A card that torch sees may be unusable: too old for this build of torch, taken by another program, out of memory. Each
process therefore tests the card once, when a run first needs it, and a run with device="auto" falls back to the CPU.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

import torch

from lazyrich.config.schema import Config
from lazyrich.frame import CannotRun, Frame
from lazyrich.training.precision import full_precision
from lazyrich.version import __version__

MIN_CARD_FLOPS = 5e6
"""Operations of a gradient step below which a graphics card is not faster, because launching its kernels costs more."""

REMEDY: Final = {"device": "cpu"}

OF_A_CARD: Final = re.compile(
    r"(cuda(rt)?|hip|cu(blas|blaslt|dnn|solver|fft|sparse|rand)|nvrtc|nvml|magma)(?![a-z0-9]|:\d)"
    r"|no cuda gpus|found no nvidia driver|the nvidia driver|no kernel image|unexpected error from cuda"
    r"|cannot re-initialize cuda|unable to find a valid cudnn|(find|get) was unable to find an engine"
    r"|torch not compiled with cuda",
    re.IGNORECASE,
)
"""First words of torch's messages for errors of a card, its driver and its libraries, which have no exception class of
their own. An error of placement ("expected all tensors to be on the same device") is not among them, as that would be
an error of this program."""

WANT_OF_MEMORY: Final = re.compile("out of memory|alloc_failed|memory allocation", re.IGNORECASE)

P = ParamSpec("P")
C = TypeVar("C", bound=Config)


class CardFailed(CannotRun):
    """A graphics card cannot be used, or not any more; another process may still use it.

    why: torch's message, in one line.
    """

    lasting = False

    def __init__(self, message: str, remedy: Any = None, why: str = ""):
        super().__init__(message, REMEDY if remedy is None else remedy)
        self.why = why


class _Card:
    """State of the card in this process. tried: whether it passed the test. off: reason for not using it any more."""

    tried = False
    off = ""

    @classmethod
    def forget(cls) -> None:
        """Reset the state to that of a new process."""
        cls.tried, cls.off = False, ""


if hasattr(os, "register_at_fork"):
    # a forked child cannot use the card of its parent, and must test it again
    os.register_at_fork(after_in_child=_Card.forget)


def choose(asked: Literal["auto", "cpu", "cuda"], flops_per_step: float) -> torch.device:
    """Return the device for a run. "auto" chooses CUDA if a card exists and a step has enough work for it.

    The setting and the size of a step are checked first: a run on the CPU must not initialise CUDA, because a process
    cannot be forked after that.

    Args:
        asked: The setting `device`.
        flops_per_step: Floating-point operations of a gradient step.

    Returns:
        The device.

    Raises:
        CannotRun: If "cuda" was asked for and no card exists.
        CardFailed: If a card exists and cannot be used; `guarded` then starts an "auto" run again on the CPU.
    """
    if asked == "cpu" or (asked == "auto" and flops_per_step < MIN_CARD_FLOPS):
        return torch.device("cpu")
    if not _Card.off and not torch.cuda.is_available():
        if asked == "auto":
            return torch.device("cpu")
        raise CannotRun("device was cuda, but this machine has no CUDA device: choose cpu.", REMEDY)
    _try_card()
    return torch.device("cuda")


def environment(device: torch.device, dtype: str) -> dict[str, str]:
    """Return the environment of a run: versions, device and precision."""
    return {
        "lazyrich": __version__,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "dtype": dtype,
    }


@contextmanager
def on_device() -> Iterator[None]:
    """Compute with full precision, and turn errors of a graphics card into CardFailed.

    A card that failed for any reason but lack of memory is not used again in this process: every further call to CUDA
    would fail, or give wrong numbers.
    """
    failed = None
    with full_precision:
        try:
            yield
        except Exception as error:
            failed = _failure(error)
            if failed is None:
                raise
    if failed is not None:
        raise failed


def guarded(
    frames: Callable[Concatenate[C, P], Iterator[Frame]],
) -> Callable[Concatenate[C, P], Iterator[Frame]]:
    """Decorate the frames of an experiment: compute with full precision, and handle a card that fails.

    A run with device="auto" whose card fails before its first frame starts again on the CPU, and its environment gives
    the reason. In all other cases CardFailed is raised, so that frames of two devices never mix in one run.
    """

    @wraps(frames)
    def run(config: C, *given: P.args, **named: P.kwargs) -> Iterator[Frame]:
        rest = frames(config, *given, **named)
        why = ""
        try:
            frame = _next(rest)
        except CardFailed as failed:
            if getattr(config, "device", "cpu") != "auto":
                raise
            why = failed.why
        if why:
            free()
            rest = frames(config.changed(**REMEDY), *given, **named)
            frame = _with_reason(_next(rest), why)
        on_card = _on_card(config, frame)
        try:
            while frame is not None:
                yield frame
                step = frame.step
                try:
                    frame = _next(rest)
                except CardFailed as failed:
                    raise CardFailed(_sentence(failed.why, step), why=failed.why) from None
        finally:
            if on_card:
                del rest
                free()

    return run


def _next(frames: Iterator[Frame]) -> Frame | None:
    with on_device():
        return next(frames, None)


def _on_card(config: Config, first: Frame | None) -> bool:
    """Return whether a run uses a graphics card, from its first frame or, if it continues a run, from its config."""
    if first is None or first.header is None:
        return getattr(config, "device", "cpu") == "cuda"
    return not first.header.environment["device"].startswith("cpu")


def _with_reason(first: Frame | None, why: str) -> Frame | None:
    """Return the first frame of a run that fell back to the CPU, with the reason in its environment."""
    if first is None or first.header is None:
        return first
    device = f"cpu, because the graphics card could not be used: {why}"
    return replace(first, header=replace(first.header, environment={**first.header.environment, "device": device}))


def _sentence(why: str, step: int | None = None) -> str:
    if step is None:
        return f"The graphics card could not be used: {why}. Choose device cpu."
    return f"The graphics card failed after step {step:,}: {why}. The frames before are kept; choose device cpu."


def _failure(error: Exception) -> CardFailed | None:
    """Return the message of an error of a card; None if it is another error."""
    by_class = isinstance(error, (torch.OutOfMemoryError, torch.AcceleratorError, torch.cuda.CudaError))
    of_a_card = by_class or (isinstance(error, (RuntimeError, AssertionError)) and OF_A_CARD.match(str(error)))
    return _failed(error) if of_a_card and not isinstance(error, CannotRun) else None


def _failed(error: Exception) -> CardFailed:
    if isinstance(error, torch.OutOfMemoryError) or WANT_OF_MEMORY.search(str(error)):
        why = "it has too little memory free"
    else:
        # further lines are positions in torch's sources
        why = str(error).strip().partition("\n")[0].rstrip(".")[:200] or type(error).__name__
        _Card.off = why
    return CardFailed(_sentence(why), why=why)


def _try_card() -> None:
    """Compute a product and a ReLU on the card and compare them with the CPU's; once in a process."""
    if _Card.off:
        raise CardFailed(_sentence(_Card.off), why=_Card.off)
    if _Card.tried:
        return
    # small whole numbers, which every precision represents exactly
    numbers = torch.arange(64, dtype=torch.float32, device="cpu").remainder(7).sub(3).view(8, 8)
    failed = None
    try:
        found = torch.relu(numbers.to("cuda") @ numbers.T.to("cuda")).to("cpu")
    except Exception as error:
        # any exception: a driver that cannot be loaded raises errors of its own
        failed = _failed(error)
    else:
        if not torch.equal(found, torch.relu(numbers @ numbers.T)):
            failed = _failed(RuntimeError("it computes wrong numbers"))
    if failed is not None:
        raise failed
    _Card.tried = True


def free() -> None:
    """Return unused memory of the card to other processes; torch would keep it."""
    # a card that has failed raises an error here, too
    with suppress(Exception):
        torch.cuda.empty_cache()

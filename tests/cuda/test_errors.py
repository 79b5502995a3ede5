"""Errors of a card are told from all other errors, and runs on the CPU never query the card."""

from __future__ import annotations

import pytest
import torch

from lazyrich import (
    train,
)
from lazyrich.experiments.common import device
from lazyrich.frame import CannotRun
from tests.cuda.card import Card
from tests.cuda.runs import AUTO


@pytest.mark.parametrize(
    "text",
    [
        "CUDA error: device-side assert triggered",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle)`",
        "cuBLAS error: 13",
        "CUBLAS_STATUS_INTERNAL_ERROR",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDNN_STATUS_NOT_SUPPORTED",
        "cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnCreate(handle)`",
        "cuFFT error: CUFFT_INTERNAL_ERROR",
        "CUDA driver error: unknown error",
        "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, use 'spawn'",
        "No CUDA GPUs are available",
        "Unable to find a valid cuDNN algorithm to run convolution",
    ],
)
def test_errors_of_a_card_are_distinguished_from_others(text):
    for error in (RuntimeError(text), torch.AcceleratorError(text)):
        device._Card.forget()
        with pytest.raises(device.CardFailed), device.on_device():
            raise error
        assert device._Card.off
    for memory in (
        "CUDA out of memory. Tried",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when",
    ):
        device._Card.forget()
        with pytest.raises(device.CardFailed, match="too little memory"), device.on_device():
            raise RuntimeError(memory)
        assert not device._Card.off
    for other in (
        RuntimeError("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory"),
        ValueError("CUDA error: no"),
        CannotRun("CUDA is a word"),
    ):
        with pytest.raises(type(other)) as raised, device.on_device():
            raise other
        assert raised.value is other and not device._Card.off


def test_runs_on_the_cpu_do_not_query_a_card(monkeypatch):
    with Card() as card:
        train(AUTO["descent"].changed(device="cpu"))
        monkeypatch.setattr(device, "MIN_CARD_FLOPS", 5e6)
        assert train(AUTO["descent"]).environment["device"] == "cpu"
        assert card.asked == card.launches == card.emptied == 0

"""Every experiment that chooses a device, on a card that is not there (card.py): the CPU's numbers, and what becomes of
a run whose card fails."""

from __future__ import annotations

import gc
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import torch

from lazyrich import (
    DeepNetwork,
    Filters,
    Grokking,
    Hierarchy,
    PhasePortrait,
    StudentTeacher,
    kernels,
    own_data,
    phase_portrait,
    stream,
    train,
)
from lazyrich.__main__ import main
from lazyrich.experiments import registry
from lazyrich.experiments.common import device
from lazyrich.frame import CannotRun
from lazyrich.kernels import mlp
from lazyrich.results.train import IncompleteRunWarning
from lazyrich.training import Descent, Flow, descent, flow, precision, small_network
from tests.cuda.card import Card

STUDENT = {"width": 6, "samples": 8, "test_samples": 8}
ALPHAS = {"alphas": (1.0, 2.0), "seeds": 1}
EXAMPLES = {
    "descent": StudentTeacher(steps=15, dimension=2, **STUDENT),
    "leaky": StudentTeacher(steps=15, dimension=3, leak=0.1, dtype="float32", twin=True, noise=0.5, **STUDENT),
    "flow": StudentTeacher(steps=15, tau=1.0, method="flow", **STUDENT),
    "deep-network": DeepNetwork(steps=12, width=8, samples=32, depth=3, dtype="float64", **ALPHAS),
    "filters": Filters(steps=5, samples=200, test_samples=100, batch=16, **ALPHAS),
    "hierarchy": Hierarchy(
        sizes=(32,), width=8, test_samples=32, steps=20, levels=2, vocabulary=4, synonyms=4, **ALPHAS
    ),
    "grokking": Grokking(p=5, width=8, steps=60, dtype="float64", **ALPHAS),
    "quadratic": Grokking(p=5, width=8, steps=60, optimiser="adamw", loss="cross-entropy", activation="quadratic"),
    "phase-portrait": PhasePortrait(
        seeds=1, x_points=2, y_points=2, tau=(1.0, 2.0), at=(10, 30), dimension=2, samples=12, width=6, test_samples=8
    ),
}
AUTO = {name: config for name, config in EXAMPLES.items() if config.device == "auto"}


@pytest.fixture(autouse=True)
def one_engine(monkeypatch):
    """Train on the CPU as on a card: alone, a small network would train in numpy there, whose last digits differ."""
    monkeypatch.setattr(small_network, "MAX_PRODUCTS", 0)


BROKEN = torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device\nCUDA kernel")
FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB. GPU 0 has a total capacity of 1 GiB")


@pytest.fixture(autouse=True)
def as_in_a_new_process(monkeypatch):
    monkeypatch.setattr(device, "ENOUGH_FLOPS", 0)
    device._Card.forget()
    yield
    device._Card.forget()


def numbers(frame):
    """All numbers of a frame by name."""
    named = {**frame.arrays, **frame.chart_data, **(frame.table or {}), **(frame.header.arrays if frame.header else {})}
    return {"step": frame.step, "time": frame.time, **frame.metrics, **named}


def assert_same(frames, others, tolerance=0.0):
    assert len(frames) == len(others)
    for frame, other in zip(frames, others, strict=True):
        mine, theirs = numbers(frame), numbers(other)
        assert mine.keys() == theirs.keys()
        for name, values in mine.items():
            np.testing.assert_allclose(values, theirs[name], rtol=tolerance, atol=tolerance, err_msg=name)


@cache
def on_cpu(config):
    return list(config.changed(device="cpu").frames())


def test_every_experiment_that_chooses_a_device_is_here():
    choosing = {name for name, config in registry.items() if "device" in config.parameters()}
    assert {config.name for config in EXAMPLES.values()} == choosing


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_card_gives_the_numbers_of_the_cpu(name):
    config = EXAMPLES[name]
    with Card() as card:
        frames = list(config.changed(device="cuda").frames())
    assert frames[0].header.environment["device"] == "Pretended card"
    # far more than the trial and what is measured at the start
    assert card.products > 40 and card.emptied == 1
    assert card.precisions == {("ieee", "ieee", True)}
    # networks of other layers are trained side by side there and one by one here
    assert_same(frames, on_cpu(config), 1e-6 if name == "deep-network" else 0.0)


@pytest.mark.parametrize("name", AUTO)
def test_an_auto_run_whose_card_cannot_be_used_is_computed_on_the_cpu_and_says_why(name):
    config = AUTO[name]
    with Card() as card:
        card.fail(BROKEN)
        result = train(config)
        launches = card.launches
        assert next(stream(config)).header.environment == result.environment
        assert card.launches == launches, "each process tries the card once"
    assert_same(result.frames, on_cpu(config))
    assert result.environment["device"].startswith("cpu, because the graphics card could not be used: CUDA error: no k")
    assert "\n" not in result.environment["device"]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("after", [0, 15])
def test_a_run_on_cuda_whose_card_fails_ends_with_a_sentence(name, after):
    with Card() as card:
        card.fail(BROKEN, after)
        with pytest.raises(CannotRun, match=r"^The graphics card .*no kernel image.*hoose device cpu\.$") as raised:
            list(stream(EXAMPLES[name].changed(device="cuda")))
    assert raised.value.remedy == {"device": "cpu"}
    assert not raised.value.lasting


@pytest.mark.parametrize("name", ["descent", "deep-network", "hierarchy"])
def test_a_card_without_memory_before_the_first_frame_is_left_for_this_run_alone(name):
    config = AUTO[name]
    with Card() as card:
        # later than the trial, which is two copies there, a product, a ReLU and a copy back
        card.fail(FULL, after=8)
        result = train(config)
        assert "too little memory" in result.environment["device"] and result.environment["device"].startswith("cpu")
        assert_same(result.frames, on_cpu(config))
        assert card.emptied, "what the first try took is given back"
        card.fail(None)
        assert train(config).environment["device"] == "Pretended card"


@pytest.mark.parametrize("error", [BROKEN, FULL])
def test_frames_of_two_devices_never_mix(error):
    config = AUTO["descent"]
    with Card() as card:
        run = config.frames()
        kept = [next(run)]
        to_the_first = card.launches
        kept += [next(run) for _ in range(3)]
        card.fail(error)
        with pytest.raises(CannotRun, match=rf"^The graphics card failed after step {kept[-1].step:,}: ") as raised:
            next(run)
        assert raised.value.remedy == {"device": "cpu"}
        assert_same(kept, on_cpu(config)[:4])
        card.fail(None)
        # want of memory passes, anything else does not
        on_card = train(config).environment["device"] == "Pretended card"
        assert on_card == (error is FULL)
        device._Card.forget()
        card.fail(error, after=to_the_first + 20)
        with pytest.warns(IncompleteRunWarning, match="The frames before are kept"):
            result = train(config)
    assert result.status == "failed" and result.frames


def test_a_card_that_computes_wrong_numbers_is_not_used(monkeypatch):
    with Card() as card:
        call = card.call

        def wrong(function, *given):
            found = call(function, *given)
            return found.neg() if "relu" in str(function) and found.is_cuda else found

        monkeypatch.setattr(card, "call", wrong)
        assert "wrong numbers" in train(AUTO["descent"]).environment["device"]


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
def test_errors_of_a_card_are_told_from_others(text):
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


def test_what_is_on_the_cpu_does_not_ask_for_a_card(monkeypatch):
    with Card() as card:
        train(AUTO["descent"].changed(device="cpu"))
        monkeypatch.setattr(device, "ENOUGH_FLOPS", 5e6)
        assert train(AUTO["descent"]).environment["device"] == "cpu"
        assert card.asked == card.launches == card.emptied == 0


def test_torch_itself_on_a_card_that_it_cannot_use(monkeypatch, capsys):
    """No emulation: a torch that was built for the CPU is told that there is a card."""
    if torch.backends.cuda.is_built():
        pytest.skip("this torch can use a card")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    result = train(AUTO["descent"])
    assert result.environment["device"].startswith("cpu, because the graphics card could not be used: ")
    assert_same(result.frames, on_cpu(AUTO["descent"]))
    command = ["student-teacher", "--width", "6", "--samples", "8", "--steps", "20"]
    assert main([*command, "--device", "auto"]) == 0
    assert "\nComputed on the CPU, because the graphics card could not be used: " in capsys.readouterr().out
    assert main([*command, "--device", "cuda"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("The graphics card could not be used: ") and said.count("\n") == 1


def test_a_portrait_on_any_executor(monkeypatch):
    config = EXAMPLES["phase-portrait"].changed(device="cuda")
    with Card() as card:
        here = phase_portrait(config)
        assert card.emptied == 1
        with ThreadPoolExecutor(2, initializer=lambda: card.mode().__enter__()) as threads:
            there = phase_portrait(config, threads)
            card.fail(BROKEN)
            with pytest.raises(CannotRun, match="could not be used") as raised:
                phase_portrait(config, threads)
    assert raised.value.remedy == {"device": "cpu"}
    assert here.equals(there) and here.equals(phase_portrait(config.changed(device="cpu")))


def problem(on=None, dimension=3):
    draw = np.random.default_rng(0)
    arrays = (draw.normal(size=shape) for shape in ((8, dimension), (8,), (6, dimension), (6,)))
    return [torch.from_numpy(array).to(on or "cpu") for array in arrays]


def test_networks_with_rates_and_times_of_their_own():
    X, y, W, a = problem()
    W, a = torch.stack([W, W / 2, 2 * W]), torch.stack([a, a, a])
    with Card():
        rates, times = [0.05, 0.02, 0.01], [[0.01, 0.1], [0.02, 0.3], [0.03, 0.1]]
        there = [part.to("cuda") for part in (X, y, W, a)]
        stepped, flowed = descent(*there, rates, [0, 7, 70]), flow(*there, times)
        found = [part.cpu() for made in (stepped, flowed) for part in (made.W, made.a, made.loss)]
    stepped, flowed = descent(X, y, W, a, rates, [0, 7, 70]), flow(X, y, W, a, times)
    expected = [part for made in (stepped, flowed) for part in (made.W, made.a, made.loss)]
    assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))


@pytest.mark.parametrize("own", ["arrays", "file"])
def test_a_run_on_own_data_falls_back_with_them(own, tmp_path):
    X, y, W, a = (part.numpy() for part in problem())
    config = StudentTeacher(steps=15, dimension=3, width=6)
    task = (X, y)
    if own == "file":
        np.savez(tmp_path / "mine.npz", X=X, y=y)
        task = own_data.read(tmp_path / "mine.npz")
    with Card() as card:
        card.fail(BROKEN)
        result = train(config, task=task, start=(W, a))
    assert "no kernel image" in result.environment["device"]
    assert_same(result.frames, list(stream(config.changed(device="cpu"), task=task, start=(W, a))))
    np.testing.assert_array_equal(result.weights(0)["W"], W)


def test_recordings_of_two_threads_do_not_collide():
    together = threading.Barrier(2)
    found = []
    with Card() as card:

        def work():
            with card.mode():
                run = Descent(*problem("cuda"), 0.05)
                together.wait(10)
                run.advance(203)
                found.append(run.W.cpu())

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    run = Descent(*problem(), 0.05)
    run.advance(203)
    assert card.captures == 2
    assert len(found) == 2 and all(torch.equal(W, run.W) for W in found)


def test_what_is_computed_on_a_card_has_all_digits_and_leaves_the_caller_its_settings():
    X, y, W, a = problem()
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)).double()
    levels = precision.LEVELS
    with Card() as card:
        before = [torch._C._get_fp32_precision_getter(*level) for level in levels]
        X, y, W, a = (part.to("cuda") for part in (X, y, W, a))
        run, flow = Descent(X, y, W, a, 0.05), Flow(X, y, W, a)
        run.advance(2)
        flow.to(0.1)
        run.loss(), flow.loss()
        K = kernels.two_layer_ntk(X, W, a)
        kernels.KernelDistance(X, W, a)(W, a)
        kernels.kernel_distance(K, K)
        kernels.largest_stable_rate(X, W, a)
        mlp.mlp_ntk(X, [W, a[None]])
        mlp.MLPKernelDistance(X, [W, a[None]])([W, a[None]])
        assert card.precisions == {("ieee", "ieee", True)}
        assert [torch._C._get_fp32_precision_getter(*level) for level in levels] == before
        assert "tf32" in before
    assert kernels.ntk(module, problem()[0]).shape == (8, 8)


@pytest.mark.parametrize("dimension", [2, 3])
def test_steps_that_cannot_be_recorded_are_taken_one_by_one(dimension):
    expected = Descent(*problem(dimension=dimension), 0.05)
    with Card() as card:
        card.records = False
        run = Descent(*problem("cuda", dimension), 0.05)
        for steps in (203, 117):
            run.advance(steps)
            expected.advance(steps)
            assert torch.equal(run.W.cpu(), expected.W)
        card.records = True
        run.advance(203)
        expected.advance(203)
        assert torch.equal(run.W.cpu(), expected.W)
    assert card.captures == card.replays == 0


def test_the_card_refuses_what_a_card_refuses():
    with Card() as card:
        there, host = torch.ones(3, 3, device="cuda"), torch.ones(3, 3)
        with pytest.raises(RuntimeError, match="same device"):
            there + host
        with pytest.raises(RuntimeError, match="same device"):
            torch.mm(there, there, out=host)
        with pytest.raises(RuntimeError, match="generator"):
            torch.rand(3, device="cuda", generator=torch.Generator())
        with pytest.raises(RuntimeError, match="resized"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.mm(there, there, out=torch.empty(1, device="cuda"))
        with pytest.raises(TypeError, match="convert cuda:0"):
            np.asarray(there)
        for wait in (
            lambda: float(there.sum()),
            lambda: there[there > 0],
            lambda: there.cpu(),
            lambda: there.add_(1)[host.long()],
        ):
            recording = torch.cuda.CUDAGraph()
            before = sum(card.waits.values())
            with pytest.raises(RuntimeError, match=r"captur|memory"), torch.cuda.graph(recording):
                wait()
            assert sum(card.waits.values()) == before
        assert float(there.sum()) == 9 and sum(card.waits.values()) == 1
    gc.collect()

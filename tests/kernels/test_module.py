"""Kernels of torch modules of every kind: against automatic differentiation, or refused in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lazyrich.kernels import ntk


def brute(module, inputs):
    """The kernel from one backward pass for each input."""
    rows = []
    for x in inputs:
        module.zero_grad()
        module(x[None]).sum().backward()
        rows.append(torch.cat([p.grad.flatten().clone() for p in module.parameters()]))
    J = torch.stack(rows)
    return J @ J.T


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.out = nn.Embedding(7, 4), nn.Linear(4, 1)

    def forward(self, tokens):
        return self.out(self.table(tokens).mean(1).tanh())


class Gives(nn.Module):
    """A module whose output is made by `make` from one number."""

    def __init__(self, make):
        super().__init__()
        self.layer, self.make = nn.Linear(3, 1), make

    def forward(self, x):
        return self.make(self.layer(x))


class LooksAtItsNumbers(nn.Module):
    """A module that vmap cannot map: it branches on a number."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, x):
        value = self.layer(x)
        return value.tanh() if float(value) > 0 else value


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8, list, torch.tensor])
def test_tokens_are_left_alone(kind):
    torch.manual_seed(0)
    tokens = np.array([[1, 2, 3], [6, 0, 2], [5, 5, 5], [1, 2, 4]])
    given = tokens.tolist() if kind is list else kind(tokens)
    module = Tokens()
    np.testing.assert_allclose(ntk(module, given), brute(module, torch.tensor(tokens)).numpy(), rtol=1e-5)


def test_whole_numbers_become_floats_for_modules_of_floats():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    X = [[1, 2, 3], [0, 1, 0]]
    np.testing.assert_allclose(ntk(module, X), ntk(module, np.array(X, dtype=float)), rtol=1e-14)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("numpy", [True, False])
def test_modules_of_half_precision_are_computed_in_float32_and_stay_as_they_are(dtype, numpy):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).to(dtype)
    X = torch.randn(5, 3)
    wide = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    wide.load_state_dict(module.state_dict())
    right = brute(wide, X)
    K = ntk(module, X.numpy() if numpy else X)
    np.testing.assert_allclose(K, right.numpy(), rtol=1e-5)
    assert isinstance(K, np.ndarray) == numpy and module[0].weight.dtype == dtype


def test_a_module_that_looks_at_its_numbers_is_differentiated_input_by_input():
    torch.manual_seed(0)
    module, X = LooksAtItsNumbers(), torch.randn(6, 3)
    torch.testing.assert_close(ntk(module, X), brute(module, X), rtol=1e-5, atol=1e-6)


def test_batch_normalisation_and_dropout_in_evaluation_mode_are_fine_and_left_alone():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 1))
    module(torch.randn(20, 3))
    module.eval()
    state = {name: part.clone() for name, part in module.state_dict().items()}
    X = torch.randn(5, 3)
    torch.testing.assert_close(ntk(module, X), brute(module, X), rtol=1e-4, atol=1e-5)
    assert all(torch.equal(part, state[name]) for name, part in module.state_dict().items())


class NoDerivative(torch.autograd.Function):
    """An operation whose derivative nobody wrote."""

    @staticmethod
    def forward(ctx, value):
        return value.exp()

    @staticmethod
    def backward(ctx, gradient):
        raise NotImplementedError("there is none")


SENTENCES = {
    "batch normalisation": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)),
        r"'1' \(BatchNorm1d\) in training mode.*call module.eval\(\)",
    ),
    "batch statistics": (
        lambda: nn.Sequential(nn.BatchNorm1d(3, track_running_stats=False), nn.Linear(3, 1)).eval(),
        "without running statistics",
    ),
    "dropout": (lambda: nn.Sequential(nn.Dropout(), nn.Linear(3, 1)), r"outputs are random: call module.eval\(\)"),
    "a random output": (
        lambda: Gives(lambda value: nn.functional.dropout(value)),
        r"draws random numbers or changes with each call: call module.eval\(\)",
    ),
    "a random output in evaluation mode": (
        lambda: Gives(lambda value: nn.functional.dropout(value)).eval(),
        "draws random numbers or changes with each call: take out what does so",
    ),
    "chance that is not torch's": (
        lambda: Gives(lambda value: value * np.random.default_rng().normal()),
        "changes with each call",
    ),
    "random slopes": (lambda: nn.Sequential(nn.Linear(3, 1), nn.RReLU()), r"outputs are random: call module.eval\(\)"),
    "no gradient": (lambda: Gives(lambda value: value.detach()), "without a gradient: take no_grad"),
    "numpy": (lambda: Gives(lambda value: torch.from_numpy(value.detach().numpy())), "without a gradient"),
    "a module on several cards": (lambda: nn.DataParallel(nn.Linear(3, 1)), "give module.module"),
    "a scripted module": (lambda: torch.jit.script(nn.Linear(3, 1)), "got a scripted one: give what it was made from"),
    "chance without effect": (
        lambda: Gives(lambda value: value + 0 * torch.rand_like(value)),
        r"draws random numbers or changes with each call",
    ),
    "an operation without a derivative": (
        lambda: Gives(NoDerivative.apply),
        "must be differentiable by its parameters, which it is not: there is none",
    ),
    "a tuple": (lambda: Gives(lambda value: (value, value)), "a tensor, got a tuple: wrap it"),
    "a mapping": (lambda: Gives(lambda value: {"out": value}), "a tensor, got a dict: wrap it"),
    "None": (lambda: Gives(lambda value: None), "a tensor, got a NoneType"),
    "several outputs": (lambda: nn.Linear(3, 2), r"got one of shape \(1, 2\)"),
    "a whole number": (lambda: Gives(lambda value: (value > 0).long()), "a floating output"),
    "no parameters": (lambda: nn.ReLU(), "parameters that need a gradient, got none"),
    "frozen": (lambda: nn.Linear(3, 1).requires_grad_(False), "parameters that need a gradient, got none"),
    "another shape": (
        lambda: nn.Linear(4, 1),
        r"one of shape \(1, 3\) and type float32, which it refuses: mat1 and mat2",
    ),
    "tokens": (Tokens, "type float32, which it refuses"),
    "no numbers yet": (lambda: nn.LazyLinear(1), "parameters without numbers"),
    "meta": (lambda: nn.Linear(3, 1, device="meta"), "on the device meta"),
    "complex": (lambda: nn.Linear(3, 1, dtype=torch.complex64), "complex"),
    "a function": (lambda: len, "must be a torch.nn.Module, got a builtin_function"),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_modules_without_a_kernel_are_refused_in_one_sentence(what):
    make, pattern = SENTENCES[what]
    torch.manual_seed(0)
    with pytest.raises(ValueError, match=pattern) as refused:
        ntk(make(), np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32))
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.mark.parametrize("X", [np.zeros((0, 3)), 1.0, np.array(["a"]), np.ma.array(np.ones((2, 3)), mask=True)])
def test_invalid_inputs_are_refused(X):
    with pytest.raises(ValueError, match=r"^X must"):
        ntk(nn.Linear(3, 1), X)


def test_tokens_that_the_module_does_not_know_are_reported():
    with pytest.raises(ValueError, match="type int64, which it refuses: index out of range"):
        ntk(Tokens(), [[1, 99]])


class Counts(nn.Module):
    """A buffer that each call changes in place, which functorch does not allow."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return self.layer(x).tanh()


class SparseTokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 1, sparse=True)

    def forward(self, tokens):
        return self.table(tokens).sum()


def test_modules_with_counters_or_sparse_gradients_have_kernels_too():
    torch.manual_seed(0)
    X, module = torch.randn(4, 3), Counts()
    K = ntk(module, X)
    assert module.calls == 0
    torch.testing.assert_close(K, brute(module, X), rtol=1e-5, atol=1e-6)
    # the gradient of a sum of rows counts each token
    counts = torch.tensor([[2.0, 1, 0], [0, 0, 3]])
    torch.testing.assert_close(ntk(SparseTokens(), torch.tensor([[0, 0, 1], [2, 2, 2]])), counts @ counts.T)


def test_the_caller_s_modes_do_not_change_a_kernel():
    torch.manual_seed(0)
    module, X = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)), torch.randn(5, 3)
    K = ntk(module, X)
    for mode in (torch.autocast("cpu", dtype=torch.bfloat16), torch.inference_mode(), torch.no_grad()):
        with mode:
            assert torch.equal(ntk(module, X), K)


@pytest.mark.parametrize(
    "rates",
    [
        {"weight": -1.0},
        {"weight": np.nan},
        {"weight": np.inf},
        {"weight": "fast"},
        {"weight": None},
        [("weight", 1.0)],
        {3: 1.0},
    ],
)
def test_invalid_rates_are_refused(rates):
    with pytest.raises(ValueError, match=r"^learning_rates"):
        ntk(nn.Linear(3, 1), np.ones((2, 3)), rates)

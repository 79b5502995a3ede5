"""Training of two-layer networks on addition modulo p, many side by side, each on its own part of the table of sums.

f(a, b) = W2 phi(u_a + v_b), where u_a and v_b are columns of W1: inputs are one-hot, so the pre-activations of all p^2
sums are one broadcast sum instead of a product with the inputs, and its gradient is two sums over the table. Networks
that train on different sums then share all shapes, and the same pass gives their results on the other sums. Neurons are
innermost in memory, which makes these passes fastest.

    training = ModularAdditionTraining(W1, W2, train, learning_rate=0.3, weight_decay=5e-4)
    training.advance(25)
    training.marks().test_accuracy
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from lazyrich.tasks.modular import table

__all__ = ["BETAS", "MOMENTUM", "Evaluation", "ModularAdditionTraining"]

Optimiser = Literal["momentum", "adamw", "descent"]
Loss = Literal["mse", "cross-entropy"]
Activation = Literal["relu", "quadratic"]

MOMENTUM = 0.9
"""Momentum of heavy-ball descent."""

BETAS = (0.9, 0.98)
"""Decay rates of AdamW's averages of gradients and of their squares. The second is below its usual 0.999, as is common
on this task."""

EPSILON = 1e-8
"""Term that AdamW adds to the root of the squares."""

STACK = {"cpu": 300_000, "cuda": 100_000_000}
"""Number of pre-activations computed together: as many as the cache of a CPU holds, or as a graphics card needs to be
busy."""


class Evaluation(NamedTuple):
    """Results of networks (B,).

    They are mean losses, accuracies (in float64, so that 19 of 20 are 0.95), and which answers are correct
    (B, p, p). `dead` (B,) tells whether the output is 0 for every sum: steps that are too large can switch a ReLU
    network off, and its gradient is then 0.
    """

    train_loss: Tensor
    test_loss: Tensor
    train_accuracy: Tensor
    test_accuracy: Tensor
    correct: Tensor
    dead: Tensor


class ModularAdditionTraining:
    """Full-batch training of B networks f(a, b) = W2 phi(W1 x), x the one-hot a and b.

    Args:
        W1: First layers at the start (B, h, 2 p), copied.
        W2: Last layers at the start (B, p, h), copied.
        train: Whether a network trains on the sum (a, b), (B, p, p), equally many for all; the others are its test.
        learning_rate: Size of a step, above 0.
        weight_decay: "momentum" and "descent" add this times the weights to the gradient; "adamw" shrinks the weights
            by learning_rate x weight_decay separately.
        optimiser: "descent", "momentum" (heavy ball) or "adamw".
        loss: "mse" for half the squared distance to the one-hot sum, or "cross-entropy" of the softmax; means over the
            training sums.
        activation: "relu", or "quadratic" for phi(z) = z^2.
    """

    def __init__(
        self,
        W1: Tensor,
        W2: Tensor,
        train: Tensor,
        learning_rate: float,
        weight_decay: float = 0.0,
        optimiser: Optimiser = "momentum",
        loss: Loss = "mse",
        activation: Activation = "relu",
    ):
        networks, self._h, _ = W1.shape
        self._p, device, dtype = W2.shape[1], W1.device, W1.dtype
        self._sums = self._p**2
        # (B, 2 p, h): neurons innermost
        self._first, self._second = W1.transpose(1, 2).contiguous(), W2.contiguous().clone()
        self._learned = train.reshape(networks, 1, self._sums).to(device)
        self._n = int(self._learned[0].sum())
        self._weight = self._learned.to(dtype) / self._n
        self._labels = table(self._p)[1].to(device)
        self._one_hot = torch.eye(self._p, dtype=dtype, device=device)[:, self._labels]
        self._loss, self._activation = loss, activation
        self._update = _updates(optimiser, learning_rate, weight_decay)
        self._kept = [torch.zeros_like(part) for part in (self._first, self._second)]
        self._squares = [torch.zeros_like(part) for part in self._kept] if optimiser == "adamw" else self._kept
        self._done = 0
        together = max(1, STACK[device.type] // (self._sums * self._h))
        # stacks of at most two sizes, so that they share their buffers
        count = -(-networks // together)
        self._stacks = [
            part.tolist() for part in torch.arange(networks, dtype=torch.int64, device="cpu").tensor_split(count)
        ]
        quadratic = activation == "quadratic"
        sizes = {len(members) for members in self._stacks}
        self._buffers = {size: _Buffers(size, self._p, self._h, device, dtype, quadratic) for size in sizes}

    @property
    def W1(self) -> Tensor:
        """Return a copy of the first layers (B, h, 2 p)."""
        return self._first.transpose(1, 2).contiguous()

    @property
    def W2(self) -> Tensor:
        """Return a copy of the last layers (B, p, h)."""
        return self._second.clone()

    @torch.inference_mode()
    def advance(self, steps: int) -> None:
        """Train all networks for this many steps."""
        # loop over stacks outside and steps inside: the arrays of a stack stay in the cache
        for rows in self._slices():
            buffers = self._buffers[rows.stop - rows.start]
            layers = (self._first[rows], self._second[rows])
            kept, squares = [part[rows] for part in self._kept], [part[rows] for part in self._squares]
            weight = self._weight[rows]
            for step in range(self._done + 1, self._done + steps + 1):
                self._gradient(*layers, weight, buffers)
                for layer, slope, first, second in zip(layers, buffers.slopes, kept, squares, strict=True):
                    self._update(layer, slope, first, second, step)
        self._done += steps

    @torch.inference_mode()
    def evaluate(self) -> Evaluation:
        """Return the current results of every network."""
        parts = [self._evaluate(rows) for rows in self._slices()]
        return Evaluation(*(torch.cat(columns) for columns in zip(*parts, strict=True)))

    def _slices(self) -> Iterator[slice]:
        for members in self._stacks:
            yield slice(members[0], members[-1] + 1)

    def _forward(self, first: Tensor, second: Tensor, b: _Buffers) -> None:
        """Write outputs (B, p, sums) to b.outputs, activations to b.active."""
        p = self._p
        torch.add(first[:, :p, None], first[:, None, p:], out=b.pre)
        if self._activation == "quadratic":
            torch.mul(b.pre, b.pre, out=b.active)
        else:
            b.pre.clamp_min_(0)
        torch.bmm(second, b.flat.transpose(1, 2), out=b.outputs)

    def _gradient(self, first: Tensor, second: Tensor, weight: Tensor, b: _Buffers) -> None:
        """Write the gradient of the loss by both layers to b.slopes."""
        self._forward(first, second, b)
        if self._loss == "cross-entropy":
            torch.softmax(b.outputs, 1, out=b.outputs)
        b.outputs.sub_(self._one_hot).mul_(weight)
        torch.bmm(b.outputs, b.flat, out=b.slopes[1])
        torch.bmm(b.outputs.transpose(1, 2), second, out=b.back)
        if self._activation == "quadratic":
            b.back.mul_(b.pre.view_as(b.back)).mul_(2)
        else:
            torch.ops.aten.threshold_backward.grad_input(b.back, b.flat, 0.0, grad_input=b.back)
        table_of = b.back.view_as(b.pre)
        torch.sum(table_of, 2, out=b.slopes[0][:, : self._p])
        torch.sum(table_of, 1, out=b.slopes[0][:, self._p :])

    def _evaluate(self, rows: slice) -> Evaluation:
        b = self._buffers[rows.stop - rows.start]
        self._forward(self._first[rows], self._second[rows], b)
        dead = (b.outputs == 0).all(2).all(1)
        if self._loss == "cross-entropy":
            losses = b.outputs.logsumexp(1) - (b.outputs * self._one_hot).sum(1)
        else:
            losses = (b.outputs - self._one_hot).square_().sum(1) / 2
        correct = b.outputs.argmax(1) == self._labels
        learned = self._learned[rows, 0]
        others = self._sums - self._n
        return Evaluation(
            torch.where(learned, losses, 0).sum(1) / self._n,
            torch.where(learned, 0, losses).sum(1) / others,
            (correct & learned).sum(1).double() / self._n,
            (correct & ~learned).sum(1).double() / others,
            correct.view(-1, self._p, self._p),
            dead,
        )


class _Buffers:
    """Buffers for one step of a stack of networks."""

    def __init__(self, size: int, p: int, h: int, device: torch.device, dtype: torch.dtype, quadratic: bool):
        def room(*shape: int) -> Tensor:
            return torch.empty(shape, device=device, dtype=dtype)

        self.pre = room(size, p, p, h)
        # relu needs only its activations: they tell which pre-activations were above zero
        self.active = room(size, p, p, h) if quadratic else self.pre
        self.flat = self.active.view(size, p * p, h)
        self.outputs, self.back = room(size, p, p * p), room(size, p * p, h)
        self.slopes = [room(size, 2 * p, h), room(size, p, h)]


Update = Callable[[Tensor, Tensor, Tensor, Tensor, int], object]
"""Function of layer, its gradient, the optimiser's averages of gradients and of their squares, and step from 1 on."""


def _updates(optimiser: Optimiser, rate: float, decay: float) -> Update:
    def descent(layer: Tensor, slope: Tensor, first: Tensor, second: Tensor, step: int) -> None:
        layer.mul_(1 - rate * decay).sub_(slope, alpha=rate)

    def momentum(layer: Tensor, slope: Tensor, first: Tensor, second: Tensor, step: int) -> None:
        first.mul_(MOMENTUM).add_(slope).add_(layer, alpha=decay)
        layer.sub_(first, alpha=rate)

    def adamw(layer: Tensor, slope: Tensor, first: Tensor, second: Tensor, step: int) -> None:
        first.lerp_(slope, 1 - BETAS[0])
        second.mul_(BETAS[1]).addcmul_(slope, slope, value=1 - BETAS[1])
        size = (second / (1 - BETAS[1] ** step)).sqrt_().add_(EPSILON)
        layer.mul_(1 - rate * decay).addcdiv_(first, size, value=-rate / (1 - BETAS[0] ** step))

    return {"descent": descent, "momentum": momentum, "adamw": adamw}[optimiser]

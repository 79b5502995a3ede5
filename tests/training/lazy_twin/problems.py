"""Eight kinds of problems, and a linearised network that an explicit loop trains, with its Jacobian from torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.func import jacrev

DOUBLE = torch.float64


@dataclass
class Problem:
    X: Tensor
    y: Tensor
    W: Tensor
    a: Tensor
    X_new: Tensor
    rules: dict[str, float] = field(default_factory=dict)

    @property
    def data(self):
        return self.X, self.y, self.W, self.a


def drawn(n=12, d=3, m=10, seed=0, symmetrised=True, size=0.5, **rules):
    g = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=DOUBLE)

    X, X_new = (inputs / inputs.norm(dim=1, keepdim=True) for inputs in (normal(n, d), normal(25, d)))
    half = m // 2 if symmetrised else m
    W, a = size * normal(half, d), size * normal(half)
    if symmetrised:
        W, a = torch.cat([W, W]), torch.cat([a, -a])
    return Problem(X, normal(n), W, a, X_new, rules)


def of_many_sizes():
    one = drawn(seed=4)
    lengths = torch.linspace(0.2, 3, len(one.X), dtype=DOUBLE)[:, None]
    return Problem(one.X * lengths, one.y, one.W, one.a, 2 * one.X_new, one.rules)


PROBLEMS = {
    "symmetrised": drawn(),
    "rates": drawn(seed=1, eta_a=0.01, eta_w=100.0),
    "leak": drawn(seed=2, leak=0.3),
    "asymmetric": drawn(seed=3, symmetrised=False, leak=0.5, eta_a=3.0, eta_w=0.2),
    "sizes": of_many_sizes(),
    "few weights": drawn(n=60, m=4, seed=5, symmetrised=False),
    "linear": drawn(seed=6, leak=1.0, symmetrised=False),
    "frozen readout": drawn(seed=7, eta_a=0.0),
}


class ByHand:
    """f_0 + J (theta - theta_0) with the Jacobian J of autograd, trained step by step on the mean squared error."""

    def __init__(self, problem: Problem):
        self.problem = problem
        rules = {"eta_a": 1.0, "eta_w": 1.0, "leak": 0.0} | problem.rules
        m, d = problem.W.shape

        def network(theta, X):
            Z = X @ theta[: m * d].reshape(m, d).T
            return torch.where(Z > 0, Z, rules["leak"] * Z) @ theta[m * d :]

        start = torch.cat([problem.W.flatten(), problem.a])
        by_layer = torch.tensor([rules["eta_w"], rules["eta_a"]], dtype=DOUBLE)
        self.rates = by_layer.repeat_interleave(torch.tensor([m * d, m]))
        self.start, self.split = start, m * d
        self.J, self.J_new = (jacrev(network)(start, X) for X in (problem.X, problem.X_new))
        self.f0, self.f0_new = network(start, problem.X), network(start, problem.X_new)
        self.largest = float(torch.linalg.eigvalsh((self.J * self.rates) @ self.J.T)[-1])

    @property
    def stable(self) -> float:
        """The largest stable step."""
        return len(self.problem.X) / self.largest

    def slope(self, moved: Tensor) -> Tensor:
        error = self.f0 + self.J @ moved - self.problem.y
        return -self.rates * (self.J.T @ error) * (2 / len(error))

    def descend(self, moved: Tensor, step: float) -> Tensor:
        return moved + step * self.slope(moved)

    def flow(self, moved: Tensor, step: float) -> Tensor:
        """One classical Runge-Kutta step of order 4."""
        k1 = self.slope(moved)
        k2 = self.slope(moved + step / 2 * k1)
        k3 = self.slope(moved + step / 2 * k2)
        k4 = self.slope(moved + step * k3)
        return moved + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def trained(self, steps: list[int], advance) -> list[Tensor]:
        """How far the weights have moved after so many steps."""
        moved, found, done = torch.zeros_like(self.start), [], 0
        for step in steps:
            for _ in range(step - done):
                moved = advance(moved)
            done = step
            found.append(moved)
        return found

    def seen(self, moved: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Outputs at new inputs, training loss, first layer and readout."""
        loss = (self.f0 + self.J @ moved - self.problem.y).square().mean()
        theta = self.start + moved
        return (
            self.f0_new + self.J_new @ moved,
            loss,
            theta[: self.split].reshape(self.problem.W.shape),
            theta[self.split :],
        )

"""Full-batch descent of many bias-free ReLU networks of any depth, each with the steps that its own kernel allows.

The largest stable steps of networks with different balance differ by factors of hundreds, so no single learning rate
suits them all. Here every network takes steps of `pace` / lambda_max((2/n) K), with K its tangent kernel including the
layers' rates (theory.md, section 7: stable below 2 / lambda_max), measured again every few steps. A step after which
the loss is more than 2 % higher is undone and halved, so training cannot diverge.

    descent = AdaptiveDescent(X, y, [W1, W2, W3])
    descent.advance(100)
    descent.loss, descent.time
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["PACE", "STOP", "AdaptiveDescent", "outputs"]

PACE = 0.5
"""Step in units of 1 / lambda_max: a quarter of the largest stable one."""

STOP = 0.01
"""Share of its first loss below which a network's training ends."""

REFRESH = 5
"""Steps between two measurements of lambda_max."""

FIRST_ROUNDS, ROUNDS = 10, 2
"""Rounds of the power method, at the start and at every measurement. One costs two thirds of a step."""

RISE = 1.02
"""Factor by which a step may raise the loss: near the edge of stability losses are not monotone."""


class AdaptiveDescent:
    """Descent on the mean squared error of B networks f(x) = W_L relu(W_{L-1} ... relu(W_1 x)).

    Args:
        X: Inputs (n, d), or (B, n, d) for separate inputs of each network.
        y: Labels (n,) or (B, n).
        weights: Start W_1 (B, m_1, d), ..., W_L (B, 1, m_{L-1}), not changed.
        rates: Learning rates eta_1, ..., eta_L, each a number or one for each network (B,); all 1 if None.
        pace: Step in units of 1 / lambda_max, below 2.
        stop: Share of its first loss at which a network's training ends; 0 for never.
        together: Number of networks whose steps are computed side by side. If None, one on a CPU, where its activations
            then stay in the cache (1.7 times as fast as four), and all elsewhere; results differ by rounding.

    Raises:
        ValueError: If shapes do not fit.
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        weights: Sequence[Tensor],
        rates: Sequence[Tensor | float] | None = None,
        pace: float = PACE,
        stop: float = STOP,
        together: int | None = None,
    ):
        shapes = [tuple(W.shape) for W in weights]
        B = shapes[0][0] if shapes else 0
        widths = [X.shape[-1], *(shape[1] for shape in shapes)]
        fits = B > 0 and [shape[2] for shape in shapes] == widths[:-1] and widths[-1] == 1
        if not fits or any(shape[0] != B for shape in shapes):
            raise ValueError(
                "weights must be (B, m_1, d), (B, m_2, m_1), ..., (B, 1, m_L) for inputs of dimension "
                f"{X.shape[-1]}, got {', '.join(map(str, shapes)) or 'none'}."
            )
        given = [1.0] * len(weights) if rates is None else list(rates)
        if len(given) != len(weights):
            raise ValueError(f"rates must be one for each of the {len(weights)} layers, got {len(given)}.")
        each = [torch.as_tensor(rate, dtype=X.dtype, device=X.device).expand(B).reshape(B, 1, 1) for rate in given]
        X, y = X.expand(B, *X.shape[-2:]), y.to(X).expand(B, X.shape[-2])[..., None]
        size = together or (1 if X.device.type == "cpu" else B)
        with torch.inference_mode():
            self._groups = [
                _Group(X[part], y[part], [W[part] for W in weights], [rate[part] for rate in each], pace, stop)
                for part in (slice(first, first + size) for first in range(0, B, size))
            ]

    def advance(self, steps: int) -> None:
        """Take or try this many steps with every network that is not at rest."""
        with torch.inference_mode():
            for group in self._groups:
                group.advance(steps)

    @property
    def weights(self) -> list[Tensor]:
        """Return copies of the weights of all networks: W_1 (B, m_1, d), ..., W_L (B, 1, m_{L-1})."""
        return [torch.cat(layers).clone() for layers in zip(*(group.weights for group in self._groups), strict=True)]

    @property
    def loss(self) -> Tensor:
        """Return the mean squared errors (B,)."""
        return torch.cat([group.loss for group in self._groups]).clone()

    @property
    def time(self) -> Tensor:
        """Return the flow time (B,): the sum of the steps taken."""
        return torch.cat([group.time for group in self._groups]).clone()

    @property
    def steps(self) -> Tensor:
        """Return the number of steps that each network has taken or tried (B,) before it came to rest."""
        return torch.cat([group.steps for group in self._groups]).clone()

    @property
    def resting(self) -> Tensor:
        """Return which networks (B,) have reached their last loss and move no further."""
        return torch.cat([group.resting for group in self._groups]).clone()


class _Group:
    """Networks side by side. `weights` and `loss` are those of the last accepted step."""

    def __init__(self, X: Tensor, y: Tensor, weights: list[Tensor], rates: list[Tensor], pace: float, stop: float):
        self.X, self.y, self.rates, self.pace = X, y, rates, pace
        self.weights = [W.detach().clone() for W in weights]
        count = len(X)
        self.time, self.steps = X.new_zeros(count), torch.zeros(count, dtype=torch.int64, device=X.device)
        self._done = 0
        passed = self._pass(self.weights)
        self.loss = passed.loss
        self._last = stop * self.loss
        self.resting = ~(self.loss > self._last)
        self._gradient = self._slopes(passed, passed.residual)
        # a kernel of ReLU networks is mostly positive, so its first eigenvector is near the constant one
        self._direction = _unit(torch.ones_like(y))
        self._step = self._allowed(self._largest_eigenvalue(passed, FIRST_ROUNDS))

    def advance(self, steps: int) -> None:
        """Try this many steps."""
        for _ in range(steps):
            if bool(self.resting.all()):
                return
            self._try()

    def _try(self) -> None:
        self._done += 1
        step = torch.where(self.resting, 0.0, self._step)[:, None, None]
        tried = [
            W - (step * rate) * slope for W, slope, rate in zip(self.weights, self._gradient, self.rates, strict=True)
        ]
        passed = self._pass(tried)
        good = passed.loss <= RISE * self.loss
        gradient = self._slopes(passed, passed.residual)
        if bool(good.all()):
            self.weights, self._gradient = tried, gradient
        else:
            keep = good[:, None, None]
            self.weights = [torch.where(keep, now, W) for now, W in zip(tried, self.weights, strict=True)]
            self._gradient = [torch.where(keep, now, G) for now, G in zip(gradient, self._gradient, strict=True)]
        self.steps += ~self.resting
        self.time += torch.where(good, step[:, 0, 0], 0.0)
        self.loss = torch.where(good, passed.loss, self.loss)
        # a lower bound of lambda_max at no cost: it follows the kernel at once when learning sets in
        seen = self._along_residual(gradient, passed)
        if self._done % REFRESH == 0:
            allowed = self._allowed(torch.maximum(self._largest_eigenvalue(passed), seen))
        else:
            allowed = torch.minimum(self._step, self._allowed(seen))
        self._step = torch.where(good, allowed, self._step / 2)
        self.resting = ~(self.loss > self._last)

    def _allowed(self, top: Tensor) -> Tensor:
        """Return the next step (B,); 0 for a network whose output no weight can change."""
        return torch.where(top > 0, self.pace / top, torch.zeros_like(top))

    def _pass(self, weights: list[Tensor]) -> _Pass:
        """Run forward, and backward for the derivative of the output by every pre-activation."""
        H = [self.X]
        for W in weights[:-1]:
            H.append(torch.bmm(H[-1], W.mT).relu_())
        residual = torch.bmm(H[-1], weights[-1].mT) - self.y
        D: list[Tensor] = []
        above = weights[-1].expand(H[-1].shape)
        for number in range(len(weights) - 2, -1, -1):
            D.insert(0, torch.ops.aten.threshold_backward(above, H[number + 1], 0))
            above = torch.bmm(D[0], weights[number]) if number else above
        return _Pass(H, D, residual, residual.square().mean((1, 2)))

    def _slopes(self, passed: _Pass, v: Tensor) -> list[Tensor]:
        """Return (2/n) sum_j v_j df(x_j)/dW_l for all layers; the gradient of the loss when v is the residual."""
        v = v * (2 / v.shape[1])
        inner = [torch.bmm((D * v).mT, H) for D, H in zip(passed.D, passed.H, strict=False)]
        return [*inner, torch.bmm(v.mT, passed.H[-1])]

    def _along_residual(self, gradient: list[Tensor], passed: _Pass) -> Tensor:
        """Return r (2/n) K r / |r|^2 (B,) of the residual r, which is at most lambda_max.

        With rates it is |gradient|^2 / 2 loss.
        """
        squares = [(slope.square() * rate).sum((1, 2)) for slope, rate in zip(gradient, self.rates, strict=True)]
        return torch.stack(squares).sum(0) / (2 * passed.loss)

    def _largest_eigenvalue(self, passed: _Pass, rounds: int = ROUNDS) -> Tensor:
        """Return lambda_max((2/n) K) (B,), from below, by so many rounds of the power method from the last vector."""
        # and from the residual, of which an eigenvector that overtakes the first one is made while features are learned
        direction = self._direction + 0.3 * _unit(passed.residual)
        for _ in range(rounds):
            v = _unit(direction)
            slopes = [slope * rate for slope, rate in zip(self._slopes(passed, v), self.rates, strict=True)]
            direction = torch.bmm(passed.H[-1], slopes[-1].mT)
            for D, H, slope in zip(passed.D, passed.H, slopes, strict=False):
                direction += (torch.bmm(H, slope.mT) * D).sum(-1, keepdim=True)
        self._direction = _unit(direction)
        return torch.linalg.vector_norm(direction, dim=(1, 2))


def _unit(v: Tensor) -> Tensor:
    """Return each (n, 1) divided by its length, zeros kept."""
    return torch.nn.functional.normalize(v, dim=1, eps=torch.finfo(v.dtype).tiny)


class _Pass:
    """The results of one forward and backward pass.

    H_0 ... H_{L-1} (B, n, m_l): outputs of the layers. D_1 ... D_{L-1}: df / dpre-activations. residual (B, n, 1) and
    loss (B,).
    """

    def __init__(self, H: list[Tensor], D: list[Tensor], residual: Tensor, loss: Tensor):
        self.H, self.D, self.residual, self.loss = H, D, residual, loss


def outputs(X: Tensor, weights: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Return f(X) (B, n), and the activations (B, n, m_l) of each hidden layer, of networks as in AdaptiveDescent.

    X (n, d) or (B, n, d).
    """
    H = X.expand(len(weights[0]), *X.shape[-2:])
    hidden = []
    for W in weights[:-1]:
        H = torch.bmm(H, W.mT).relu_()
        hidden.append(H)
    return torch.bmm(H, weights[-1].mT)[..., 0], hidden

"""Compute the slopes of gradient flow for students side by side, at weights that the caller moves.

The products are those of `BatchedNetworks` (batched.py), but readout and first layer lie in one array, the readout as
the last column, so that a linear combination of many is one pass.

    slopes = VectorField(X, y, max_students=8, width=50)
    slopes.of(theta, out)
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["VectorField"]

# Autograd's own backward of relu and leaky relu, into a given output. Both count z = 0 as inactive.
_relu_backward = torch.ops.aten.threshold_backward.grad_input
_leaky_backward = torch.ops.aten.leaky_relu_backward.grad_input


class VectorField:
    """n/2 times minus the gradient of the mean squared error, for several students of `width` neurons at once.

    Args:
        X: Inputs (n, d), or (B, n, d) for separate data of each student, which `load` brings to its place.
        y: Labels (n,) or (B, n).
        max_students: Largest number of students at once.
        width: Neurons of each student.
        leak: Slope of phi at and below zero, 0 to 1.
        trained: Whether (readout, first layer) are trained; the slope of a frozen layer is 0.
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        max_students: int,
        width: int,
        leak: float = 0.0,
        trained: tuple[bool, bool] = (True, True),
    ):
        n, d = X.shape[-2:]
        self._own = X.ndim == 3
        self._leak, self._trained, self._width, self._d, self._n = leak, trained, width, d, n
        # as in batched.py: stored as d x n, the layout in which both products are fastest
        if self._own:
            self._given = X.transpose(1, 2), y
            self._Xt, self._y = X.new_empty(max_students, d, n), y.new_empty(max_students, 1, n)
        else:
            self._Xt, self._y = X.T.contiguous(), y.expand(max_students, 1, n).contiguous()
        self._X = self._Xt.transpose(-2, -1)
        self._Z, self._G = X.new_empty(max_students, width, n), X.new_empty(max_students, width, n)
        self._r, self._da = X.new_empty(max_students, 1, n), X.new_empty(max_students * width, 1, 1)

    def load(self, place: int, student: int) -> None:
        """Copy the data of a student to a place of the stack. Shared data need no copy."""
        if self._own:
            X, y = self._given
            self._Xt[place].copy_(X[student])
            self._y[place, 0].copy_(y[student])

    def of(self, theta: Tensor, out: Tensor) -> None:
        """Write the slopes at theta (c, m, d + 1) to out (c, m, d + 1). Call it in inference mode."""
        c, m, d, n = len(theta), self._width, self._d, self._n
        W, a = theta.view(c * m, d + 1)[:, :d], theta[:, :, d]
        Z, G, r, flat = self._Z[:c], self._G[:c], self._r[:c], out.view(c * m, d + 1)
        if self._own:
            torch.bmm(theta[:, :, :d], self._Xt[:c], out=Z)
        else:
            torch.mm(W, self._Xt, out=Z.view(c * m, n))
        if self._leak:
            torch.nn.functional.leaky_relu_(Z, self._leak)
        else:
            torch.relu_(Z)
        torch.baddbmm(self._y[:c], a[:, None, :], Z, alpha=-1, out=r)
        if self._leak:
            _leaky_backward(r.expand(c, m, n), Z, self._leak, True, grad_input=G)
        else:
            _relu_backward(r.expand(c, m, n), Z, 0, grad_input=G)
        g = flat[:, :d]
        if self._own:
            torch.bmm(G, self._X[:c], out=out[:, :, :d])
        else:
            torch.mm(G.view(c * m, n), self._X, out=g)
        by_readout, by_first = self._trained
        if by_readout:
            # phi is homogeneous, so <w, g> is the slope of the readout
            torch.bmm(W[:, None, :], g[:, :, None], out=self._da[: c * m])
            flat[:, d].copy_(self._da[: c * m, 0, 0])
        else:
            flat[:, d].zero_()
        if by_first:
            g.mul_(a.reshape(-1, 1))
        else:
            g.zero_()

    def outputs(self, which: int) -> Tensor:
        """Return the outputs (n,) of one of the students at the weights of the last call."""
        return (self._y[which] - self._r[which])[0]

    def loss(self, which: int) -> Tensor:
        """Return the mean squared error of one of the students at the weights of the last call."""
        return self._r[which].square().mean()

"""Students trained side by side as the rows of one matrix.

One gradient step of c students of width m is two large matrix products and a few passes over their results:

    Z = phi(W X^T), r = y - a Z, G = r where Z > 0 else leak r, g = G X, then W += rate a g and a += rate <w, g>.

phi is homogeneous, so sum_j phi(w . x_j) r_j = <w, g>: one backward product gives both layers' gradients. If each
student has its own data, the two large products are c smaller ones in one call. If these are small, all arrays are
transposed, with neurons along the rows: a third faster, because passes over a few columns are slow.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["BatchedNetworks", "Buffers"]

# Autograd's own backward of relu and leaky relu, straight into a given output: G in one pass.
# Both count z = 0 as inactive.
_relu_backward = torch.ops.aten.threshold_backward.grad_input
_leaky_backward = torch.ops.aten.leaky_relu_backward.grad_input


TRANSPOSED = 5000
"""Number of pre-activations of a student with its own data up to which neurons lie along the rows. Measured."""


class Buffers:
    """The data of a task and buffers for the products of up to `max_students` students of width m.

    Batches that run in turn share them.

    Args:
        X: Inputs (n, d), or (B, n, d) for separate data of each student.
        y: Labels (n,) or (B, n).
        max_students: Largest number of students in a batch.
        m: Width of the students.
    """

    def __init__(self, X: Tensor, y: Tensor, max_students: int, m: int):
        n, d = X.shape[-2:]
        self.y, self.m, self.n = y, m, n
        # stored as d x n and used through its transposed view: the layout in which both products are fastest
        self.Xt = X.transpose(-2, -1).contiguous()
        self.Z, self.G = X.new_empty(max_students * m, n), X.new_empty(max_students * m, n)
        self.g = X.new_empty(max_students * m, d)
        self.r, self.da = X.new_empty(max_students, 1, n), X.new_empty(max_students * m, 1, 1)


class BatchedNetworks:
    """Students side by side. Their weights are changed in place.

    Args:
        buffers: The data, and memory for the products.
        students: Indices of these c students among all, contiguous.
        W: First layers (c m, d), contiguous rows of these students.
        a: Readouts (c m,).
        rates: Each student's learning rate (c,), or one number for all.
        eta_a: Rate of the readout relative to it.
        eta_w: Rate of the first layer.
        leak: Slope of phi below zero.
    """

    def __init__(
        self,
        buffers: Buffers,
        students: slice,
        W: Tensor,
        a: Tensor,
        rates: Tensor | float,
        eta_a: float,
        eta_w: float,
        leak: float,
    ):
        m, n, d = buffers.m, buffers.n, W.shape[1]
        rows = len(W)
        c = rows // m
        self._leak = leak
        self._W, self._w_rows = W, W.view(rows, 1, d)
        self._a, self._a_row, self._a_column = a, a.view(c, 1, m), a.view(rows, 1)
        self._Z, self._G, self._g = buffers.Z[:rows], buffers.G[:rows], buffers.g[:rows]
        self._Z_each, self._G_each = self._Z.view(c, m, n), self._G.view(c, m, n)
        self._g_columns = self._g.view(rows, d, 1)
        self._r, self._da = buffers.r[:c], buffers.da[:rows]
        self._r_each, self._da_flat = self._r.expand(c, m, n), self._da.view(rows)
        own = buffers.Xt.ndim == 3
        self._y = (buffers.y[students, None] if own else buffers.y.expand(c, 1, n)).contiguous()
        self._transposed = own and c > 1 and m * n <= TRANSPOSED
        if own and c > 1:
            Xt = buffers.Xt[students]
            self._product = torch.bmm
            self._forward = self._W.view(c, m, d), Xt, self._Z_each
            self._backward = self._G_each, Xt.transpose(1, 2), self._g.view(c, m, d)
        else:
            Xt = buffers.Xt[students.start] if own else buffers.Xt
            self._product = torch.mm
            self._forward = self._W, Xt, self._Z
            self._backward = self._G, Xt.T, self._g
        # rates that differ between students go into the residual, the rest into the factors of the two updates
        self._own_rates = rates.view(c, 1, 1) if isinstance(rates, Tensor) else None
        common = 1.0 if isinstance(rates, Tensor) else rates
        self._step_a, self._step_w = 2 / n * common * eta_a, 2 / n * common * eta_w

    def run(self, steps: int) -> None:
        """Take so many steps of gradient descent on the mean squared error. Call it in inference mode."""
        if self._transposed:
            self._run_transposed(steps)
            return
        # bound to local names: a small student's step takes no longer than ten look-ups of attributes
        W, w_rows, a, a_row, a_column = self._W, self._w_rows, self._a, self._a_row, self._a_column
        y, r, r_each = self._y, self._r, self._r_each
        Z, Z_each, G_each, g, g_columns = self._Z, self._Z_each, self._G_each, self._g, self._g_columns
        (W_in, Xt, Z_out), (G_in, X, g_out), product = self._forward, self._backward, self._product
        da, da_flat, step_a, step_w, own_rates = self._da, self._da_flat, self._step_a, self._step_w, self._own_rates
        leak, bmm, baddbmm, relu_ = self._leak, torch.bmm, torch.baddbmm, torch.relu_
        leaky_relu_, relu_backward, leaky_backward = torch.nn.functional.leaky_relu_, _relu_backward, _leaky_backward
        for _ in range(steps):
            product(W_in, Xt, out=Z_out)
            if leak:
                leaky_relu_(Z, leak)
            else:
                relu_(Z)
            baddbmm(y, a_row, Z_each, alpha=-1, out=r)
            if own_rates is not None:
                r.mul_(own_rates)
            if leak:
                leaky_backward(r_each, Z_each, leak, True, grad_input=G_each)
            else:
                relu_backward(r_each, Z_each, 0, grad_input=G_each)
            product(G_in, X, out=g_out)
            bmm(w_rows, g_columns, out=da)
            W.addcmul_(a_column, g, value=step_w)
            a.add_(da_flat, alpha=step_a)

    def _run_transposed(self, steps: int) -> None:
        """Take this many steps of small students that have their own data."""
        W_each, Xt, _ = self._forward
        (c, m, d), n = W_each.shape, Xt.shape[2]
        W, a, X = W_each.transpose(1, 2).contiguous(), self._a_row, Xt.transpose(1, 2)
        Z, G, g = self._Z.view(c, n, m), self._G.view(c, n, m), self._g.view(c, d, m)
        products, da, Z_columns = torch.empty_like(W), torch.empty_like(a), Z.transpose(1, 2)
        y, r, r_each = self._y, self._r, self._r.view(c, n, 1).expand(c, n, m)
        step_a, step_w, own_rates, leak = self._step_a, self._step_w, self._own_rates, self._leak
        bmm, baddbmm, mul, total, relu_ = torch.bmm, torch.baddbmm, torch.mul, torch.sum, torch.relu_
        leaky_relu_, relu_backward, leaky_backward = torch.nn.functional.leaky_relu_, _relu_backward, _leaky_backward
        for _ in range(steps):
            bmm(X, W, out=Z)
            if leak:
                leaky_relu_(Z, leak)
            else:
                relu_(Z)
            baddbmm(y, a, Z_columns, alpha=-1, out=r)
            if own_rates is not None:
                r.mul_(own_rates)
            if leak:
                leaky_backward(r_each, Z, leak, True, grad_input=G)
            else:
                relu_backward(r_each, Z, 0, grad_input=G)
            bmm(Xt, G, out=g)
            mul(W, g, out=products)
            total(products, 1, True, out=da)
            W.addcmul_(a, g, value=step_w)
            a.add_(da, alpha=step_a)
        W_each.copy_(W.transpose(1, 2))

    def loss(self) -> Tensor:
        """Return the mean squared error of each student (c,). Call it in inference mode."""
        W, Xt, Z = self._forward
        self._product(W, Xt, out=Z)
        if self._leak:
            torch.nn.functional.leaky_relu_(self._Z, self._leak)
        else:
            torch.relu_(self._Z)
        residual = torch.baddbmm(self._y, self._a_row, self._Z_each, alpha=-1)
        return residual.square_().mean((1, 2))

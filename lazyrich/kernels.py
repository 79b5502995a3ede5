"""Neural tangent kernels, with learning rates as the paper's Theta has them, and how far they move.

theory.md, sections 5, 7 and 8. The two-layer kernel needs no Jacobian: K = eta_a Phi Phi^T +
eta_w (X X^T) o (D diag(a^2) D^T), with Phi the hidden activations and D their slopes, costs O(n^2 (m + d)).

    K0, K1 = two_layer_ntk(X, W0, a0), two_layer_ntk(X, W1, a1)
    kernel_distance(K0, K1)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from lazyrich.arrays import tensors
from lazyrich.training.precision import full_precision

__all__ = [
    "KernelDistance",
    "kernel_distance",
    "largest_eigenvalue",
    "largest_stable_rate",
    "ntk",
    "two_layer_ntk",
]

STRIP = 192
"""Rows of a kernel that are worked on at a time, so that what is touched stays in a core's cache. Measured at n =
1000."""

SMALL = 400
"""Up to this many inputs a kernel's full spectrum is cheaper than an iteration."""

LANCZOS_STEPS = 80
"""Enough for a largest eigenvalue to ten digits in the kernels met here, whose spectra fall quickly."""


@full_precision
def two_layer_ntk(X: Any, W: Any, a: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0) -> Any:
    """The neural tangent kernel of f(x) = sum_i a_i phi(w_i . x) on the inputs X.

    X (n, d), W (m, d), a (m,); eta_a, eta_w: learning rates of readout and first layer; leak: slope of phi at and
    below zero.
    Returns (n, n), symmetric and positive semidefinite, without a history for autograd. Source: theory.md, section 5.
    Raises ValueError when shapes do not fit.
    """
    (X, W, a), back = tensors(X, W, a)
    _check_shapes(X, W, a)
    with torch.no_grad():
        Phi, S = _features(X, W, a, leak)
        K = X.new_empty(len(X), len(X))
        for rows in _strips(len(X)):
            above, left = slice(0, rows.start), slice(0, rows.stop)
            late = ((eta_w * S[rows]) @ S[left].T).mul_(X[rows] @ X[left].T)
            torch.addmm(late, Phi[rows], Phi[left].T, alpha=eta_a, out=K[rows, left])
            K[above, rows] = K[rows, above].T
    return back(K)


@full_precision
def ntk(module: nn.Module, X: Any, learning_rates: Mapping[str, float] | None = None) -> Any:
    """The neural tangent kernel of any torch module with one output, sum over parameters p of rate_p (df/dp)(df/dp)^T.

    X (n, ...): inputs along the first axis; the module sees one at a time, as a batch of one. learning_rates: by
    parameter name ("layers.0.weight") or by layer ("layers.0" or "layers", for all parameters in it); the longest
    name that fits counts, and what is not named has rate 1. Parameters that need no gradient are left out.
    Returns (n, n). Holds the gradients of all n outputs: n times the number of parameters.
    Raises ValueError when a name fits no parameter or the module has more than one output.
    """
    (inputs,), back = tensors(X)
    parameters = {name: p.detach() for name, p in module.named_parameters() if p.requires_grad}
    fixed = {name: p.detach() for name, p in module.named_parameters() if not p.requires_grad}
    fixed |= dict(module.named_buffers())
    if not parameters:
        raise ValueError("the module has no parameters that need a gradient: its kernel would be zero.")
    rates = _rates_by_parameter(list(parameters), learning_rates or {})
    first = next(iter(parameters.values()))
    inputs = inputs.detach().to(first.device, first.dtype)

    def output(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        value = functional_call(module, (weights, fixed), (x.unsqueeze(0),))
        if value.numel() != 1:
            raise ValueError(f"the module must have one output for an input, got one of shape {tuple(value.shape)}.")
        return value.reshape(())

    gradients = vmap(grad(output), in_dims=(None, 0), randomness="same")(parameters, inputs)
    K = inputs.new_zeros(len(inputs), len(inputs))
    for name, gradient in gradients.items():
        J = gradient.flatten(1)
        K.addmm_(J, J.T, alpha=rates[name])
    return back(K)


@full_precision
def kernel_distance(K0: Any, K1: Any) -> float:
    """S = 1 - <K0, K1> / (|K0||K1|) with Frobenius norms, computed as |K0/|K0| - K1/|K1||^2 / 2: never negative.

    K0, K1 (n, n), or any two arrays of one shape. Returns a number in [0, 1] for kernels, to about 1e-16 / sqrt(S)
    relative in float64. The scale of a kernel does not matter; a kernel of zeros has distance 1 from any other and 0
    from its like.
    Raises ValueError when the shapes differ.
    """
    (K0, K1), _ = tensors(K0, K1)
    if K0.shape != K1.shape:
        raise ValueError(f"both kernels must have the same shape, got {tuple(K0.shape)} and {tuple(K1.shape)}.")
    norm0, norm1 = torch.linalg.vector_norm(K0), torch.linalg.vector_norm(K1)
    if norm0 == 0 or norm1 == 0:
        return float(norm0 != norm1)
    apart = (K0 / norm0).sub_(K1, alpha=1 / float(norm1)).flatten()
    return float(apart @ apart / 2)


class KernelDistance:
    """S(0, t) of one two-layer network again and again: `KernelDistance(X, W0, a0)(W, a)`.

    The same number as kernel_distance(two_layer_ntk(X, W0, a0), two_layer_ntk(X, W, a)), about twice as fast: X
    X^T and K0 / |K0| are kept, only the lower triangle is computed, and each strip of it is used up while it is in
    cache.

    With K0 of norm 1, K = c K0 + E for any c, and p = |E|^2 - <E, K0>^2 is the squared part of K that is not along
    K0, S follows from q = <K, K0> = c + <E, K0> and N = sqrt(q^2 + p) = |K| as p / (N (N + q)): nothing cancels as
    long as c is near q, for which the ratio of the traces is near enough, and the form cannot go negative.

    X (n, d), W0 (m, d), a0 (m,): numpy or torch, one dtype; eta_a, eta_w, leak as in two_layer_ntk.
    """

    @full_precision
    def __init__(self, X: Any, W0: Any, a0: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0):
        (X, W0, a0), _ = tensors(X, W0, a0)
        _check_shapes(X, W0, a0)
        self._X, self._leak, self._eta_a, self._eta_w = X.detach(), leak, eta_a, eta_w
        n = len(X)
        self._squares = eta_w * self._X.square().sum(1)
        # (rows, columns, weight): what lies left of the diagonal counts twice
        self._tiles: list[tuple[slice, slice, int]] = []
        for rows in _strips(n):
            if rows.start:
                self._tiles.append((rows, slice(0, rows.start), 2))
            self._tiles.append((rows, rows, 1))
        self._gram = [eta_w * (self._X[rows] @ self._X[columns].T) for rows, columns, _ in self._tiles]
        self._scratch = X.new_empty(max(gram.numel() for gram in self._gram))
        with torch.inference_mode():
            Phi, S = self._features(W0.detach(), a0.detach())
            self._K0 = [self._less(number, 0.0, Phi, S).clone() for number in range(len(self._tiles))]
            squared = sum(tile[2] * (K * K).sum() for tile, K in zip(self._tiles, self._K0, strict=True))
            self._norm0 = float(squared) ** 0.5
            self._trace0 = self._trace(Phi, S)
            if self._norm0 > 0:
                self._trace0 /= self._norm0
                for K in self._K0:
                    K /= self._norm0

    @full_precision
    def __call__(self, W: Any, a: Any) -> float:
        """The kernel distance from the start to the network (W (m, d), a (m,)); nan when its kernel is not finite."""
        (W, a), _ = tensors(W, a)
        with torch.inference_mode():
            Phi, S = self._features(W.detach(), a.detach())
            trace = self._trace(Phi, S)
            if trace == 0 or self._norm0 == 0:
                return float((trace == 0) != (self._norm0 == 0))
            c = trace / self._trace0
            along, squared = Phi.new_zeros(()), Phi.new_zeros(())
            for number, (_, _, weight) in enumerate(self._tiles):
                K0, E = self._K0[number].view(-1), self._less(number, c, Phi, S).view(-1)
                along += weight * E.dot(K0)
                squared += weight * E.dot(E)
        e = float(along)
        p = max(0.0, float(squared) - e * e)
        q = c + e
        N = (q * q + p) ** 0.5
        return p / (N * (N + q))

    def _features(self, W: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
        Phi, S = _features(self._X, W.to(self._X.dtype), a.to(self._X.dtype), self._leak)
        # the rate of the first layer is in the Gram matrix already
        return Phi.mul_(self._eta_a**0.5), S

    def _trace(self, Phi: Tensor, S: Tensor) -> float:
        return float(Phi.square().sum() + self._squares @ S.square().sum(1))

    def _less(self, number: int, c: float, Phi: Tensor, S: Tensor) -> Tensor:
        """One tile of K - c K0, in memory that the next one will take."""
        rows, columns, _ = self._tiles[number]
        gram = self._gram[number]
        tile = self._scratch[: gram.numel()].view(gram.shape)
        torch.mm(S[rows], S[columns].T, out=tile).mul_(gram)
        if c:
            tile.sub_(self._K0[number], alpha=c)
        return tile.addmm_(Phi[rows], Phi[columns].T)


@full_precision
def largest_eigenvalue(K: Any) -> float:
    """The largest eigenvalue of a kernel K (n, n), symmetric and positive semidefinite: all of them for small n, else
    by Lanczos.

    Raises ValueError when K is not square or a number is not finite.
    """
    (K,), _ = tensors(K)
    if K.ndim != 2 or K.shape[0] != K.shape[1]:
        raise ValueError(f"K must be a square matrix (n, n), got shape {tuple(K.shape)}.")
    if not torch.isfinite(K).all():
        raise ValueError("K must hold finite numbers, got some that are not: take smaller weights or inputs.")
    if len(K) <= SMALL:
        return float(torch.linalg.eigvalsh(K)[-1])
    return _lanczos(K.mv, K.new_empty(len(K)))


@full_precision
def largest_stable_rate(X: Any, W: Any, a: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0) -> float:
    """The learning rate above which gradient descent leaves a solution: 2 / lambda_max((2/n) K).

    X (n, d), W (m, d), a (m,), rates and leak as in two_layer_ntk. For the mean squared error: linear stability at a
    point of zero residual with the activations as they are (theory.md, section 7), a guide elsewhere; the kernel, and
    with it the limit, changes in training.
    Returns infinity when no weight has any effect. Never forms the kernel when n is large.
    Raises ValueError when shapes do not fit or a number is not finite.
    """
    (X, W, a), _ = tensors(X, W, a)
    _check_shapes(X, W, a)
    X, W, a = X.detach(), W.detach(), a.detach()
    if not all(torch.isfinite(part).all() for part in (X, W, a)):
        raise ValueError("X, W and a must hold finite numbers, got some that are not: take weights from before that.")
    n = len(X)
    if n <= SMALL:
        top = largest_eigenvalue(two_layer_ntk(X, W, a, eta_a, eta_w, leak))
    else:
        Phi, S = _features(X, W, a, leak)

        def times(v: Tensor) -> Tensor:
            """K v in two products with X: back to the weights and forth again."""
            by_readout = Phi @ (Phi.T @ v)
            by_first = (S * (X @ ((S * v[:, None]).T @ X).T)).sum(1)
            return eta_a * by_readout + eta_w * by_first

        top = _lanczos(times, X.new_empty(n))
    return n / top if top > 0 else float("inf")


def _features(X: Tensor, W: Tensor, a: Tensor, leak: float) -> tuple[Tensor, Tensor]:
    """Phi (n, m): hidden activations. S (n, m): their slopes times the readout."""
    Z = X @ W.T
    # 1 where active and leak elsewhere; several times faster than torch.where
    slope = (Z > 0).to(Z.dtype).clamp_min_(leak)
    return Z.mul_(slope), slope.mul_(a)


def _strips(n: int) -> list[slice]:
    return [slice(top, min(top + STRIP, n)) for top in range(0, n, STRIP)]


def _lanczos(times: Callable[[Tensor], Tensor], like: Tensor) -> float:
    """The largest eigenvalue of the symmetric map `times` on vectors shaped like `like`, by Lanczos in float64.

    Every new vector is orthogonalised against all before it, so no eigenvalue comes up twice. The start is fixed.
    """
    n = len(like)
    start = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(like.device)
    basis = start.new_zeros(min(LANCZOS_STEPS, n), n)
    diagonal, beside = [], []
    v = start / start.norm()
    for step in range(len(basis)):
        basis[step] = v
        v = times(v.to(like.dtype)).double()
        diagonal.append(float(v @ basis[step]))
        for _ in range(2):
            v = v - basis[: step + 1].T @ (basis[: step + 1] @ v)
        size = float(v.norm())
        if not size > 1e-12 * abs(diagonal[0]):
            break
        beside.append(size)
        v = v / size
    T = torch.diag(torch.tensor(diagonal, dtype=torch.float64))
    offset = torch.tensor(beside[: len(diagonal) - 1], dtype=torch.float64)
    return float(torch.linalg.eigvalsh(T + torch.diag(offset, 1) + torch.diag(offset, -1))[-1])


def _rates_by_parameter(parameters: list[str], given: Mapping[str, float]) -> dict[str, float]:
    """The rate of each parameter, from rates by the names of parameters or of the layers that they lie in."""

    def covers(name: str, parameter: str) -> bool:
        return name == parameter or parameter.startswith(f"{name}.")

    for name in given:
        if not any(covers(name, parameter) for parameter in parameters):
            raise ValueError(f"learning_rates names {name!r}, but the trained parameters are {', '.join(parameters)}.")
    fits = {p: [name for name in given if covers(name, p)] for p in parameters}
    return {p: given[max(names, key=len)] if names else 1.0 for p, names in fits.items()}


def _check_shapes(X: Tensor, W: Tensor, a: Tensor) -> None:
    if X.ndim != 2 or W.ndim != 2 or W.shape[1] != X.shape[1] or a.shape != W.shape[:1] or not len(X):
        raise ValueError(
            "X must have shape (n, d), W (m, d) and a (m,) with the same m and d and at least one input, "
            f"got {tuple(X.shape)}, {tuple(W.shape)} and {tuple(a.shape)}."
        )

"""Measures of a kernel and its labels: which part of the labels it learns first, and which inputs it treats as alike.

Gradient descent on a kernel K learns the part of the labels along its i-th eigenvector at a rate in proportion to the
i-th eigenvalue (theory.md, section 8), so labels that lie in few leading eigenvectors are learned fast.

    label_shares(K, y)[9]      # how much of y lies in the ten leading eigenvectors
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import tensors
from lazyrich.training.precision import full_precision

__all__ = ["effective_rank", "kernel_correlations", "kernel_spectrum", "label_shares"]


@full_precision
def label_shares(K: Any, y: Any) -> Any:
    """Return how much of the labels lies in the leading eigenvectors of a kernel.

    Entry k - 1 is sum_{i <= k} (v_i . y)^2 / |y|^2 with the eigenvectors v_i of K in the order of falling eigenvalues.
    Neither K nor y is centred: the loss is not, and the first rate of training, 4 y^T K y / n^2, is that of the
    kernel as it is.

    Args:
        K: Kernels (..., n, n), n at least 1, symmetric and positive semidefinite, of any scale.
        y: Labels (n,).

    Returns:
        Shares (..., n), never falling, the last one 1; nan for labels that are all 0.

    Raises:
        ValueError: For shapes that do not fit, or a number that is not finite.

    Source: theory.md, section 8; Arora et al., ICML 2019, section 4.
    """
    (K, y), back = tensors(K=K, y=y)
    _check(K)
    if y.shape != K.shape[-1:]:
        raise ValueError(f"y must have one number for each row of K, {K.shape[-1]} here, got shape {tuple(y.shape)}.")
    if not torch.isfinite(y).all():
        raise ValueError("y must hold finite numbers, got some that are not.")
    largest = y.abs().max()
    unit = y / torch.where(largest > 0, largest, torch.nan)
    eigenvectors = torch.linalg.eigh(_at_size_one(K)).eigenvectors.flip(-1)
    parts = (unit @ eigenvectors).square()
    return back(parts.cumsum(-1) / parts.sum(-1, keepdim=True))


@full_precision
def kernel_spectrum(K: Any) -> Any:
    """Return the eigenvalues of a kernel as shares of its trace, falling.

    Args:
        K: Kernels (..., n, n), n at least 1, symmetric and positive semidefinite, of any scale.

    Returns:
        Shares (..., n) that sum to 1; nan for a kernel of zeros.

    Raises:
        ValueError: If K is not square, or a number is not finite.
    """
    (K,), back = tensors(K=K)
    _check(K)
    eigenvalues = torch.linalg.eigvalsh(_at_size_one(K)).flip(-1).clamp_min(0)
    return back(eigenvalues / eigenvalues.sum(-1, keepdim=True))


def effective_rank(K: Any) -> Any:
    """Return exp of the entropy of a kernel's normalised eigenvalues, its effective number of directions, 1 to n.

    Args:
        K: Kernels (..., n, n), n at least 1, symmetric and positive semidefinite, of any scale.

    Returns:
        Ranks (...); nan for a kernel of zeros.

    Raises:
        ValueError: If K is not square, or a number is not finite.

    Source: Roy and Vetterli, EUSIPCO 2007.
    """
    (K,), back = tensors(K=K)
    return back(torch.special.entr(kernel_spectrum(K)).sum(-1).exp())


@full_precision
def kernel_correlations(K: Any) -> Any:
    """Return K_ij / sqrt(K_ii K_jj), the cosine between the gradients of the outputs at two inputs.

    Args:
        K: Kernels (..., n, n), n at least 1, symmetric and positive semidefinite, of any scale.

    Returns:
        Cosines (..., n, n), from -1 to 1; nan in the rows and columns of inputs where K_ii is 0, because all neurons
        are off there and no weight acts on the output.

    Raises:
        ValueError: If K is not square, or a number is not finite.
    """
    (K,), back = tensors(K=K)
    _check(K)
    K = _at_size_one(K)
    length = K.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
    return back((K / length.unsqueeze(-1) / length.unsqueeze(-2)).clamp(-1, 1))


def _check(K: Tensor) -> None:
    """Raise ValueError unless K is (..., n, n) and finite."""
    if K.ndim < 2 or K.shape[-1] != K.shape[-2] or not K.shape[-1]:
        raise ValueError(f"K must have shape (..., n, n) with n at least 1, got {tuple(K.shape)}.")
    if not torch.isfinite(K).all():
        raise ValueError("K must hold finite numbers, got some that are not: take kernels from before that.")


def _at_size_one(K: Tensor) -> Tensor:
    """Divide each kernel by its largest entry, so that sums and products of kernels of any scale stay finite."""
    largest = K.abs().amax((-2, -1), keepdim=True)
    return K / torch.where(largest > 0, largest, 1.0)

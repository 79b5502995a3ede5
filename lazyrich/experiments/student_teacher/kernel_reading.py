"""Analyse the kernel of a run at each frame: which labels it learns fast, and which inputs it treats as similar."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from lazyrich import kernels, metrics
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.experiments.student_teacher.cost import MAX_CELLS, MAX_EIGENVECTORS, MAX_READ
from lazyrich.tasks.student_teacher import Task

RANK_SHARE: Final = 0.99
"""Share of the labels in `label_rank` eigenvectors."""


class KernelReading:
    """Labels in the kernel's eigenvectors, its spectrum, its correlations and its trace, beside those of the start.

    They use at most MAX_READ training samples, the first ones of the task, sorted by angle in two dimensions, else by
    the active teacher neurons and then by label, or by label alone for data without a teacher.

    Args:
        config: The run's settings.
        problem: Its task.
        W0: First layer of its start (m, d).
        a0: Readout of its start (m,).
    """

    def __init__(self, config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor):
        self._rates = {"eta_a": config.eta_a, "eta_w": config.eta_w, "leak": config.leak}
        order = _order(problem)
        self._X, self._y = problem.X[order], problem.y[order]
        n = len(order)
        self._kept = min(n, MAX_EIGENVECTORS)
        side = min(n, MAX_CELLS)
        self._cells = torch.linspace(0, n - 1, side, dtype=torch.float64, device="cpu").round().long()
        self._taken_from = len(problem.X)
        K0 = self._kernel(W0, a0)
        self._trace = float(K0.trace())
        self._start = self._now = self._of(K0)

    def numbers(self, W: Tensor, a: Tensor) -> dict[str, float]:
        """Return the reading's columns of a frame; call it before `arrays`.

        Returns:
            kernel_trace: Trace of the kernel over that of the start, to which the speed of training is related.
            label_rank: Number of leading eigenvectors that hold 99 % of the squared length of the labels.
        """
        K = self._kernel(W, a)
        self._now = self._of(K)
        return {
            "kernel_trace": float(K.trace()) / self._trace if self._trace > 0 else float("nan"),
            "label_rank": self._now["label_rank"],
        }

    def header(self) -> dict[str, Any]:
        """Return the header data for charts of the reading.

        Returns:
            eigenvectors: Numbers 1, 2, ... of the eigenvectors shown. inputs: Numbers of the inputs of the map's rows
            in their order. reading_note: Which samples are used, if not all.
        """
        n, side = len(self._y), len(self._cells)
        note = "" if n == self._taken_from else f"Read on {n} of {self._taken_from:,} training samples."
        if side < n:
            note = f"{note} The map shows {side} of them.".strip()
        return {
            "eigenvectors": list(range(1, self._kept + 1)),
            "inputs": [int(cell) + 1 for cell in self._cells],
            "reading_note": note,
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the reading of the last frame given to `numbers`, beside that of the start, float32.

        Returns:
            label_shares (2, k): Share of the labels in the first 1, 2, ... eigenvectors. kernel_spectrum (2, k):
            eigenvalues over the trace. kernel_map (2, side, side): correlations between inputs, nan where every neuron
            is off.
        """
        names = ("label_shares", "kernel_spectrum", "kernel_map")
        return {name: np.stack([self._start[name], self._now[name]]) for name in names}

    def _kernel(self, W: Tensor, a: Tensor) -> Tensor:
        K: Tensor = kernels.two_layer_ntk(self._X, W, a, **self._rates)
        return K

    def _of(self, K: Tensor) -> dict[str, Any]:
        if not torch.isfinite(K).all():
            K = torch.full_like(K, torch.nan)
            shares = spectrum = K[0]
            correlations = K
        else:
            shares, spectrum = metrics.label_shares(K, self._y), metrics.kernel_spectrum(K)
            correlations = metrics.kernel_correlations(K)
        enough = (shares >= RANK_SHARE).nonzero()
        return {
            "label_rank": float(enough[0]) + 1 if len(enough) else float("nan"),
            "label_shares": _float32(shares[: self._kept]),
            "kernel_spectrum": _float32(spectrum[: self._kept]),
            "kernel_map": _float32(correlations[self._cells][:, self._cells]),
        }


def _order(problem: Task) -> Tensor:
    """Return the indices of the samples used, in the order in which they are shown."""
    X, y = problem.X[:MAX_READ].double(), problem.y[:MAX_READ].double()
    if X.shape[1] == 2:
        keys = [torch.atan2(X[:, 1], X[:, 0])]
    elif len(problem.teacher_W):
        keys = [*(X @ problem.teacher_W.double().T > 0).T, y]
    else:
        keys = [y]
    # sorted by the first key, then by the next; numpy's lexsort expects the most important key last
    return torch.from_numpy(np.lexsort([key.cpu().numpy() for key in reversed(keys)])).to(X.device)


def _float32(tensor: Tensor) -> np.ndarray:
    return tensor.to("cpu", torch.float32).numpy()

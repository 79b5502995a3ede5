"""Plane in which neurons are shown.

In two dimensions it is the inputs' own plane. Above, it is spanned by teacher directions or, for data without a
teacher, by directions of the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.function_sizes import SHOWN
from lazyrich.tasks.student_teacher import Task

ARRIVAL = 7.5
"""The axes initially reach ARRIVAL / width, about the final length of neurons that share the function of unit teachers.
Without a teacher this is multiplied by the size of the outputs over that of the inputs."""


class Plane:
    """Orthonormal basis of a plane, axes (2, d), with a description of it.

    In d = 2 the axes are those of the inputs. Above, the first axis is the first teacher direction and the second the
    part of the next that is orthogonal to it. Without a teacher the first is X'y, the direction of the first step of a
    linear student, and the second the direction of largest variance orthogonal to it.
    """

    def __init__(self, problem: Task):
        d, teacher_W = problem.X.shape[1], problem.teacher_W
        self.size = (
            1.0
            if len(teacher_W)
            else float(problem.y.square().mean().sqrt() / problem.X.norm(dim=1).mean().clamp_min(1e-30))
        )
        eye = torch.eye(d, dtype=teacher_W.dtype, device=teacher_W.device)
        if d == 2:
            self.axes, self.note = eye, ""
            return
        axes: list[Tensor] = []
        for direction in [*(teacher_W if len(teacher_W) else _data_directions(problem)), *eye]:
            rest = direction - sum((direction @ axis) * axis for axis in axes)
            if rest.norm() > 1e-3 * direction.norm():
                axes.append(rest / rest.norm())
            if len(axes) == 2:
                break
        if len(axes) == 1:  # inputs of one dimension: the second axis stays empty
            axes.append(torch.zeros_like(axes[0]))
        self.axes = torch.stack(axes)
        spanned = {0: "Xᵀy and the inputs’ main direction beside it", 1: "the teacher's direction and an input axis"}
        span = spanned.get(len(teacher_W), "two teacher directions")
        self.note = f"d = {d}: shown in the plane spanned by {span}"

    def neurons(self, W: Tensor, a: Tensor) -> np.ndarray:
        """Return |a_i| w_i of the neurons shown, float32 (..., min(m, SHOWN), 2). W (..., m, d), a (..., m)."""
        points: Tensor = a[..., :SHOWN].abs()[..., None] * (W[..., :SHOWN, :] @ self.axes.T)
        return points.to("cpu", torch.float32).numpy()

    def signs(self, a: Tensor) -> np.ndarray:
        """Return the signs of the readouts of the neurons shown, float32 (..., min(m, SHOWN))."""
        return torch.sign(a[..., :SHOWN]).to("cpu", torch.float32).numpy()

    def header(self, problem: Task, W0: Tensor, a0: Tensor) -> dict[str, Any]:
        """Return the data of the plane that charts need before they can draw.

        These are teacher rays [x, y, sign] of at most unit length, the circle of the start, and the initial reach of
        the axes.
        """
        lengths = problem.teacher_W.norm(dim=1, keepdim=True).clamp_min(1e-30)
        rays = (problem.teacher_W / lengths) @ self.axes.T
        teacher = torch.cat([rays, torch.sign(problem.teacher_a)[:, None]], dim=1)
        radius = float((a0.abs() * W0.norm(dim=1)).max())
        return {
            "teacher": [[float(x) for x in ray] for ray in teacher.cpu()],
            "radius": radius,
            "extent": max(1.5 * radius, ARRIVAL * self.size / len(a0)),
            "plane_note": self.note if len(a0) <= SHOWN else f"{self.note} (the first {SHOWN} neurons)".strip(),
        }


def _data_directions(problem: Task) -> list[Tensor]:
    """Return directions of data without a teacher: X'y, and the one of the largest variance orthogonal to it."""
    along = problem.X.T @ problem.y
    unit = along / along.norm().clamp_min(1e-30)
    beside = problem.X - problem.X.mean(dim=0)
    beside = beside - torch.outer(beside @ unit, unit)
    main = torch.linalg.eigh(beside.T @ beside).eigenvectors[:, -1]
    # the sign of an eigenvector is arbitrary: make its largest entry positive, so that equal runs give equal pictures
    return [along, main * torch.sign(main[main.abs().argmax()])]

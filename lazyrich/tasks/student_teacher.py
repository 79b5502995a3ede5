"""Student and teacher: inputs on the unit sphere, labelled by a small two-layer network.

The teacher's neurons are unit vectors with readout +1 or -1. The draws are those of the authors' code (theory.md,
section 0), so a seed gives the same problem as there. Their order after `torch.manual_seed(seed)`, in float32: the
default initialisation of the teacher's two nn.Linear layers (without bias; drawn and discarded), the teacher's
directions and signs, the default initialisation of the student's two layers, the student's directions and signs, the
inputs, and noise of the labels, which the authors do not use. All draws come from a separate generator, so torch's
global one is untouched.

    task, (W, a) = draw(StudentTeacher(tau=0.1, delta=1.0), torch.float64)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import torch
from torch import Generator, Tensor

from lazyrich.geometry import layer_norms
from lazyrich.networks import two_layer

__all__ = ["TEST_SEED", "Setting", "Task", "draw", "draw_task", "start", "teacher_size"]

TEST_SEED = 201
"""Seed of the test inputs for every training seed, as in the authors' code."""


class Setting(Protocol):
    """Settings that `draw` reads from a config; `lazyrich.StudentTeacher` has all of them."""

    @property
    def tau(self) -> float: ...
    @property
    def delta(self) -> float: ...
    @property
    def width(self) -> int: ...
    @property
    def dimension(self) -> int: ...
    @property
    def samples(self) -> int: ...
    @property
    def test_samples(self) -> int: ...
    @property
    def teacher_width(self) -> int: ...
    @property
    def leak(self) -> float: ...
    @property
    def noise(self) -> float: ...
    @property
    def symmetrised(self) -> bool: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True)
class Task:
    """A regression task with the teacher that made it; tensors of one dtype on one device.

    Attributes:
        X: Training inputs (n, d).
        y: Training outputs (n,).
        X_test: Test inputs (n_test, d).
        y_test: Test outputs (n_test,).
        teacher_W: The teacher's unit directions (m0, d), empty if there is no teacher.
        teacher_a: The teacher's signs (m0,), empty if there is no teacher.
    """

    X: Tensor
    y: Tensor
    X_test: Tensor
    y_test: Tensor
    teacher_W: Tensor
    teacher_a: Tensor

    def to(self, *where: Any) -> Task:
        """Return the task on another device or in another dtype, as torch's `Tensor.to`."""
        return Task(*(getattr(self, field.name).to(*where) for field in fields(self)))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all tensors as numpy arrays by name."""
        return {field.name: getattr(self, field.name).cpu().numpy() for field in fields(self)}


def draw(setting: Setting, dtype: torch.dtype = torch.float64) -> tuple[Task, tuple[Tensor, Tensor]]:
    """Draw the task and the student's start that a setting describes.

    Every neuron starts with |a_i| = alpha tau and |w_i| = tau / alpha, so its conserved quantity at unit rates is
    delta.

    Args:
        setting: Seed, sizes, tau and delta, `lazyrich.StudentTeacher` for example.
        dtype: Type of all tensors.

    Returns:
        The task, and the start (W (m, d), a (m,)).

    Raises:
        ValueError: As `draw_task` and `start` do.
    """
    task, directions, signs = draw_task(
        setting.seed,
        dimension=setting.dimension,
        width=setting.width,
        samples=setting.samples,
        test_samples=setting.test_samples,
        teacher_width=setting.teacher_width,
        leak=setting.leak,
        symmetrised=setting.symmetrised,
        noise=setting.noise,
        dtype=dtype,
    )
    return task, start(directions, signs, setting.tau, setting.delta)


def draw_task(
    seed: int,
    *,
    dimension: int,
    width: int,
    samples: int,
    test_samples: int = 1000,
    teacher_width: int = 3,
    leak: float = 0.0,
    symmetrised: bool = True,
    noise: float = 0.0,
    dtype: torch.dtype = torch.float64,
) -> tuple[Task, Tensor, Tensor]:
    """Draw a task, and the directions and signs of a student's neurons before their sizes are set.

    Directions, like the student's sizes, are exact in `dtype`; inputs and teacher are float32 numbers, bit for bit
    those of the authors, and outputs are computed from them in float64. Noise is drawn last, so that all other draws
    are the same at any noise.

    Args:
        seed: Seed of all draws but the test inputs.
        dimension: Dimension d of the inputs, at least 1.
        width: Number of student neurons m, at least 1, even if symmetrised.
        samples: Number of training inputs n, at least 1.
        test_samples: Number of test inputs, at least 1.
        teacher_width: Number of teacher neurons m0, at least 1.
        leak: Slope of phi at and below zero, of teacher and student alike, so that a student with the teacher's neurons
            has loss 0.
        symmetrised: Whether the second half of the neurons copies the first half's directions with the opposite sign,
            so that the student's output starts at 0.
        noise: Standard deviation of the noise on the training outputs, as a multiple of `teacher_size`, at or above 0.
            Test outputs have none.
        dtype: Type of all tensors.

    Returns:
        The task, unit directions (m, d) and signs (m,).

    Raises:
        ValueError: If a size is below 1, the width of a symmetrised student is odd or the noise is below 0.
    """
    sizes = {"dimension": dimension, "width": width, "samples": samples, "test_samples": test_samples}
    for name, size in (sizes | {"teacher_width": teacher_width}).items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}.")
    if symmetrised and width % 2:
        raise ValueError(f"width must be even when symmetrised, got {width}: choose {width + 1}, or symmetrised=False.")
    if not (noise >= 0 and math.isfinite(noise)):
        raise ValueError(f"noise must be 0 or above and finite, got {noise:g}.")
    generator = Generator().manual_seed(seed)
    _spend_linear_layers(generator, dimension, teacher_width)
    teacher_W = _unit_rows(_normal(generator, teacher_width, dimension)).double()
    teacher_a = _signs(_normal(generator, teacher_width))
    _spend_linear_layers(generator, dimension, width)
    drawn = width // 2 if symmetrised else width
    directions = _unit_rows(_normal(generator, drawn, dimension).double())
    signs = _signs(_normal(generator, drawn))
    X = _unit_rows(_normal(generator, samples, dimension)).double()
    X_test = _unit_rows(_normal(Generator().manual_seed(TEST_SEED), test_samples, dimension)).double()
    if symmetrised:
        directions, signs = torch.cat([directions, directions]), torch.cat([signs, -signs])
    y, y_test = (two_layer(inputs, teacher_W, teacher_a, leak) for inputs in (X, X_test))
    if noise:
        y = y + noise * teacher_size(teacher_W, teacher_a, leak) * _normal(generator, samples).double()
    task = Task(X, y, X_test, y_test, teacher_W, teacher_a)
    return task.to(dtype), directions.to(dtype), signs.to(dtype)


def start(directions: Tensor, signs: Tensor, tau: Any, delta: Any) -> tuple[Tensor, Tensor]:
    """Return the start (W, a) of students with given directions and signs.

    Sizes are computed in float64 (theory.md, section 6).

    Args:
        directions: Unit directions (m, d).
        signs: Signs of the readouts (m,).
        tau: Scale, above 0: a number, or a tensor (B,) for many students of one seed.
        delta: Conserved quantity: a number, or a tensor (B,).

    Returns:
        W (m, d) and a (m,), or W (B, m, d) and a (B, m).

    Raises:
        ValueError: If tau is not above 0.
    """
    a_size, w_size = layer_norms(_exact(tau), _exact(delta))
    W = w_size[..., None, None] * directions.double()
    a = a_size[..., None] * signs.double()
    return W.to(directions.dtype), a.to(signs.dtype)


def teacher_size(W: Tensor, a: Tensor, leak: float = 0.0) -> float:
    """Return the root mean square of a teacher's outputs over the unit sphere, in closed form.

    With phi(z) = (1 + leak) z / 2 + (1 - leak) |z| / 2, two unit neurons of cosine c have the mean product
    ((1 + leak)^2 c / 4 + (1 - leak)^2 (sqrt(1 - c^2) + c asin c) / (2 pi)) / d.

    Args:
        W: Unit directions (m, d), float64.
        a: Readouts (m,).
        leak: Slope of phi below zero.

    Source: Cho and Saul 2009, the arc-cosine kernel of order 1.
    """
    cosine = (W @ W.T).clamp(-1, 1)
    bent = torch.sqrt(1 - cosine**2) + cosine * torch.asin(cosine)
    product = (1 + leak) ** 2 / 4 * cosine + (1 - leak) ** 2 / (2 * math.pi) * bent
    return math.sqrt(max(0.0, float(a @ product @ a)) / W.shape[1])


def _spend_linear_layers(generator: Generator, dimension: int, width: int) -> None:
    """Draw what nn.Linear(dimension, width, bias=False) and nn.Linear(width, 1, bias=False) draw when constructed."""
    for shape in ((width, dimension), (1, width)):
        torch.empty(shape, dtype=torch.float32, device="cpu").uniform_(generator=generator)


def _normal(generator: Generator, *shape: int) -> Tensor:
    """Draw normal numbers as the authors do, at any default dtype and device of the caller."""
    return torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu")


def _exact(given: Any) -> Tensor:
    """Return numbers in float64, on the device of a tensor if they are one."""
    return (
        given.to(torch.float64) if isinstance(given, Tensor) else torch.tensor(given, dtype=torch.float64, device="cpu")
    )


def _unit_rows(rows: Tensor) -> Tensor:
    return rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)


def _signs(drawn: Tensor) -> Tensor:
    # an exact zero counts as positive: the readout of a neuron with sign 0 would never leave 0
    return 1.0 - 2.0 * (drawn < 0).double()

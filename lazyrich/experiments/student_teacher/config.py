"""Student and teacher: a two-layer ReLU network learns from data that a smaller one made (the paper's Fig. 1).

f(x) = sum_i a_i relu(w_i . x), trained on the mean squared error by gradient descent from an initialisation of scale
tau and geometry delta = a_i^2 - |w_i|^2. Every frame measures how far the kernel and the neurons have moved.

    for frame in StudentTeacher(tau=0.1, delta=1.0).frames():
        print(frame.step, frame.metrics["kernel_distance"])
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import field_validator

from lazyrich.config.preview import PreviewCost, at_steps, evenly_in_log
from lazyrich.config.schema import Config, Work, experiment_module, parameter
from lazyrich.config.twin_size import MAX_TWIN
from lazyrich.ending import Ending
from lazyrich.experiments.common import device_fields, endings, schedule
from lazyrich.experiments.common.device_fields import Device
from lazyrich.experiments.common.preset import Preset
from lazyrich.experiments.student_teacher import checks, cost
from lazyrich.frame import Frame, RunHeader
from lazyrich.geometry import conserved_delta

MAX_STEPS = 10_000_000
"""Largest number of steps of a run."""

MAX_SEEDS = 64
"""Largest number of seeds that a run trains side by side."""

LOSSES = {"train_loss": "training loss", "test_loss": "test loss"}
"""Columns of the losses, the training loss first, with their names in sentences."""


class StudentTeacher(Config):
    """One two-layer ReLU student of a small teacher. See the paper's Fig. 1 and theory.md, sections 0, 5, 6 and 8."""

    name: ClassVar[str] = "student-teacher"

    tau: float = parameter(
        0.1,
        "τ  scale",
        "Overall size of the initial weights. Small starts far from any solution and must move (rich); large hardly "
        "has to move (lazy). Every neuron starts with |a|·‖w‖ = τ².",
        ge=0.01, le=10, scale="log", main=True, preview=True, symbol="τ",
    )  # fmt: skip
    delta: float = parameter(
        0.0,
        "δ  balance",
        "How the initial size is shared between the layers. At equal rates, above 0 (upstream) the first layer is "
        "small and learns fast; below 0 (downstream) the readout does; 0 is balanced. Every neuron starts with "
        "δ = a² − ‖w‖².",
        ge=-2, le=2, step=0.05, main=True, preview=True, symbol="δ",
    )  # fmt: skip
    eta_a: float = parameter(
        1.0,
        "η_a  rate of the readout",
        "Learning rate of the second layer, relative to the common rate. A ratio of rates acts as a ratio of initial "
        "sizes does: τ and δ effective = (η_w a² − η_a‖w‖²)/√(η_a η_w) fix the function, √(η_a η_w) the speed.",
        ge=0.01, le=100, scale="log", main=True, preview=True, symbol="ηₐ",
    )  # fmt: skip
    eta_w: float = parameter(
        1.0,
        "η_w  rate of the first layer",
        "Learning rate of the first layer, relative to the common rate. With η_a it acts as a change of sizes does; "
        "raising both only speeds training up.",
        ge=0.01, le=100, scale="log", main=True, preview=True, symbol="η_w",
    )  # fmt: skip
    symmetrised: bool = parameter(
        True,
        "Symmetrised start",
        "The second half of the neurons copies the first half's w and flips its a, so the student's output is 0 "
        "everywhere at the start, whatever the scale.",
        preview=True,
    )
    width: int = parameter(
        50,
        "Student neurons m",
        "How many hidden neurons the student has. Even when the start is symmetrised.",
        ge=2, le=2000, step=2, preview=True, symbol="m",
    )  # fmt: skip
    dimension: int = parameter(
        2,
        "Input dimension d",
        "Inputs lie on the unit sphere of this dimension. Above 2, trajectories are shown in a plane spanned by "
        "teacher directions.",
        ge=2, le=1000, step=1, preview=True, symbol="d",
    )  # fmt: skip
    samples: int = parameter(
        20,
        "Training samples n",
        "How many inputs the student is trained on.",
        ge=1, le=10_000, step=1, preview=True, symbol="n",
    )  # fmt: skip
    teacher_width: int = parameter(
        3,
        "Teacher neurons",
        "How many hidden neurons the teacher has; each points in a random direction with readout +1 or −1.",
        ge=1, le=50, step=1, preview=True, symbol="m*",
    )  # fmt: skip
    leak: float = parameter(
        0.0,
        "Leak",
        "Slope of the activation below zero, in student and teacher: 0 is ReLU, 1 makes the networks linear.",
        ge=0, le=1, step=0.05, preview=True, symbol="leak",
    )  # fmt: skip
    noise: float = parameter(
        0.0,
        "Noise of the labels",
        "Standard deviation of the normal noise added to each training output, as a share of the teacher's root mean "
        "square on the sphere: 1 is as much noise as signal. Test outputs are the teacher's own. Drawn after all "
        "else, so that the same seed has the same teacher, start and inputs at any noise.",
        ge=0, le=10, step=0.05, preview=True, symbol="noise",
    )  # fmt: skip
    method: Literal["descent", "flow"] = parameter(
        "descent",
        "Method",
        "descent: full-batch gradient descent at the base learning rate, whose steps are finite, so that δ drifts and "
        "too large a rate diverges. flow: gradient flow, what descent follows when its steps are small, integrated "
        "with steps that adapt themselves; quicker, and δ stays. Steps then only mark the time.",
        preview=True,
        symbol="method",
    )
    learning_rate: float = parameter(
        5e-5,
        "Base learning rate",
        "One step covers flow time base/τ²: it moves the weights by that times the gradient of the mean squared error. "
        "Small keeps close to gradient flow; the paper's authors use 0.005 at d = 100. Too large and training "
        "diverges.",
        ge=1e-8, le=100, scale="log", preview=True, symbol="base",
    )  # fmt: skip
    steps: int = parameter(
        100_000,
        "Steps",
        "How many gradient steps to train for: flow time t = steps × base/τ². The phase portrait counts steps of base "
        "rate 0.005, so that one of its steps is 100 of these at base 5e-5.",
        ge=10, le=MAX_STEPS, scale="log", preview=True, symbol="steps",
    )  # fmt: skip
    until: Literal["steps", "flat"] = parameter(
        "steps",
        "Train until",
        "steps: to the last step, where the loss may still fall. flat: until training and test loss are flat since a "
        "tenth of the time, or the training loss is as good as zero, and to the last step at most. With many steps, "
        "flow is the method that can afford it.",
        preview=True,
        symbol="until",
    )
    twin: bool = parameter(
        False,
        "Lazy twin",
        "Computes beside the student what it would learn if it stayed linear in its weights: the kernel machine of "
        "its start, on the same data with the same rates, exactly at every frame. Needs at most "
        f"{MAX_TWIN:,} samples, or as few weights m (d + 1).",
        preview=True,
        symbol="twin",
    )
    read_kernel: bool = parameter(
        False,
        "Read the kernel",
        "Shows at every frame how much of the labels lies in the leading eigenvectors of the kernel, now and at the "
        "start, its spectrum, which inputs it takes for alike, and its trace, with which the speed of training goes. "
        f"Read on at most {cost.MAX_READ} training samples.",
        preview=True,
        symbol="kernel",
    )
    seed: int = parameter(
        0,
        "Seed",
        "Draws the teacher, the initial directions, the inputs and the noise, in this order: with another width or "
        "without the symmetrised start the inputs differ too. The same settings and seed give exactly the same run.",
        ge=0, le=2**31 - 1, step=1, preview=True, symbol="seed",
    )  # fmt: skip
    seeds: int = parameter(
        1,
        "Number of seeds",
        "How many students train side by side, from this seed on: each with a teacher, a start and inputs of its own. "
        "Lines are medians, bands reach from the 10th to the 90th of 100, thin lines are the first three seeds. The "
        "picture is the first seed's.",
        ge=1, le=MAX_SEEDS, step=1, preview=True, symbol="seeds", quick=(1, 8, 32),
    )  # fmt: skip
    test_samples: int = parameter(
        1000,
        "Test samples",
        "How many fresh inputs the test loss is measured on.",
        ge=1, le=20_000, step=1, preview=True, symbol="test n",
    )  # fmt: skip
    device: Device = device_fields.device()
    dtype: Literal["float64", "float32"] = parameter(
        "float64", "Precision", "float64 is exact to 15 digits; float32 is faster on large problems."
    )

    _width = field_validator("width")(checks.even_width)
    _seeds = field_validator("seeds")(checks.existing_seeds)
    _twin = field_validator("twin")(checks.small_enough_for_a_twin)

    @property
    def step_size(self) -> float:
        """Return the flow time of one step: learning_rate / tau^2, as in the authors' code (theory.md, section 0)."""
        return self.learning_rate / self.tau**2

    @property
    def conserved_delta(self) -> float:
        """Return eta_w a^2 - eta_a |w|^2 at the start, the same for every neuron (theory.md, section 6)."""
        return float(conserved_delta(self.tau, self.delta, self.eta_a, self.eta_w))

    @property
    def schedule(self) -> list[int]:
        """Return the training steps at which a frame is recorded."""
        return schedule.logarithmic(self.steps)

    def preview_steps(self, frames: int) -> list[int]:
        """Return the steps of a preview, evenly spaced in log(step)."""
        return evenly_in_log(self.schedule, frames)

    @property
    def expected_frames(self) -> int:
        """Return the number of frames of a run that does not diverge."""
        return len(self.schedule)

    def work(self) -> Work:
        """Estimate the cost of the run on one core."""
        return cost.work(self)

    def zero_losses(self, header: RunHeader) -> dict[str, float]:
        """Return the losses of an output of 0: the mean squares of the outputs to be learned."""
        outputs = {"train_loss": header.arrays["y"], "test_loss": header.arrays["y_test"]}
        return {name: float(np.mean(y**2)) for name, y in outputs.items() if len(y)}

    def ending(self, frames: Sequence[Frame]) -> Ending:
        """Return whether the losses have settled at the last of these frames."""
        header = frames[0].header if frames else None
        scale = self.zero_losses(header)["train_loss"] if header else 0.0
        found = endings.of_one(frames, LOSSES, scale, self.dtype)
        if self.until == "flat" and not found.settled and frames and frames[-1].step >= self.steps:
            return endings.at_the_limit(found, self.steps)
        return found

    def onward(self) -> Self | None:
        """Return the same run until its losses are flat; None if this run is the same already.

        It has the largest number of steps, and uses flow, for which so many are affordable.
        """
        if self.until == "flat":
            return self.changed(steps=MAX_STEPS) if self.steps < MAX_STEPS else None
        return self.changed(until="flat", steps=MAX_STEPS, method="flow")

    def frames(self, task: Any = None, start: Any = None) -> Iterator[Frame]:
        """Yield the frames of this run.

        If one of several seeds fails, the others continue, and the frames name the failed one.

        Args:
            task: Your own (X (n, d), y (n,)) or (X, y, X_test, y_test) instead of the teacher's data.
            start: Your own (W (m, d), a (m,)) instead of the start drawn from tau, delta and seed.

        Raises:
            Diverged: If the weights stop being finite.
            CannotRun: If the device asked for does not exist.
        """
        makes = "frames" if self.seeds == 1 else "ensemble.frames"
        return experiment_module(StudentTeacher, makes).frames(self, task, start)

    def frames_at(self, steps: Collection[int], seconds: float) -> Iterator[Frame]:
        """Yield the frames of this run at some of its steps; see Config.frames_at."""
        return self.frames_of_task_at(steps, seconds)

    def frames_of_task_at(self, steps: Collection[int], seconds: float, task: Any = None) -> Iterator[Frame]:
        """Yield the frames of a run on your own data at some of its steps; see `frames` and `frames_at`."""
        if self.seeds > 1:
            return at_steps(self.frames(task), steps)
        most = max(1, int(seconds / cost.seconds_per_gradient(self)))
        return experiment_module(StudentTeacher, "frames").frames(self, task, only=steps, most_gradients=most)

    def preview_cost(self) -> PreviewCost:
        """Estimate the cost of `frames_at`."""
        return super().preview_cost() if self.seeds > 1 else cost.preview(self)


def twin_by_rates(
    tau: float, ratio: float, method: Literal["descent", "flow"] = "descent"
) -> tuple[StudentTeacher, StudentTeacher]:
    """Return the same upstream run twice: (by initial sizes at unit rates, by learning rates from a balanced start).

    With eta_w = ratio and eta_a = 1/ratio, theory.md section 6 has k = sqrt(ratio) and g = 1: both compute the same
    function at all times if the first starts at |a| = k tau, |w| = tau / k, that is delta = tau^2 (ratio - 1/ratio).

    Args:
        tau: Scale of both starts.
        ratio: Learning rate of the first layer of the second run.
        method: Of both runs.
    """
    # rounded far below the accuracy of the run, so that the address shows a short number
    sizes = StudentTeacher(tau=tau, delta=round(tau**2 * (ratio - 1 / ratio), 12), method=method)
    rates = StudentTeacher(tau=tau, delta=0.0, eta_a=1 / ratio, eta_w=ratio, method=method)
    return sizes, rates


# Seed 2 draws teachers that are easy to distinguish: at 97, 165 and 230 degrees, the last one of the other sign.
_SIZES, _RATES = (config.changed(seed=2) for config in twin_by_rates(0.1, 100.0, "flow"))

PRESETS: tuple[Preset[StudentTeacher], ...] = (
    Preset(
        "Upstream",
        "Small and first layer fast: from the first steps on neurons swing round to the dotted teacher rays, the "
        "kernel moves early, and in the end nearly all point along a ray.",
        StudentTeacher(tau=0.1, delta=1.0, method="flow", seed=2),
    ),
    Preset(
        "Balanced",
        "Small and balanced: nothing seems to happen at first; then neurons turn and grow, the kernel moves and the "
        "loss drops, much later than upstream.",
        StudentTeacher(tau=0.1, delta=0.0, method="flow", seed=2),
    ),
    Preset(
        "Downstream",
        "Small and readout fast: neurons hardly turn; they change length, and many shrink through zero and come out "
        "with the other sign of a. The kernel stays.",
        StudentTeacher(tau=0.1, delta=-1.0, method="flow", seed=2),
    ),
    Preset(
        "Lazy",
        "Large: neurons hardly leave the circle they start on, the kernel stays put and the loss falls all the same.",
        StudentTeacher(tau=2.0, delta=0.0, method="flow", seed=2),
    ),
    Preset(
        "Sizes = rates",
        "The upstream run twice, once by initial sizes and once by learning rates: the curves lie on top of each "
        "other, because it is exactly the same function at all times.",
        _SIZES,
        (_RATES,),
    ),
    Preset(
        "Lazy twin",
        "Upstream, beside what it would learn if it stayed linear in its weights: both fit the data, but the twin's "
        "test loss ends far higher.",
        StudentTeacher(tau=0.1, delta=1.0, method="flow", seed=2, twin=True),
    ),
    Preset(
        "Lazy wins",
        "Balanced, with as much noise as signal: at its best the student beats its twin here; trained to the end it "
        "loses, as in most seeds (ask for several).",
        StudentTeacher(tau=0.1, delta=0.0, seed=2, noise=1.0, twin=True),
    ),
)
"""Settings of the paper's Fig. 1(a), of the equivalence of sizes and rates (theory.md, section 6), and of a lazy twin
(section 9) with a larger and with a smaller test loss than the student."""

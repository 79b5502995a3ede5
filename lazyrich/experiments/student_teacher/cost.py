"""Estimate the cost of a StudentTeacher from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.config.preview import PreviewCost
from lazyrich.config.schema import Work
from lazyrich.config.small_size import MAX_PRODUCTS
from lazyrich.experiments.common.cost import BYTES_PER_SECOND, GIGAFLOPS, OVERHEAD_SECONDS
from lazyrich.experiments.student_teacher.function_sizes import band_numbers, function_numbers

if TYPE_CHECKING:
    from lazyrich.experiments.student_teacher.config import StudentTeacher

FLOW_GRADIENTS = 4000
"""Number of gradients of gradient flow for a hard student with 400 frames; most need a tenth of that."""

MAX_READ = 200
"""Largest number of samples of a kernel reading, as the cost of its eigenvectors grows with the cube of the number."""

MAX_EIGENVECTORS = 20
"""Number of leading eigenvectors whose eigenvalues and labels are shown."""

MAX_CELLS = 32
"""Number of rows and columns of the picture of a kernel, which is sent to the browser with every frame."""

EASY_GRADIENTS = 1000
"""Number of gradients of gradient flow for a student like those of the presets."""

SMALL = 128
"""Number of samples up to which calls cost more than arithmetic, so that seeds are measured together. With more samples
the kernels of all seeds would exceed the cache."""

CACHED_PASSES = 3
"""Factor by which a pass over numbers in the cache of a core is faster."""

COLUMNS = 20
"""Count of numbers of a seed in the table of a frame."""

TOGETHER = 10
"""Number of further seeds whose calls cost as much as those of one seed, as all are stacked in one array."""


def work(config: StudentTeacher) -> Work:
    """Return the cost of a run on one core: 4 n d m operations a step of a seed, and a kernel of n x n a frame."""
    n, d, m, frames, seeds = config.samples, config.dimension, config.width, config.expected_frames, config.seeds
    number = 8 if config.dtype == "float64" else 4
    step = 4.0 * n * d * m
    # memory traffic of a step: about five passes over the activations
    moved = 5.0 * number * n * m
    frame = 4.0 * n * n * (d + m) + 2.0 * config.test_samples * d * m
    speed = GIGAFLOPS[config.dtype] * 1e9
    # gradients: one for each step of descent, or those of flow for a hard student, with the calls of its stages
    gradients, calls = (config.steps, 1.0) if config.method == "descent" else (FLOW_GRADIENTS, 8.0)
    called = OVERHEAD_SECONDS * (1 + (seeds - 1) / TOGETHER)
    measuring = 20 * called
    if _in_numpy(config):
        # trained in numpy, and measured in batches
        calls, measuring = (0.5, 8 * called) if config.method == "descent" else (1.0, 8 * called)
        moved /= CACHED_PASSES
    # in a stack, the activations of further seeds stay in the cache of a core
    passes = (1 + (seeds - 1) / CACHED_PASSES) * moved / BYTES_PER_SECOND
    seconds = gradients * (calls * called + seeds * step / speed + passes) + frames * (
        measuring + seeds * frame / speed
    )
    data = 1.0 * number * (n + config.test_samples) * (d + 1)
    shown = 3 * m + function_numbers(m, d) * (2 if config.twin else 1) + band_numbers(seeds, d)
    held = frames * (number * m * (d + 1) + 4 * shown) + data
    # half of the inputs' Gram matrix, half of the kernel at the start, activations of the engine and of a test pass
    scratch = number * (1.2 * n * n + 4.0 * m * n + 2.0 * m * max(n, config.test_samples))
    if seeds > 1:
        held += frames * seeds * COLUMNS * 8.0
        # tasks, starts, activations and initial kernels of all seeds; whole kernels of seeds measured together
        kernels = 4.0 if n <= SMALL else 1.2
        scratch += seeds * (data + number * (kernels * n * n + 4.0 * m * n + 4.0 * m * (d + 1)))
    if config.twin:
        # kernel and eigenvectors, or the gradients and their singular vectors; outputs at all frames
        smaller, larger = sorted((n, m * (d + 1)))
        wide = larger if m * (d + 1) < n else smaller
        decomposed = 7.0 * wide * smaller**2 + 2.0 * (frames + m + d) * smaller * config.test_samples
        seconds += seeds * decomposed / (GIGAFLOPS["float64"] * 1e9)
        held += frames * 4 * 2 * m
        scratch += seeds * 8.0 * (4.0 * wide * smaller + (frames + 2.0 * smaller) * config.test_samples + frames * m)
    if config.read_kernel:
        read, cells = min(n, MAX_READ), min(n, MAX_CELLS)
        # two eigenvalue problems, of about 10 n^3 operations each
        seconds += seeds * frames * (20 * OVERHEAD_SECONDS + 20.0 * read**3 / (GIGAFLOPS["float64"] * 1e9))
        held += frames * 4 * 2 * (cells**2 + 2 * min(read, MAX_EIGENVECTORS))
    flops = seeds * (gradients * step + frames * frame)
    return Work(flops=flops, bytes=held, scratch=scratch, seconds=seconds)


def seconds_per_gradient(config: StudentTeacher) -> float:
    """Return the time of one gradient of gradient flow in seconds, with the calls of its stage."""
    n, d, m = config.samples, config.dimension, config.width
    number = 8 if config.dtype == "float64" else 4
    moved, calls = 5.0 * number * n * m, 8.0
    if _in_numpy(config):
        moved, calls = moved / CACHED_PASSES, 1.0
    return calls * OVERHEAD_SECONDS + 4.0 * n * d * m / (GIGAFLOPS[config.dtype] * 1e9) + moved / BYTES_PER_SECOND


def preview(config: StudentTeacher) -> PreviewCost:
    """Estimate a preview of one student, with gradient flow as easy as in the presets; harder previews are cut."""
    n, d, m, frames = config.samples, config.dimension, config.width, config.expected_frames
    speed = GIGAFLOPS[config.dtype] * 1e9
    whole = work(config)
    measuring = 8 * OVERHEAD_SECONDS + (4.0 * n * n * (d + m) + 2.0 * config.test_samples * d * m) / speed
    one = seconds_per_gradient(config)
    training = config.steps * one / 2 if config.method == "descent" else EASY_GRADIENTS * one
    if config.method == "descent" or config.until == "flat":
        # every frame is measured, even if it is not shown
        training += frames * measuring
    # data and kernel at the start; the twin's eigenvectors
    opening = 100 * OVERHEAD_SECONDS + 4.0 * n * n * (d + m) / speed
    if config.twin:
        opening += whole.seconds - work(config.changed(twin=False)).seconds
    shown = 4 * OVERHEAD_SECONDS
    if config.read_kernel:
        shown += (whole.seconds - work(config.changed(read_kernel=False)).seconds) / frames
    numbers = COLUMNS + 3 * m + function_numbers(m, d) * (2 if config.twin else 1) + (2 * m if config.twin else 0)
    if config.read_kernel:
        numbers += 2 * (min(n, MAX_CELLS) ** 2 + 2 * min(n, MAX_READ, MAX_EIGENVECTORS))
    return PreviewCost(opening, measuring + shown, training, numbers)


def _in_numpy(config: StudentTeacher) -> bool:
    """Return whether a small student is trained in numpy, and measured in batches."""
    small = config.samples * config.dimension * config.width <= MAX_PRODUCTS
    return small and config.seeds == 1 and config.device != "cuda"

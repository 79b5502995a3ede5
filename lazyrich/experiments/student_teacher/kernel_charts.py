"""Charts and readings of the kernel reading (`StudentTeacher(read_kernel=True)`)."""

from __future__ import annotations

from lazyrich.charts import BoundedAxis, ChartSpec, Heat, Lines, Reading

MOMENTS = ("start", "now")

SHARES = Lines(
    id="label_shares",
    title="Labels in the first k eigenvectors",
    place="below",
    array="label_shares",
    x="eigenvectors",
    x_title="k",
    y=BoundedAxis(title="share of ‖y‖²", short="share", floor=0.0, ceiling=1.0),
    labels=MOMENTS,
    markers=True,
)

MAP = Heat(
    id="kernel_map",
    title="Which inputs the kernel takes for alike",
    place="below",
    array="kernel_map",
    x="inputs",
    y="inputs",
    x_title="training input",
    y_title="training input",
    labels=MOMENTS,
    range=(-1.0, 1.0),
    note="reading_note",
)

SPECTRUM = Lines(
    id="kernel_spectrum",
    title="Spectrum of the kernel",
    place="below",
    array="kernel_spectrum",
    x="eigenvectors",
    x_title="k",
    y=BoundedAxis(log=True, title="λₖ / trace", short="λₖ"),
    labels=MOMENTS,
    markers=True,
)

KERNEL_CHARTS: tuple[ChartSpec, ...] = (SHARES, MAP, SPECTRUM)

KERNEL_READINGS = (
    Reading(
        column="label_rank",
        label="99 % of y in",
        unit="eigenvectors",
        count=True,
        help="How many of the kernel's patterns, the fastest first, hold nearly all of the labels: a network that "
        "learns features moves its kernel towards them, and needs fewer.",
        formula="Leading eigenvectors that hold 99 % of ‖y‖². Training goes along each at a rate in proportion to its "
        "eigenvalue.",
    ),
    Reading(
        column="kernel_trace",
        label="kernel trace ×",
        help="How much faster training goes now than at the start, whatever the kernel's shape is: the kernel distance "
        "leaves it out.",
        formula="tr Kₜ / tr K₀.",
    ),
)

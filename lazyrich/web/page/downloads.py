"""Offer downloads: files of the run up to now, and lines of code that repeat the run elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.replay import recording
from lazyrich.replay.page import replay_html
from lazyrich.replay.recording import Kept, obstacle, row_bytes
from lazyrich.results import export
from lazyrich.results.result import Result
from lazyrich.serving.admission import FRAME_OVERHEAD, size_in_words
from lazyrich.serving.pool import Refused, Run
from lazyrich.web.components.live_chart import Shown
from lazyrich.web.server.wiring import largest_download, making_file

DIGITS = 2.5
"""Ratio of the bytes of a number written in digits to those in memory."""

SCRIPTS = 10e6
"""Bytes that a replay takes while it is made, beside its frames."""

File = tuple[str, str, str, Callable[[Result], bytes], str]
"""Label of its button, suffix, MIME type, function that makes its bytes, and content."""

_FILES: tuple[File, ...] = (
    ("Curves, CSV", "csv", "text/csv", export.curves_csv, "One row a frame: losses, kernel distance and all the rest."),
    (
        "Curves, Parquet",
        "parquet",
        "application/vnd.apache.parquet",
        export.curves_parquet,
        "The same, typed and compact.",
    ),
    (
        "{holds}, NPZ",
        "npz",
        "application/octet-stream",
        export.arrays_npz,
        "NumPy arrays: what training changes at every frame, and what it learns from.",
    ),
    ("Settings, JSON", "json", "application/json", export.config_json, "All settings, versions, device and precision."),
)


def downloads(run: Run, key: str, link: str, called: str = "", kept: Sequence[Shown] = ()) -> None:
    """Draw a button for each file. A click makes the bytes from the frames at that time.

    Args:
        run: The run.
        key: Prefix of the keys of the widgets.
        link: Address of the page with the run's settings.
        called: Name of the run in the legend.
        kept: Runs beside it, of which a replay includes as many as fit.
    """
    replay: File = (
        "Replay, HTML",
        "html",
        "text/html",
        lambda result: replay_html(result, link=link, label=called, kept=_playing(run, kept)).encode(),
        "One file that plays the run in any browser, without a network: for talks, mail and course pages.",
    )
    for label, suffix, mime, write, help in (*_FILES, replay):
        if suffix == "npz" and not run.config.array_content:
            continue
        why = _why_not(run, suffix)

        def bytes_now(write: Callable[[Result], bytes] = write, suffix: str = suffix) -> bytes:
            # Use the current frames, as the run may have had none when the page was drawn. Take them first, because
            # the weights may be dropped while this waits for its turn.
            result = run.result()
            if why := _why_not(run, suffix) or (suffix == "html" and obstacle(result.frames)):
                raise Refused(why)
            beside = sum(row_bytes(one.run.frames) for one in kept) if suffix == "html" else 0
            with making_file(_cost(run, suffix) + beside):
                return write(result)

        name = f"lazyrich-{run.config.name}-{run.config.key[:8]}.{suffix}"
        st.download_button(
            label.format(holds=run.config.array_content), bytes_now, name, mime, key=f"{key}.{suffix}",
            help=why or help, on_click="ignore", width="stretch", disabled=bool(why),
        )  # fmt: skip
    st.caption("The bar over each chart saves it as PNG, SVG or PDF, for slides and papers too.")


def _playing(run: Run, kept: Sequence[Shown]) -> list[Kept]:
    """Return the first of the kept runs with frames, as many as fit into a replay together with the run."""
    room, found = recording.MAX_BYTES - row_bytes(run.frames), []
    for one in kept:
        room -= row_bytes(one.run.frames)
        if one.run.frames and room >= 0:
            found.append(Kept(one.run.result(), one.label, one.place))
    return found


def _why_not(run: Run, suffix: str) -> str:
    """Return a sentence on why a file is not available, now or at all; empty if it is."""
    if suffix == "npz" and run.weights_dropped:
        return "The server let go of the weights for want of memory: take them from Python, with the lines beside this."
    size = {"npz": run.nbytes, "html": row_bytes(run.frames)}.get(suffix, 0)
    if size > largest_download():
        return f"More than {size_in_words(largest_download())}: take it from Python, with the lines beside this."
    return obstacle(run.frames) if suffix == "html" and run.frames else ""


def _cost(run: Run, suffix: str) -> float:
    """Estimate the bytes that a file takes while it is made."""
    if suffix == "npz":
        return float(run.nbytes)
    return row_bytes(run.frames) + SCRIPTS if suffix == "html" else _curves_bytes(run)


def _curves_bytes(run: Run) -> float:
    """Estimate the bytes of the curves: a row per frame, or the tables of frames, written in digits."""
    tables = sum(column.nbytes for frame in run.frames for column in (frame.table or {}).values())
    return float(FRAME_OVERHEAD * len(run.frames) + DIGITS * tables)


def same_elsewhere(config: Config) -> None:
    """Show three lines of Python and one of shell that compute the same numbers."""
    st.caption("With `pip install` of this project, these lines give the same numbers:")
    st.code(export.same_in_python(config), language="python")
    st.caption("or from a shell:")
    st.code(export.same_in_shell(config), language="bash")

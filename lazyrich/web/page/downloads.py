"""What a visitor takes away: files of the run as far as it has got, and the lines that compute the same elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.results import export
from lazyrich.results.result import Result
from lazyrich.serving.admission import FRAME_OVERHEAD, size_in_words
from lazyrich.serving.pool import Refused, Run
from lazyrich.web.server.wiring import largest_download, making

DIGITS = 2.5
"""Bytes of a number's digits for each of its own."""

_FILES: tuple[tuple[str, str, str, Callable[[Result], bytes], str], ...] = (
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


def downloads(run: Run, key: str) -> None:
    """A button for each file. The bytes are made when it is clicked, from the frames that are there then."""
    for label, suffix, mime, write, help in _FILES:
        whole = suffix == "npz"
        if whole and not run.config.holds:
            continue
        why = _why_not(run) if whole else ""

        def bytes_now(write: Callable[[Result], bytes] = write, whole: bool = whole) -> bytes:
            # By the frames of now: the page may have been made when there was none. They are taken first, as the
            # weights may go while this waits for its turn.
            result = run.result()
            if whole and (why := _why_not(run)):
                raise Refused(why)
            with making(float(run.nbytes) if whole else _curves_bytes(run)):
                return write(result)

        name = f"lazyrich-{run.config.name}-{run.config.key[:8]}.{suffix}"
        st.download_button(
            label.format(holds=run.config.holds), bytes_now, name, mime, key=f"{key}.{suffix}", help=why or help,
            on_click="ignore", width="stretch", disabled=bool(why),
        )  # fmt: skip
    st.caption("Each chart saves itself as PNG or SVG from the bar that appears over it.")


def _why_not(run: Run) -> str:
    """Why a run's weights are not to be had here; empty if they are."""
    if run.light:
        return "The server let go of the weights for want of memory: take them from Python, with the lines beside this."
    if run.nbytes > largest_download():
        return f"More than {size_in_words(largest_download())}: take it from Python, with the lines beside this."
    return ""


def _curves_bytes(run: Run) -> float:
    """About what the curves take: a row a frame, or the tables that frames bring, written out in digits."""
    tables = sum(column.nbytes for frame in run.frames for column in (frame.table or {}).values())
    return float(FRAME_OVERHEAD * len(run.frames) + DIGITS * tables)


def same_elsewhere(config: Config) -> None:
    """Three lines of Python and one of shell that give the same numbers."""
    st.caption("With `pip install` of this project, these lines give the same numbers:")
    st.code(export.same_in_python(config), language="python")
    st.caption("or from a shell:")
    st.code(export.same_in_shell(config), language="bash")

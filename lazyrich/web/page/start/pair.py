"""Draw two runs side by side, each in a live chart of its own: its neurons, and the function that it has learned.

The configs are those of the playground's presets, so every visitor sees the same two runs, which are trained once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from lazyrich.charts import Reading
from lazyrich.experiments.student_teacher.charts import FUNCTION, KERNEL_READING, PLANE
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher
from lazyrich.web.components.live_chart import Shown, live
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.retry import rerun_in
from lazyrich.web.server.wiring import Refused, request_run, token


def preset(name: str) -> StudentTeacher:
    """Return the config of a preset of the playground."""
    return next(one.config for one in PRESETS if one.name == name)


LAZY: Final = preset("Lazy")
RICH: Final = preset("Upstream")

CHARTS: Final = (
    PLANE.model_copy(update={"title": "Its neurons"}),
    FUNCTION.model_copy(update={"title": "What it has learned"}),
)

READINGS: Final = (
    Reading(
        column="test_loss", label="error on new inputs", help="Mean squared error on inputs it was not trained on."
    ),
    KERNEL_READING.model_copy(update={"label": "features changed", "formula": "", "resolution": 1e-3}),
)
"""Computed in each of the two runs, at the frame that is shown."""

LOOK: Final = {"kind": "glance", "pictures": [], "controls": []}
"""Small, one below the other, without anything that changes the runs."""


def pair(sides: Sequence[tuple[str, StudentTeacher]]) -> None:
    """Draw the runs, each under its name; a sentence in the place of one that the server has no room for now.

    Args:
        sides: Name of each run, and its config.
    """
    page: set[str] = set()
    for column, (name, config) in zip(st.columns(len(sides)), sides, strict=True):
        with column:
            st.html(f"<h2>{name}</h2>")
            try:
                run = request_run(config, page)
            except Refused as refusal:
                st.info(plain(refusal.sentence))
                if refusal.retry_after is not None:
                    rerun_in(refusal.retry_after)
                continue
            page.add(run.id)
            live(
                Shown(run, ""), (), CHARTS, READINGS, LOOK, token=token(), key=f"start.{config.key}",
                on_new_seed=_nothing, on_remedy=_nothing, on_again=_nothing,
            )  # fmt: skip


def _nothing() -> None:
    """Do nothing; the rerun requests the run again, which is all that these charts offer."""

"""Train on a visitor's own data instead of the drawn task: upload the file, show its contents, set the config.

    own = OwnFile(StudentTeacher)
    bench = ExperimentPage(StudentTeacher, PRESETS, trained=own.trained)
    ...
    with st.sidebar:
        bench.controls(own.sizes)
        own.draw()

The data belong to the page: all runs on it learn from them, including kept ones. They stay for the session, and are not
part of addresses. During a lesson, whose text is about a task of its own, they are set aside: `own.set_aside()`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

import numpy as np
import streamlit as st

from lazyrich.config.schema import Config, named
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.own_data import (
    SUFFIXES,
    BadData,
    Bounds,
    Given,
    OwnData,
    OwnStudent,
    Preparation,
    may_be_row_numbers,
    parse,
    prepare,
)
from lazyrich.serving.pool import Refused
from lazyrich.web.hardening.uploads import cookies_are_blocked, hold
from lazyrich.web.page import widgets
from lazyrich.web.page.lesson.place import LESSON, STEP
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.share.page_view import SHOW
from lazyrich.web.server.wiring import pool

FORMATS: Final = (
    "**CSV**: a row a sample, the output y in the last column; names on top or not; comma, semicolon or tab; lines "
    "that begin with # are left out. "
    "**NPZ**: arrays X (n, d) and y (n,), and X_test and y_test if you have them."
)

_ONE_AT_A_TIME: Final = threading.Lock()
"""Number of files read at once, because reading one briefly needs several times its bytes, which no limit counts."""

FAR: Final = 2.0
"""Ratio of the data's size to the one that τ and the learning rate are meant for, beyond which the page warns."""


@dataclass
class _State:
    """State of a visitor's page between reruns."""

    given: Given | None = None
    preparation: Preparation = field(default_factory=Preparation)
    data: OwnData | None = None
    error: str = ""
    """Reason why the last uploaded file cannot be used."""
    round: int = 0
    """Counter in the widget's key; increase it to make Streamlit forget the file."""


class OwnFile:
    """The upload of a visitor's file on an experiment's page, and the settings that follow from the file."""

    def __init__(self, experiment: type[StudentTeacher]):
        self._name = experiment.name
        self._bounds = Bounds.of(experiment, pool().limits.upload_mb)
        self._aside = False
        self._state: _State = st.session_state.setdefault(f"{self._name}.own", _State())
        if not widgets.loaded(Preparation):
            widgets.load(self._state.preparation)
        preparation, _ = widgets.read(Preparation, self._state.preparation)
        if preparation != self._state.preparation:
            self._state.preparation = preparation
            self._prepare()

    @property
    def data(self) -> OwnData | None:
        """Return the data that the page's runs learn from; None for the drawn task."""
        return None if self._aside else self._state.data

    @property
    def tested(self) -> bool:
        """Return whether there are samples to test on."""
        return self.data is None or len(self.data.X_test) > 0

    @property
    def sizes(self) -> dict[str, Any]:
        """Return settings fixed by the data, with None for those without meaning; empty without own data."""
        if self.data is None:
            return {}
        (n, d), k = self.data.X.shape, len(self.data.X_test)
        return {"dimension": d, "samples": n, "test_samples": k, "teacher_width": None, "noise": None}

    def trained(self, config: StudentTeacher) -> Config:
        """Return the config to train for these settings."""
        return config if self.data is None else OwnStudent.of(config, self.data)

    def set_aside(self) -> None:
        """Train on the drawn task in this run of the page, and say so if there are data. Call before charts are drawn.

        A button leaves the lesson, after which runs learn from the data again.
        """
        self._aside = True
        if self._state.data is None:
            return
        with st.container(horizontal=True, vertical_alignment="center", key=f"{self._name}.aside"):
            name = plain(self._state.data.name)
            st.caption(f"**{name}** is set aside: the runs of this lesson learn its own task.", width="content")
            st.button("Leave the lesson", key=f"{self._name}.leave", on_click=_leave_lesson)

    def draw(self) -> None:
        """Draw the upload, the contents of the file and the choices of its preparation."""
        state = self._state
        with st.expander("Your own data", expanded=bool(state.given or state.error)):
            if cookies_are_blocked():
                st.warning(
                    "Your browser keeps no cookies of this site, without which it cannot send a file: allow cookies "
                    "for this site (in a frame on another page: open the app in a tab of its own), and reload."
                )
            st.file_uploader(
                "Learn from a file in place of the teacher",
                type=[suffix[1:] for suffix in SUFFIXES],
                key=self._key,
                on_change=self._take,
                max_upload_size=pool().limits.upload_mb,
            )
            if state.error:
                st.error(plain(state.error))
            if state.given is not None:
                self._draw_data()
                return
            st.caption(FORMATS)
            st.download_button(
                "An example", example, "example.csv", "text/csv", key=f"{self._name}.example", on_click="ignore"
            )

    def _draw_data(self) -> None:
        data = self.data
        if data is not None:
            st.markdown(f"**{plain(data.name)}**: {plain(data.words)}.")
            shared = "All runs on this page learn from it, those that are kept too."
            st.caption(plain(" ".join(filter(None, [data.notes, sizes(data), shared]))))
        widgets.draw_all(Preparation, but=self._needless())
        st.button("Back to the teacher", key=f"{self._name}.back", on_click=self._drop, width="stretch")

    def _needless(self) -> list[str]:
        """Return the settings that have no effect on this file, to hide them."""
        given = self._state.given
        assert given is not None
        asked = {"first_line": given.first is not None, "row_numbers": may_be_row_numbers(given)}
        return [name for name, needed in asked.items() if not needed]

    @property
    def _key(self) -> str:
        return f"{self._name}.file.{self._state.round}"

    def _take(self) -> None:
        """Handle a file that the visitor has uploaded or removed."""
        state = self._state
        # in the same message the visitor may have gone back to the teacher, which makes a new upload field
        file = st.session_state.get(self._key)
        state.given, state.data, state.error = None, None, ""
        if file is None:
            return
        try:
            with _ONE_AT_A_TIME:
                given = parse(short_name(file.name), file.getvalue(), self._bounds, in_doubt=True)
                hold(given, pool().limits)
        except (BadData, Refused) as refusal:
            state.error = sentence_of(refusal)
            return
        state.given = given
        # messages about the previous file do not apply to this one
        state.preparation = state.preparation.changed(first_line="ask", row_numbers="ask")
        widgets.load(state.preparation)
        self._prepare()

    def _prepare(self) -> None:
        state = self._state
        state.data, state.error = None, ""
        if state.given is None:
            return
        try:
            data = prepare(state.given, state.preparation)
            self._bounds.check(data)
            state.data = data
        except BadData as refusal:
            state.error = sentence_of(refusal)

    def _drop(self) -> None:
        state = self._state
        state.given, state.data, state.error = None, None, ""
        state.round += 1


def _leave_lesson() -> None:
    """Stay on the page with its settings, without the lesson and with all controls."""
    for name in (LESSON, STEP, SHOW):
        st.query_params.pop(name, None)


def trained_on_page(config: Config) -> Config | None:
    """Return the config that the page of these settings would train now; None if its own data do not allow them."""
    data = own_data_of_page(config.name)
    if data is None or not isinstance(config, StudentTeacher):
        return config
    try:
        return OwnStudent.of(config, data)
    except ValueError:
        return None


def own_data_of_page(experiment: str) -> OwnData | None:
    """Return the visitor's own data that an experiment's page holds now; None for drawn data."""
    state: _State | None = st.session_state.get(f"{experiment}.own")
    return None if state is None else state.data


def sentence_of(refusal: BadData | Refused) -> str:
    """Return the sentence of a refusal with the settings named as on the page."""
    return named(refusal.sentence, Preparation, page=True)


def sizes(data: OwnData) -> str:
    """Return a sentence if inputs or outputs do not have the sizes that the page's settings are meant for, else ""."""
    norm, size = float(np.linalg.norm(data.X, axis=1).mean()), float(np.sqrt(np.mean(data.y**2)))
    if data.preparation.scaling != "none" or (1 / FAR <= norm <= FAR and 1 / FAR <= size <= FAR):
        return ""
    return (
        f"Inputs have a mean norm of {norm:.3g} and outputs a root mean square of {size:.3g}; τ and the learning rate "
        "are meant for 1: the scaling “unit” makes them so."
    )


def example() -> bytes:
    """Return a small CSV: 60 points of the unit circle and y = |x₁ + x₂|, which two neurons learn."""
    angle = 2 * np.pi * np.random.default_rng(0).random(60)
    x1, x2 = np.cos(angle).round(4), np.sin(angle).round(4)
    rows = [f"{a:.4f},{b:.4f},{abs(a + b):.4f}" for a, b in zip(x1, x2, strict=True)]
    return "\n".join(["x1,x2,y", *rows, ""]).encode()


def short_name(name: str) -> str:
    """Return the name of a file from a browser, without folders and unprintable characters."""
    return "".join(filter(str.isprintable, PurePath(name).name))[-80:] or "data"

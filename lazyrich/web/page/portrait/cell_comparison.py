"""Compare cells of a phase portrait side by side.

It shows the numbers of the chosen cell and of pinned cells, and opens all of them as runs of the playground.

    cells = Cells("portrait", config)
    cells.choose((0, 16))
    cells.row(), cells.comparison(maps, "kernel_distance", at=3)
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st
from pydantic import ValidationError

from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.endings import Settling
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.experiments.phase_portrait.summary import cell_name
from lazyrich.experiments.phase_portrait.times import of_cell
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.sweeps.figures import portrait_curves
from lazyrich.web.components.figure import figure
from lazyrich.web.page import url_state
from lazyrich.web.page.page_state import MAX_KEPT

Cell = tuple[int, int]

PLAYGROUND: Final = "pages/playground.py"


class Cells:
    """The chosen cell and the pinned ones of one visitor, (index across, index up), for one portrait.

    name: key in the session's state.
    """

    def __init__(self, name: str, config: PhasePortrait):
        self._name, self._config = name, config
        state = st.session_state.setdefault(f"{name}.cells", {})
        if state.get("of") != config.key:
            state.clear()
            state |= {"of": config.key, "chosen": None, "pinned": []}
        self._state: dict[str, Any] = state

    @property
    def chosen(self) -> Cell | None:
        """Return the cell that was clicked last."""
        chosen: Cell | None = self._state["chosen"]
        return chosen

    @property
    def shown(self) -> list[Cell]:
        """Return the chosen cell and, after it, those pinned."""
        every = [self.chosen, *self._state["pinned"]]
        return [cell for cell in dict.fromkeys(every) if cell is not None]

    def choose(self, cell: Any) -> None:
        """Choose a cell; ignore values from the browser that are no cell of the grid."""
        sizes = (len(self._config.x_values), len(self._config.y_values))
        try:
            whole = [int(index) for index in cell]
        except (TypeError, ValueError, OverflowError):
            return
        if len(whole) == 2 and all(0 <= index < size for index, size in zip(whole, sizes, strict=True)):
            self._state["chosen"] = (whole[0], whole[1])

    def row(self) -> None:
        """Draw the buttons of the chosen cell: open it in the playground, pin it, open all pinned cells."""
        chosen, pinned = self.chosen, self._state["pinned"]
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{self._name}-cells"):
            if chosen is None:
                st.caption("Click a cell to open that student in the playground, or to compare it with others.")
                return
            name = cell_name(self._config, chosen)
            students = self._students([chosen])
            if students:
                _link(f"Open {name} in the playground", students)
            else:
                st.caption(f"{name}: the playground has no such setting.")
            full = len(pinned) >= MAX_KEPT
            st.button(
                "Pin", key=f"{self._name}.pin", disabled=full or chosen in pinned,
                help=f"{MAX_KEPT} cells are pinned already." if full else "Keep this cell beside the next ones.",
                on_click=_pin, args=[pinned, chosen],
            )  # fmt: skip
            if pinned:
                students = self._students(self.shown)
                if len(students) > 1:
                    _link(f"Open these {len(students)} side by side", students)
                st.button("Drop pinned", key=f"{self._name}.drop", on_click=pinned.clear)

    def comparison(self, maps: Maps, measure: str, at: int) -> None:
        """Draw every measure of the chosen cell at one time with its spread, and one measure of all cells over time.

        at: index of the time.
        """
        if self.chosen is None:
            return
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.caption(
                f"{cell_name(self._config, self.chosen)}, {of_cell(self._config, self.chosen, self._config.at[at])}"
            )
            st.table(self._table(maps, at))
            st.caption(Settling(self._config, maps, at).of_cell(self.chosen))
        with right:
            figure(
                portrait_curves(self._config, maps, measure, self.shown),
                title=f"{PORTRAIT_MEASURES[measure].label} over training time",
                file=f"lazyrich-portrait-{measure}-cells",
                key=f"{self._name}.curves",
                lines=[self._config.caption],
            )

    def _table(self, maps: Maps, at: int) -> pd.DataFrame:
        assert self.chosen is not None
        i, j = self.chosen
        one = self._config.seeds == 1
        columns = (
            (("value", maps.mean),) if one else (("mean", maps.mean), ("lowest", maps.low), ("highest", maps.high))
        )
        return pd.DataFrame(
            {
                name: {
                    PORTRAIT_MEASURES[measure].label: _number(of[measure][at, j, i]) for measure in PORTRAIT_MEASURES
                }
                for name, of in columns
            }
        )

    def _students(self, cells: list[Cell]) -> list[StudentTeacher]:
        """Return these cells as runs of the first seed; the playground does not allow all settings of a portrait."""
        found = []
        for i, j in cells:
            x, y = self._config.x_values[i], self._config.y_values[j]
            try:
                found.append(self._config.student(x, y, self._config.first_seed))
            except ValidationError:
                continue
        return found


def _link(label: str, students: list[StudentTeacher]) -> None:
    """Draw a link to the playground with the first of these runs, and the others kept beside it."""
    query = url_state.write(students[0], students[1 : MAX_KEPT + 1])
    st.page_link(PLAYGROUND, label=label, query_params=query, icon=":material/arrow_forward:")


def _number(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "–"


def _pin(pinned: list[Cell], cell: Cell) -> None:
    if cell not in pinned and len(pinned) < MAX_KEPT:  # a second click may come before the button is redrawn
        pinned.append(cell)

"""The page My runs: this visitor's runs, to sort, open again, keep, annotate, delete and download."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from lazyrich.config.limits import MB
from lazyrich.run_archive.reading import BadArchive, Bounds, memory_to_read, read_runs
from lazyrich.run_archive.recorded_run import MAX_NOTE
from lazyrich.run_archive.writing import archive
from lazyrich.serving.pool import Refused
from lazyrich.web.hardening.uploads import cookies_are_blocked
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.my_runs.places import open_link
from lazyrich.web.page.my_runs.rows import NEWEST, OLDEST, Row, block, orders, rows_of, sorted_rows
from lazyrich.web.page.my_runs.run_list import Entry, RunList
from lazyrich.web.page.my_runs.session import runs_of_session
from lazyrich.web.page.page_state import MAX_KEPT, keep, kept_on_page
from lazyrich.web.page.upload_widget import own_data_of_page, trained_on_page
from lazyrich.web.server.wiring import making_file, pool

__all__ = ["my_runs_page"]

AT_ONCE: Final = 12
"""Number of rows that are drawn before the visitor asks for more."""

PERIOD: Final = 2.0
"""Seconds between two updates of runs in training."""

_LOOK: Final = Path(__file__).parents[1] / "look" / "my_runs.css"


def my_runs_page() -> None:
    """Draw the whole page."""
    st.html(_LOOK)
    runs = runs_of_session()
    runs.settle()
    training = any(entry.followed for entry in runs.entries)
    st.fragment(_list, run_every=PERIOD if training else None)(runs)
    with st.expander("Open an archive", expanded=not runs.entries):
        _open(runs)
    st.caption(
        "This list is in the memory of the server, for this visit alone: it ends when the page is closed or loaded "
        f"again. It has room for {pool().limits.listed_runs:,} runs. Download it to keep it, and open it here or in "
        "Python, with `lazyrich.open_runs`. Pictures show what runs of a kind are compared by, such as the test loss, "
        "over time."
    )


def _list(runs: RunList) -> None:
    training = any(entry.followed for entry in runs.entries)
    runs.settle()
    if training and not any(entry.followed for entry in runs.entries):
        st.rerun()  # without further looks
    for sentence in st.session_state.pop("my-runs.notices", []):
        st.warning(plain(sentence))
    if kept := st.session_state.pop("my-runs.kept", ""):
        st.toast(kept)
    rows = rows_of(runs.entries)
    if not rows:
        st.info("Nothing has been run yet. Runs of all pages are listed here as soon as they start.")
        return
    if runs.left:
        st.caption(f"{runs.left:,} older runs have left the list, which was full.")
    order, largest_first = _tools(runs, rows)
    found = sorted_rows(rows, order, largest_first)
    shown = st.session_state.setdefault("my-runs.shown", AT_ONCE)
    for row in found[:shown]:
        _draw(runs, row)
    if len(found) > shown:

        def more() -> None:
            st.session_state["my-runs.shown"] = shown + AT_ONCE

        st.button(f"Show more ({len(found) - shown:,})", key="my-runs.more", on_click=more)


def _tools(runs: RunList, rows: list[Row]) -> tuple[str, bool]:
    """Draw the controls above the rows. Returns the chosen order, and whether the largest comes first."""
    names = orders(rows)
    if st.session_state.get("my-runs.order") not in names:
        st.session_state["my-runs.order"] = NEWEST
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="my-runs-tools"):
        order: str = st.selectbox("Sort by", names, key="my-runs.order", width=200)
        largest = False
        if order not in (NEWEST, OLDEST):
            largest = st.toggle("Largest first", key="my-runs.largest")
        st.download_button(
            "Download all", lambda: _archive(runs), "lazyrich-runs.zip", "application/zip", key="my-runs.download",
            on_click="ignore", help="Settings, curves, last numbers and notes in one file, to be opened again.",
        )  # fmt: skip
        with st.popover("Delete all"):
            st.caption("The list only: what pages show stays.")
            st.button("Delete all runs of the list", key="my-runs.clear", on_click=runs.clear)
    return order, largest


def _draw(runs: RunList, row: Row) -> None:
    entry, number = row.entry, row.entry.number
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"my-runs-row-{number}"):
        st.html(block(row))
        if entry.config is not None:
            kept = [one for one in kept_on_page(entry.config.name) if one != entry.config]
            other = _other_data(entry)
            open_link(entry.config, "Open on other data" if other else "Open", tuple(kept), help=other or None)
            st.button(
                "Keep", key=f"my-runs.keep.{number}", on_click=_keep, args=(row,), help=other or _HELP_KEEP,
                disabled=bool(other),
            )  # fmt: skip
        key = f"my-runs.note.{number}"
        if key not in st.session_state:
            st.session_state[key] = entry.note
        st.text_input(
            "Note", key=key, placeholder="Note", max_chars=MAX_NOTE, label_visibility="collapsed", width=180,
            on_change=lambda: runs.note(number, str(st.session_state[key])),
        )  # fmt: skip
        st.button(
            "Delete", key=f"my-runs.delete.{number}", on_click=runs.delete, args=(number,), type="tertiary",
            icon=":material/delete:", help="Take this run off the list.",
        )  # fmt: skip


def _other_data(entry: Entry) -> str:
    """Return why the page of a run would train on other data than it; "" if it would train the same."""
    assert entry.config is not None
    trained = trained_on_page(entry.config)
    if trained is not None and trained.key == entry.key:
        return ""
    holds = own_data_of_page(entry.config.name) is not None
    if not entry.own:
        return "This run learned from drawn data, and its page holds your own now: go back to the teacher there first."
    if entry.came:
        return (
            "This run learned from data or a start of one's own, which its archive does not hold: on its page these "
            "settings learn from other data."
        )
    now = "holds other data now" if holds else "does not hold them now"
    return f"This run learned from your own data, and its page {now}: bring the file there first."


_HELP_KEEP: Final = f"Pin it beside the other runs of its page, which keeps up to {MAX_KEPT}."


def _keep(row: Row) -> None:
    assert row.entry.config is not None
    if why := keep(row.entry.config):
        st.session_state["my-runs.notices"] = [why]
    else:
        # shown by the list itself: a callback of a fragment may draw nothing
        st.session_state["my-runs.kept"] = f"Kept on the page {row.place}."


def _archive(runs: RunList) -> bytes:
    recorded = [one for entry in runs.entries if (one := entry.for_archive)]
    with making_file(float(sum(run.nbytes for run in recorded))):
        return archive(recorded)


def _open(runs: RunList) -> None:
    """Draw the upload, read the uploaded file, and release it."""
    round = st.session_state.setdefault("my-runs.round", 0)
    if cookies_are_blocked():
        st.warning("Your browser keeps no cookies of this site, without which it cannot send a file: allow them here.")
    opened = st.session_state.pop("my-runs.opened", None)
    if opened:
        good, sentence = opened
        (st.success if good else st.error)(plain(sentence))
    key = f"my-runs.file.{round}"

    def take() -> None:
        if (file := st.session_state[key]) is not None:
            st.session_state["my-runs.opened"] = _taken(runs, file.name, file.getvalue())
            # under another key the next field has no file, and Streamlit releases this one
            st.session_state["my-runs.round"] = round + 1

    st.file_uploader(
        "An archive that “Download all” or lazyrich.save_runs has written", type=["zip"], key=key, on_change=take,
        max_upload_size=pool().limits.upload_mb,
    )  # fmt: skip


def _taken(runs: RunList, name: str, content: bytes) -> tuple[bool, str]:
    """Read an archive into the list. Returns whether that succeeded, and a sentence."""
    limits = pool().limits
    bounds = Bounds.of_list(limits.listed_runs, limits.list_mb * MB)
    try:
        notes = {entry.number: entry.note for entry in runs.entries}
        with making_file(memory_to_read(name, content, bounds)):
            found = read_runs(name, content, bounds)
        new = runs.take_in(found, name)
        for entry in runs.entries:
            if entry.note != notes.get(entry.number, entry.note):
                # the field shows what is stored under its key, until then the old note
                st.session_state.pop(f"my-runs.note.{entry.number}", None)
    except (BadArchive, ValueError, Refused) as error:
        return False, str(error)
    there = len(found) - new
    known = f" {there:,} of them were in the list already." if there else ""
    return True, f"{len(found):,} run{'s' if len(found) != 1 else ''} opened from {name}.{known}"

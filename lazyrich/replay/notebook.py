"""A replay in the output of a notebook's cell."""

from __future__ import annotations

import html


class NotebookReplay:
    """A replay that Jupyter, VS Code and marimo show below a cell, in a frame without access to the notebook.

    Attributes:
        page: HTML of the file.
        height: Height of the frame in px.
        text: Text that a terminal shows instead.
    """

    def __init__(self, page: str, height: int, text: str):
        if not 200 <= height <= 4000:
            raise ValueError(f"height must be between 200 and 4000 px, got {height}.")
        self.page, self.height, self.text = page, height, text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # a separate origin: no allow-same-origin; with allow-modals for the print dialog of a PDF
        return (
            f'<iframe srcdoc="{html.escape(self.page)}" '
            'sandbox="allow-scripts allow-downloads allow-popups allow-modals" '
            f'title="Replay of a run" style="width: 100%; height: {self.height}px; border: 0"></iframe>'
        )

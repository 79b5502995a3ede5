"""The result of a run: its curves as a table, its weights and data as arrays, and the versions that computed it.

    result = lazyrich.train(StudentTeacher(tau=0.1, delta=1.0))
    result.curves.plot(x="step", y="kernel_distance", logx=True)
    result.to_parquet("run.parquet")

Everything is read from the frames on access and returned as a copy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import SimpleNamespace
from typing import IO, NamedTuple

import numpy as np
import pandas as pd

from lazyrich.config.address import link
from lazyrich.config.schema import Config
from lazyrich.ending import Ending
from lazyrich.frame import Frame, Status
from lazyrich.moment import moment_of
from lazyrich.replay.notebook import NotebookReplay
from lazyrich.replay.page import replay_html
from lazyrich.results import export


class Teacher(NamedTuple):
    """The network that generated the data: y = sum_i a_i relu(W_i . x). W (teacher_width, d), a (teacher_width,)."""

    W: np.ndarray
    a: np.ndarray


class Result:
    """The frames of one run, with tables and arrays made from them.

    Args:
        config: Settings of the run. If the task or the start is the caller's own, the sizes in `result.config` are
            those of its arrays.
        frames: Its frames in order, stored as a tuple.
        status: "waiting", "running", "finished", "stopped" or "failed".
        message: Reason why it stopped or failed, one sentence, else empty.
        own: Which of "task" and "start" are the caller's own, so that the settings of `config` do not describe them;
            those that the config carries are added.
    """

    def __init__(
        self,
        config: Config,
        frames: Sequence[Frame],
        status: Status = "finished",
        message: str = "",
        own: Sequence[str] = (),
    ):
        self.frames = tuple(frames)
        self.status: Status = status
        self.message = message
        self.own = tuple(dict.fromkeys([*config.own, *own]))
        self.config = config.model_copy(update=self._sizes()) if self.own else config

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.config.settings().items())
        reached = f"{len(self.frames)} frames to {moment_of(self.frames)}" if self.frames else "no frames"
        return f"<Result of {type(self.config).__name__}({settings}): {self.status}, {reached}>"

    def _sizes(self) -> dict[str, int]:
        """The settings that arrays of the caller's overrule, as they were trained on.

        Not checked against the bounds of the settings: those are for drawn data, and arrays may be of any size.
        """
        if not self.frames or (header := self.frames[0].header) is None:
            return {}
        # of a start alone as well, these are the sizes of the drawn data
        X = header.arrays["X"]
        sizes = {"samples": len(X), "test_samples": len(header.arrays["X_test"]), "dimension": X.shape[1]}
        # a run of the app that is over may have lost its weights for want of memory
        W = self.frames[0].arrays.get("W")
        return sizes if W is None else sizes | {"width": len(W)}

    @property
    def curves(self) -> pd.DataFrame:
        """Return the table, one row for each frame: step (int64), time = learning rate x step, the metrics (float64).

        For a run that trains many networks side by side, return the rows of all frames' tables, with their columns.
        """
        if self.frames and self.frames[0].table is not None:
            tables = [frame.table for frame in self.frames if frame.table is not None]
            return pd.DataFrame({name: np.concatenate([table[name] for table in tables]) for name in tables[0]})
        columns: dict[str, np.ndarray] = {
            "step": np.array([frame.step for frame in self.frames], dtype=np.int64),
            "time": np.array([frame.time for frame in self.frames], dtype=np.float64),
        }
        for name in self.frames[0].metrics if self.frames else ():
            columns[name] = np.array([frame.metrics[name] for frame in self.frames], dtype=np.float64)
        return pd.DataFrame(columns)

    @property
    def neurons(self) -> np.ndarray:
        """Return |a_i| w_i of every neuron at every frame, (frames, width, dimension).

        Raises:
            AttributeError: For networks without W and a.
        """
        W, a = self._two_layers("neurons")
        return np.abs(a)[:, :, None] * W

    @property
    def signs(self) -> np.ndarray:
        """Return the signs of the readout weights, -1, 0 or 1, (frames, width).

        Raises:
            AttributeError: For networks without W and a.
        """
        return np.sign(self._two_layers("signs")[1]).astype(np.int8)

    @property
    def filters(self) -> np.ndarray:
        """Return the first-layer filters of the first seed's networks, (alphas, frames, 16, channels, 7, 7).

        Raises:
            AttributeError: For experiments other than Filters.
        """
        if not self.frames or "filters" not in self.frames[0].arrays:
            raise AttributeError("filters needs the frames of a Filters run; this run has none of them.")
        return np.stack([frame.arrays["filters"] for frame in self.frames], axis=1)

    def weights(self, frame: int) -> dict[str, np.ndarray]:
        """Return copies of all parameters at one frame by name.

        Args:
            frame: Index of the frame, negative from the end.

        Returns:
            Name -> array; for two-layer networks W (width, dimension) and a (width,).

        Raises:
            IndexError: If there is no such frame.
        """
        if not -len(self.frames) <= frame < len(self.frames):
            last = len(self.frames) - 1
            raise IndexError(f"frame must be between 0 and {last} or negative from the end, got {frame}.")
        return {name: np.array(array) for name, array in self.frames[frame].arrays.items()}

    @property
    def task(self) -> SimpleNamespace:
        """Return copies of the task's arrays: X (n, d), y (n,), X_test, y_test, and teacher with W and a.

        `teacher` is None if the data are the caller's own.

        Raises:
            AttributeError: For a run without a first frame.
        """
        arrays = {name: np.array(array) for name, array in self._opening_arrays().items()}
        W, a = arrays.pop("teacher_W", None), arrays.pop("teacher_a", None)
        if W is None or a is None or not len(a):
            return SimpleNamespace(**arrays, teacher=None)
        return SimpleNamespace(**arrays, teacher=Teacher(W, a))

    @property
    def ending(self) -> Ending | None:
        """Return whether the losses had settled where the run ended: .state, .words and .settled.

        None for a run that failed or is still running, and for experiments without a loss. The status "finished" means
        only that the run came to its last step.
        """
        over = self.frames and self.status in ("finished", "stopped")
        return self.config.ending(self.frames) if over else None

    @property
    def failed(self) -> dict[int, str]:
        """Return the seeds of a run of several that failed, seed -> reason in a sentence."""
        return {seed: why for frame in self.frames for seed, why in frame.failed.items()}

    @property
    def environment(self) -> dict[str, str]:
        """Return the versions, device and dtype of the computation; empty for a run without frames."""
        header = self.frames[0].header if self.frames else None
        return dict(header.environment) if header else {}

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the curves as Parquet; settings and environment are in the schema's metadata under `lazyrich`.

        Like all to_... methods it writes completely or not at all. A replaced file keeps its mode; pipes and devices
        are written into.

        Raises:
            CannotWrite: An OSError with a sentence, if the system does not allow it or the old file is write-protected.
        """
        export.write(self, path, export.write_parquet)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the curves as comma-separated values, every number with all its digits. Errors as in to_parquet."""
        export.write(self, path, export.write_csv)

    def to_npz(self, path: str | os.PathLike[str]) -> None:
        """Write steps, times, the parameters of all frames (frames, ...) and the task's arrays, for `numpy.load`.

        The entries config and environment are JSON texts. Errors as in to_parquet.
        """
        export.write(self, path, export.write_npz)

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write settings, versions, device, dtype and the command that computes the same. Errors as in to_parquet."""
        export.write(self, path, export.write_json)

    def to_html(self, path: str | os.PathLike[str], loop: bool = False, page: str = "") -> None:
        """Write one HTML file that plays the run as its page does, in any browser from 2023 on and without a network.

        Args:
            path: Path of the file, 2.6 MB for the default run, of which 2.3 MB are the scripts.
            loop: Start again at the end.
            page: Address of the experiment's page in an app, such as https://example.org/playground; the file then
                has a link to it with these settings.

        Raises:
            ValueError: If the run has no frame or more than 50 MB of them, or `page` is no address.
            CannotWrite: As in to_parquet.
        """
        replay = self.html(loop, page).encode()

        def write(result: Result, file: IO[bytes]) -> None:
            file.write(replay)

        export.write(self, path, write)

    def show(self, loop: bool = False, height: int = 720) -> NotebookReplay:
        """Return the replay for the output of a notebook's cell, which grows by the size of the file of to_html.

        A Result itself is shown as one line of text because of that size.

        Args:
            loop: Whether to start again at the end.
            height: Height of the frame, 200 to 4000 px.

        Raises:
            ValueError: As in to_html, or for another height.
        """
        return NotebookReplay(self.html(loop), height, repr(self))

    def html(self, loop: bool = False, page: str = "") -> str:
        """Return the page that `to_html` writes; arguments and errors as there."""
        return replay_html(self, loop=loop, link=link(page, self.config) if page else "")

    def _opening_arrays(self) -> dict[str, np.ndarray]:
        header = self.frames[0].header if self.frames else None
        if header is None:
            raise AttributeError("this run has no first frame yet, which is what holds its task.")
        return dict(header.arrays)

    def _two_layers(self, wanted: str) -> tuple[np.ndarray, np.ndarray]:
        """Return W (frames, m, d) and a (frames, m)."""
        held = self.frames[0].arrays.keys() if self.frames else ()
        if "W" not in held or "a" not in held:
            there = f"hold {', '.join(held)}" if held else "hold no parameters"
            raise AttributeError(f"{wanted} needs W and a of a two-layer network; the frames of this run {there}.")
        return np.stack([f.arrays["W"] for f in self.frames]), np.stack([f.arrays["a"] for f in self.frames])

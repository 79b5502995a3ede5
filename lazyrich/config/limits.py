"""Limits of one server, read once from environment variables: LAZYRICH_WORKERS, LAZYRICH_MAX_RUNS and so on.

    limits = from_environment()
    limits.max_runs

Each limit is defined here once, with its default, its bounds and its help; the documentation's table is made from it.
"""

from __future__ import annotations

import os
from typing import Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lazyrich.config import machine
from lazyrich.config.schema import Parameter, parameter

PREFIX = "LAZYRICH_"

MB = 1_000_000
"""Bytes in the megabyte that limits are given in."""


MB_OF_WORKER, MB_OF_WEB = 250, 300
"""Megabytes that a worker holds beside the working memory of its run, and the web process beside what is limited here.
Measured in a full lecture hall."""

# On Windows a pipe cannot be passed to a worker process by its number.
_WORKERS = 0 if os.name == "nt" else machine.cores()


class Limits(BaseSettings):
    """Limits of one server. Arguments, as in `Limits(workers=2)`, take precedence over the environment."""

    model_config = SettingsConfigDict(
        frozen=True, env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", allow_inf_nan=False
    )

    workers: int = parameter(
        _WORKERS,
        "Worker processes",
        "Processes that train: one per core, as far as memory has room for them. 0 trains on one thread of the web "
        "process, for very small machines.",
        ge=0, le=256,
    )  # fmt: skip
    max_seconds: float = parameter(
        600.0,
        "Work of one run",
        "Estimated computing time of one run on one core. A run that needs more is refused before it starts.",
        unit="s", gt=0, le=1e7,
    )  # fmt: skip
    compute_seconds: float = parameter(
        1200.0,
        "Computing of one run",
        "Processor time that one run may really take, whatever was estimated. A run that takes more is stopped and "
        "keeps its frames.",
        unit="s", gt=0, le=1e7,
    )  # fmt: skip
    run_mb: float = parameter(
        256.0,
        "Log of one run",
        "Memory that the frames of one run may take. A larger run is refused, or stopped if the estimate was too low.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    scratch_mb: float = parameter(
        1000.0,
        "Working memory of one run",
        "Memory that a run may need in its worker while it trains. A run that needs more is refused.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    session_runs: int = parameter(
        8,
        "Runs of one visitor",
        "Runs that train or wait for one visitor at the same time. Those left behind are ended first; past that, what "
        "the page adds is refused.",
        ge=1, le=1000,
    )  # fmt: skip
    session_seconds: float = parameter(
        1200.0,
        "Work of one visitor",
        "Estimated computing time of these runs together.",
        unit="s", gt=0, le=1e8,
    )  # fmt: skip
    session_mb: float = parameter(
        400.0,
        "Logs of one visitor",
        "Memory for the frames of the runs that one visitor's page shows.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    session_scratch_mb: float = parameter(
        1000.0,
        "Working memory of one visitor",
        "Memory that the runs of one visitor may need in the workers together.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    session_starts: float = parameter(
        120.0,
        "New runs of one visitor",
        "Runs that one visitor may start in a minute, at once or spread out. Runs that are there already do not count.",
        unit="a minute", ge=1, le=1e6,
    )  # fmt: skip
    session_reruns: float = parameter(
        600.0,
        "Page runs of one visitor",
        "How often a visitor's page may run in a minute; each control that moves is one. Past this it is slowed down.",
        unit="a minute", ge=10, le=1e6,
    )  # fmt: skip
    session_sockets: int = parameter(
        8,
        "Connections of one visitor",
        "Live charts that one visitor may have connected at the same time. Past this a new connection is closed.",
        ge=1, le=1000,
    )  # fmt: skip
    socket_messages: float = parameter(
        12_000.0,
        "Messages of one connection",
        "Questions of one live chart in a minute; a browser asks once for each picture it paints. Past this they are "
        "answered later.",
        unit="a minute", ge=60, le=1e7,
    )  # fmt: skip
    session_previews: float = parameter(
        1080.0,
        "Previews of one visitor",
        "Pictures that are computed for one visitor in a minute while a control moves; those that are there already, "
        "or are computed for others, do not count. Past this the next one waits. 0 for none.",
        unit="a minute", ge=0, le=1e6,
    )  # fmt: skip
    max_sessions: int = parameter(
        300,
        "Visitors",
        "Pages open at the same time. Past this a new visitor reads that the server is full, and the page tries again.",
        ge=1, le=100_000,
    )  # fmt: skip
    max_runs: int = parameter(
        64,
        "Active runs",
        "Runs that train at the same time, sharing the workers. More than these wait.",
        ge=1, le=10_000,
    )  # fmt: skip
    max_waiting: int = parameter(
        200,
        "Waiting runs",
        "Runs that may wait for a free place. Past this, a request is refused.",
        ge=0, le=100_000,
    )  # fmt: skip
    max_starts: float = parameter(
        3000.0,
        "New runs",
        "Runs that all visitors together may start in a minute.",
        unit="a minute", ge=1, le=1e7,
    )  # fmt: skip
    run_frames: float = parameter(
        120.0,
        "Frames of one run",
        "Frames that one run may add to its log in a second: twice the rate of a screen. With more "
        "it is over sooner; a browser plays it at the same rate.",
        unit="a second", ge=10, le=1e6,
    )  # fmt: skip
    all_frames: float = parameter(
        300.0,
        "Frames of all runs",
        "Frames in a second at which all workers together aim; the web process cannot pass on more to fifty browsers "
        "without falling behind. With 2 runs each gets 120, with 20 each gets 15, and however many there are none is "
        "slowed down on purpose to fewer than 10.",
        unit="a second", ge=10, le=1e7,
    )  # fmt: skip
    log_mb: float = parameter(
        1000.0,
        "All logs",
        "Memory for the frames of all runs. Past this, runs that nobody watches are dropped, least recently used "
        "first, and then those that are watched and over lose their weights, which only a download needs.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    preview_mb: float = parameter(
        20.0,
        "All previews",
        "Memory for pictures computed while a control moves, so that they need not be computed again. It is part of "
        "that for all logs, and at most a tenth of it.",
        unit="MB", ge=0, le=1e6,
    )  # fmt: skip
    all_scratch_mb: float = parameter(
        1200.0,
        "All working memory",
        "Memory that all active runs may need in the workers together. Runs for which there is none left wait.",
        unit="MB", gt=0, le=1e7,
    )  # fmt: skip
    download_mb: float = parameter(
        256.0,
        "Downloads",
        "Files that are made for visitors in a minute, for all of them together. A larger single file is not offered.",
        unit="MB a minute", ge=1, le=1e7,
    )  # fmt: skip
    grace_seconds: float = parameter(
        10.0,
        "Grace of an unwatched run",
        "How long a run rests after its last viewer has left before it is ended: a page that is reloaded finds it "
        "again.",
        unit="s", ge=0, le=1e6,
    )  # fmt: skip
    first_viewer_seconds: float = parameter(
        30.0,
        "Wait for the first viewer",
        "How long a run trains without any viewer having come. On a busy server a browser may take seconds to connect.",
        unit="s", gt=0, le=1e6,
    )  # fmt: skip
    hung_seconds: float = parameter(
        20.0,
        "Silence of a worker",
        "A worker process that has not answered for this long is taken to hang, and is replaced.",
        unit="s", ge=1, le=1e6,
    )  # fmt: skip
    upload_mb: int = parameter(
        20,
        "A visitor's own data",
        "Size of a file with a visitor's own data, and of its numbers at 8 bytes each. A larger file is refused.",
        unit="MB", ge=1, le=2000,
    )  # fmt: skip
    all_uploads_mb: int = parameter(
        400,
        "All visitors' own data",
        "Memory for all visitors' own data and the files that they came in. Past this a new file is refused.",
        unit="MB", ge=1, le=1_000_000,
    )  # fmt: skip
    listed_runs: int = parameter(
        100,
        "List of runs",
        "Runs that a visitor's page My runs lists. Past this the oldest leave it.",
        ge=1, le=1000,
    )  # fmt: skip
    list_mb: float = parameter(
        4.0,
        "Curves of a list",
        "Memory for the curves of the runs that one visitor has listed, about 0.05 MB each. Past this the oldest runs "
        "keep their settings, last numbers and pictures alone.",
        unit="MB", gt=0, le=1e6,
    )  # fmt: skip
    all_lists_mb: float = parameter(
        40.0,
        "Curves of all lists",
        "Memory for the curves of all visitors' lists. Past this new runs are listed without them.",
        unit="MB", gt=0, le=1e6,
    )  # fmt: skip
    frame_seconds: float = parameter(
        120.0,
        "Time of one frame",
        "A run whose next frame takes longer than this and ten times its share of the run's estimated time is taken "
        "never to end, and is ended.",
        unit="s", ge=1, le=1e6,
    )  # fmt: skip
    worker_mb: float = parameter(
        0.0,
        "Memory of a worker",
        "Memory that one worker process may hold; a run that needs more fails. 0 for what the machine or the container "
        "has room for (with a graphics card: no limit).",
        unit="MB", ge=0, le=1e9,
    )  # fmt: skip

    @model_validator(mode="after")
    def _derive_workers(self) -> Self:
        """Unless it is set, limit the number of workers to the memory that the other limits leave."""
        if "workers" not in self.model_fields_set and self.workers:
            room = (machine.total() / MB - self.megabytes(workers=0)) / MB_OF_WORKER
            # the model is frozen for everybody else
            self.__dict__["workers"] = max(1, min(self.workers, int(room)))
        return self

    @property
    def kept_preview_mb(self) -> float:
        """Return the memory for previews, in MB, which is part of that for all logs."""
        return min(self.preview_mb, self.log_mb / 10)

    def megabytes(self, workers: int | None = None) -> float:
        """Return the memory that the whole app takes at most under these limits, in MB.

        Args:
            workers: Number of worker processes; these limits' own if None.
        """
        count = self.workers if workers is None else workers
        shared = self.log_mb + self.all_scratch_mb + self.all_uploads_mb + self.all_lists_mb + self.download_mb
        return shared + MB_OF_WORKER * count + MB_OF_WEB

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Return all limits by field name; the environment variable is PREFIX and the name in upper case."""
        return {name: Parameter(name, info) for name, info in cls.model_fields.items()}


def from_environment() -> Limits:
    """Read the limits from the environment.

    Raises:
        ValueError: With a sentence for each variable that cannot be used.
    """
    try:
        return Limits()
    except ValidationError as error:
        parameters = Limits.parameters()
        sentences = [
            f"{PREFIX}{name.upper()} must be {parameters[name].allowed}, got {str(problem['input'])[:40]}."
            for problem in error.errors()
            for name in [str(problem["loc"][0])]
        ]
        raise ValueError(" ".join(sentences)) from None

"""A small server for the live chart alone: its files, a page that mounts it as Streamlit does, and synthetic runs.

The runs have closed forms, so a test knows every number that the chart should show. The id of a run, "kind" or
"kind-anything", determines its behaviour:

    rich, lazy     all frames at once, finished
    brief          the same, but only the first 120
    steady         50 frames a second
    brisk          50 frames a second, but only the first 120
    timed          27 frames a second, but only the first 120
    held           50 frames a second, but only the first 120, and half of them until it is released
    parted         the first 120 at once, and all others once it is released
    endless        10 frames a second until it is stopped
    diverging      120 frames, then failed, with a remedy
    queued         waits for a place for ever

    with LiveChartServer() as address: ...        address of the page, on loopback
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

import lazyrich
from lazyrich.charts import Band, CaptionNumber, Curves, CurvesAxis, Plane, Reading, Series
from lazyrich.client import protocol
from lazyrich.frame import Frame, RunHeader

STATIC = Path(lazyrich.__file__).parent / "web" / "static"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PAGE = Path(__file__).with_name("live_chart_page.html")

TOKEN = "a token"
NEURONS = 50
PACE = 0.5
"""Flow time of a step."""
REMEDY = {"learning_rate": 0.00123456}
MESSAGE = "Training diverged at step 1,234: the largest stable learning rate here is about 0.0012."
ELSEWHERE = "cpu, because the graphics card could not be used: CUDA error: no kernel image is available"
QUEUED = "Waiting for a free place (2 runs are before this one)."
STEPS = np.unique(np.concatenate([[0], np.rint(np.geomspace(1, 1e5, 520)).astype(int)]))
FRAMES = len(STEPS)
FEW = 120
"""Frames of a short run."""

CHARTS = (
    Plane(
        id="plane",
        title="Neurons |aᵢ|wᵢ",
        array="plane",
        sign="sign",
        note="Each line is a neuron on its way; dotted rays point along the teacher's.",
    ),
    Curves(
        id="loss",
        title="Loss",
        y=CurvesAxis(log=True, title="squared error"),
        series=(Series(column="train_loss", label="train"), Series(column="test_loss", label="test", dash="dot")),
    ),
    Curves(
        id="kernel",
        title="Kernel distance S(0, t)",
        y=CurvesAxis(title="S", floor=0),
        series=(Series(column="kernel_distance", label="S"),),
    ),
    Curves(
        id="conserved",
        title="Conserved quantity δᵢ",
        y=CurvesAxis(title="δ"),
        series=(Series(column="conserved_mean", label="mean"),),
        bands=(Band(low="conserved_low", high="conserved_high", label="smallest to largest"),),
        caption=(CaptionNumber(column="conserved_drift", label="largest drift"),),
    ),
)
READINGS = (
    Reading(
        column="kernel_distance",
        label="kernel moved",
        help="How far the kernel has moved.",
        formula="S = 1 − cos(K₀, Kₜ)",
    ),
    Reading(column="activation_flips", label="activations flipped", unit="%", scale=100, help=""),
    Reading(column="test_loss", label="test loss", help=""),
    Reading(column="conserved_mean", label="δ effective", digits=3, help=""),
)
SPECIFICATIONS = json.dumps({"charts": [one.wire() for one in CHARTS], "readings": [one.wire() for one in READINGS]})


@cache
def synthetic_frame(index: int, rich: bool) -> Frame:
    """Return a frame of neurons that turn toward three teachers and grow (rich), or stay close to a circle (lazy)."""
    step = int(STEPS[index])
    share = np.log1p(step) / np.log1p(STEPS[-1])
    turn = 1 / (1 + np.exp(-14 * (share - 0.62)))
    random = np.random.default_rng(3)
    start = random.uniform(0, 2 * np.pi, NEURONS)
    sign = np.where(np.arange(NEURONS) % 2 == 0, 1.0, -1.0)
    if not rich:
        sign = np.where((np.arange(NEURONS) % 10 == 1) & (turn > 0.5), -sign, sign)
    teachers = np.array([0.4, 2.3, 4.4])
    nearest = teachers[np.argmin(np.abs(np.angle(np.exp(1j * (start[:, None] - teachers)))), axis=1)]
    gap = np.angle(np.exp(1j * (nearest - start)))
    angle = start + (0.95 * turn if rich else 0.06 * turn) * gap
    radius = 0.01 + turn * random.uniform(0.25, 1.1, NEURONS) if rich else 4 + 0.4 * turn * np.cos(3 * start)
    loss = (0.3 if rich else 1.2) * np.exp(-9 * turn * (1 if rich else 0.6)) + 1e-5
    metrics = {
        "train_loss": loss,
        "test_loss": 1.6 * loss + 2e-4,
        "kernel_distance": 0.62 * turn if rich else 0.004 * turn,
        "activation_flips": 0.42 * turn if rich else 0.01 * turn,
        "conserved_mean": 1.0 + 1e-4 * turn,
        "conserved_low": 1.0 - 0.02 * turn,
        "conserved_high": 1.0 + 0.03 * turn,
        "conserved_drift": 0.03 * turn,
    }
    header = None
    if index == 0:
        rays = [[float(np.cos(t)), float(np.sin(t)), s] for t, s in zip(teachers, (1, -1, 1), strict=True)]
        view = {"teacher": rays, "radius": 0.01 if rich else 4.0, "extent": 1.2 if rich else 5.0, "time_per_step": PACE}
        header = RunHeader(arrays={}, chart_data=view | {"plane_note": ""}, environment={})
    return Frame(
        step=step,
        time=step * PACE,
        metrics={name: float(value) for name, value in metrics.items()},
        arrays={},
        chart_data={
            "plane": np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32),
            "sign": sign.astype(np.float32),
        },
        verdict="Lazy so far" if turn < 0.3 or not rich else "Rich, and fast",
        header=header,
    )


@dataclass
class SyntheticRun:
    """A run with the behaviour named by its id."""

    id: str
    began: float = field(default_factory=time.monotonic)
    stopped_at: int | None = None
    released: bool = False

    def __post_init__(self) -> None:
        self.kind = self.id.partition("-")[0]
        self.frames = [synthetic_frame(i, self.kind != "lazy") for i in range(self.length)]
        self.rows = [protocol.pack_frame(frame) for frame in self.frames]

    @property
    def length(self) -> int:
        """Return the number of frames of the full run."""
        return FEW if self.kind in ("brief", "brisk", "timed", "held") else FRAMES

    @property
    def rate(self) -> float:
        """Return the number of frames a second."""
        return {"steady": 50, "brisk": 50, "timed": 27, "held": 50, "endless": 10}.get(self.kind, 1e9)

    @property
    def count(self) -> int:
        """Return the number of frames so far."""
        if self.stopped_at is not None:
            return self.stopped_at
        most = {"diverging": 120, "queued": 0, "endless": FRAMES - 1}.get(self.kind, self.length)
        if not self.released:
            most = {"held": FEW // 2, "parted": FEW}.get(self.kind, most)
        return min(most, 1 + int(self.rate * (time.monotonic() - self.began)))

    @property
    def status(self) -> str:
        """Return the status, as in lazyrich.serving.run."""
        if self.stopped_at is not None:
            return "stopped"
        if self.kind in ("diverging", "queued"):
            return {"diverging": "failed", "queued": "waiting"}[self.kind]
        return "finished" if self.count == self.length else "running"

    @property
    def ended(self) -> bool:
        """Return whether no further frame can come."""
        return self.status in ("finished", "stopped", "failed")

    def entry(self, held: int) -> tuple[dict[str, Any], list[bytes]]:
        """Return the argument of `protocol.pack_answer` for the frames after those already held."""
        count, status = self.count, self.status
        message = {"diverging": MESSAGE, "queued": QUEUED}.get(self.kind, "")
        header = {"id": self.id, "status": status, "message": message, "progress": count / self.length}
        header["left"] = 0 if self.ended else (self.length - count) / self.rate
        header |= {"remedy": REMEDY if status == "failed" else {}, "first": held, "count": max(0, count - held)}
        header["verdicts"] = [frame.verdict for frame in self.frames[held:count]]
        if held == 0 and count:
            header["header"] = protocol.describe_run(self.frames[0], self.length, {"steps": int(STEPS[-1]), "seed": 0})
            if self.kind == "elsewhere":
                header["header"]["environment"] = {"device": ELSEWHERE}
        return header, self.rows[held:count]


class Server:
    """Routes of the server, and its controls for tests."""

    def __init__(self) -> None:
        self.runs: dict[str, SyntheticRun] = {}
        self.sockets: set[WebSocket] = set()
        self.asked: list[dict[str, Any]] = []
        self.refusing = False
        self.app = Starlette(
            routes=[
                Route("/", lambda _: HTMLResponse(PAGE.read_text().replace("SPECIFICATIONS", SPECIFICATIONS))),
                Route("/plotly.min.js", lambda _: FileResponse(PLOTLY, media_type="text/javascript")),
                WebSocketRoute("/live", self.live),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )

    async def live(self, websocket: WebSocket) -> None:
        """Answer when there are new frames, as in lazyrich.client.protocol."""
        await websocket.accept()
        if self.refusing or await websocket.receive_json() != {"token": TOKEN}:
            await websocket.close(4403)
            return
        self.sockets.add(websocket)
        question: dict[str, int] = {}
        statuses: dict[str, str] = {}
        closed: set[str] = set()
        inbox = asyncio.ensure_future(websocket.receive_text())
        try:
            while True:
                await asyncio.wait({inbox}, timeout=0.02)
                if inbox.done():
                    message = json.loads(inbox.result())
                    self.asked.append(message)
                    if "stop" in message:
                        self.runs[message["stop"]].stopped_at = self.runs[message["stop"]].count
                    question = message.get("after", question)
                    inbox = asyncio.ensure_future(websocket.receive_text())
                for run in question:
                    if run not in self.runs:
                        self.runs[run] = SyntheticRun(run)
                asked = [self.runs[run] for run in question]
                past = {run.id for run in asked if run.ended and run.count == question[run.id]}
                if (
                    any(run.count > question[run.id] or run.status != statuses.get(run.id) for run in asked)
                    or past - closed
                ):
                    closed |= past
                    statuses |= {run.id: run.status for run in asked}
                    await websocket.send_bytes(protocol.pack_answer(run.entry(question[run.id]) for run in asked))
                    question = {}
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            inbox.cancel()
            self.sockets.discard(websocket)


class LiveChartServer:
    """Context manager: runs the server in a thread on a free port of loopback."""

    def __init__(self) -> None:
        self.server = Server()

    def __enter__(self) -> LiveChartServer:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.uvicorn = uvicorn.Server(uvicorn.Config(self.server.app, log_level="warning", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=self.uvicorn.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.thread.start()
        while not self.uvicorn.started:
            time.sleep(0.01)
        self.loop = self.uvicorn.servers[0].get_loop()
        return self

    def __exit__(self, *_: object) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(10)
        self.listener.close()

    def hang_up(self) -> None:
        """Close all connections to browsers, as a restart or a bad network would."""
        for websocket in list(self.server.sockets):
            with contextlib.suppress(RuntimeError):
                asyncio.run_coroutine_threadsafe(websocket.close(1012), self.loop).result(5)


if __name__ == "__main__":
    with LiveChartServer() as served:
        print(served.address, flush=True)
        threading.Event().wait()

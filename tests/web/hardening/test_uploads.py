"""The number of uploaded files: they count during the upload, and until the data that were read from them are gone."""

from __future__ import annotations

import asyncio
import gc
import tomllib
from pathlib import Path

import numpy as np
import pytest

from lazyrich.config.limits import Limits
from lazyrich.own_data import Given
from lazyrich.serving.admission import Busy
from lazyrich.web.hardening.uploads import MAX_FILES, Uploads, hold


def test_files_past_one_visitors_limit_are_refused_and_those_of_others_accepted():
    async def status_codes() -> list[int]:
        release = asyncio.Event()

        async def app(scope, receive, send):
            await release.wait()
            await send({"type": "http.response.start", "status": 204, "headers": []})

        uploads = Uploads(app, Limits(workers=0, upload_mb=2, all_uploads_mb=11))
        statuses: list[int] = []

        async def put(session: str, length: int = 100, method: str = "PUT") -> None:
            async def send(message):
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            path = f"/lab/_stcore/upload_file/{session}/file"
            headers = [(b"content-length", str(length).encode())]
            scope = {"type": "http", "method": method, "path": path, "headers": headers}
            await uploads(scope, None, send)

        coming = [asyncio.ensure_future(put(session)) for session in ("one",) * MAX_FILES + ("two",) * 2]
        await asyncio.sleep(0)
        await put("one")
        await put("three", length=1_000_001)
        coming += [
            asyncio.ensure_future(put("three", length=1_000_000)),
            asyncio.ensure_future(put("one", method="GET")),
        ]
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*coming)
        await put("one")
        return statuses

    assert asyncio.run(status_codes()) == [429, 503, *[204] * (MAX_FILES + 2), 204, 204, 204]


def test_data_are_refused_while_there_is_no_room_for_them_and_taken_when_others_have_gone():
    limits = Limits(workers=0, all_uploads_mb=1)

    def data() -> Given:
        return Given("mine.csv", np.ones((20_000, 1)), np.ones(20_000))

    first = data()
    hold(first, limits)
    with pytest.raises(Busy, match=r"The server's memory for visitors' own data \(1 MB\) is taken. Try again"):
        hold(data(), limits)
    del first
    gc.collect()
    hold(data(), limits)


def test_streamlit_starts_with_the_limit_that_is_the_default_here():
    with (Path(__file__).parents[3] / ".streamlit/config.toml").open("rb") as file:
        assert tomllib.load(file)["server"]["maxUploadSize"] == Limits.parameters()["upload_mb"].default

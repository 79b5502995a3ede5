"""Requests to a server of frames, and the expected answers."""

import http.client

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed


def get(server, path, **headers):
    """Status, headers and the body as it went over the line."""
    connection = http.client.HTTPConnection(server.place, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def close_code(viewer):
    with pytest.raises(ConnectionClosed) as closed:
        viewer.connection.recv(10)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def expected_rows(run, config):
    return np.array(
        [
            [step, step / 10, step**2, run.frames[step].metrics["worker"], *range(step, step + config.size)]
            for step in range(config.expected_frames)
        ],
        dtype=np.float32,
    )

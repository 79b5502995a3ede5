"""A Streamlit application with the routes of lazyrich and nothing else, for tests of the whole server.

`GET {base}/tests/visit` opens a session that may read one long run, and returns its token, the run and the workers.
"""

import sys

import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

from harness.experiments import Counter
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from lazyrich.web.components.assets import asset, base_path
from lazyrich.web.server.sessions import Sessions
from lazyrich.web.stream.routes import lifespan, routes, socket_path
from lazyrich.web.streamlit_compat.uvicorn_server import running_server

if __name__ == "__main__":
    st.write("A page.")
else:
    pool, sessions = RunPool(Limits(workers=2)), Sessions()

    async def visit(request):
        run = pool.request(Counter(steps=10_000, size=1000))
        token, server = sessions.open(), running_server()
        sessions.allow(token, run.id)
        content = {
            "token": token,
            "run": run.id,
            "pids": pool.worker_pids,
            "socket": socket_path(),
            "file": asset("entry/load.js"),
            "patience": server and server.config.timeout_graceful_shutdown,
        }
        return JSONResponse(content | {"torch": "torch" in sys.modules})

    app = st.App(
        __file__,
        routes=[*routes(pool, sessions), Route(f"{base_path()}/tests/visit", visit)],
        lifespan=lifespan(pool),
    )

"""Hold this server's only pool of runs and the tokens of its sessions.

It provides what an application needs to serve both, and what a page calls:

    app = st.App("app.py", routes=routes(), lifespan=lifespan(), middleware=middleware())
    run = ask(config, page)              in a page: the run, which this visitor's charts may read from now on
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import cache
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from lazyrich.config.limits import MB
from lazyrich.config.schema import Config
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.serving.pool import Busy, Refused, Run, RunPool
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.studies.live.config import SeedComparison
from lazyrich.web.components.assets import base_path
from lazyrich.web.hardening.fd_limit import DescriptorLimit
from lazyrich.web.hardening.headers import Security, frame_ancestors
from lazyrich.web.hardening.origin import OwnOrigin
from lazyrich.web.hardening.uploads import Uploads
from lazyrich.web.hardening.visitor_limit import VisitorLimit
from lazyrich.web.page.portrait.reference_maps import reference_maps
from lazyrich.web.page.site.entry import Site
from lazyrich.web.server import environment, quota
from lazyrich.web.server.link_preview import LinkPreview
from lazyrich.web.server.old_addresses import OldAddresses
from lazyrich.web.server.sessions import SessionEnded, Sessions
from lazyrich.web.server.welcome import welcome
from lazyrich.web.stream.routes import lifespan as serving
from lazyrich.web.stream.routes import routes as live_routes
from lazyrich.web.streamlit_compat.clear_caches import ignore_clear_cache_requests
from lazyrich.web.streamlit_compat.media_files import keep_made_files
from lazyrich.web.streamlit_compat.pages_folder import ignore_pages_folder
from lazyrich.web.streamlit_compat.sessions import forgetting
from lazyrich.web.streamlit_compat.upload_size import set_largest_upload

__all__ = [
    "Refused",
    "largest_download",
    "lifespan",
    "making_file",
    "middleware",
    "readable_run",
    "request_run",
    "routes",
    "throttle",
    "token",
]

_ONE_AT_A_TIME = threading.Lock()


@cache
def pool() -> RunPool:
    """Return the pool. The application's lifespan starts it, or the first page if there is no lifespan (AppTest)."""
    small = "samples=6,width=6,test_samples=20,steps=10,method=flow"
    return RunPool(warm=[StudentTeacher(steps=10), SingleNeuron(steps=10), SeedComparison(shared=small, seeds=1)])


@cache
def sessions() -> Sessions:
    """Return the tokens of all sessions."""
    return Sessions(pool().limits)


@cache
def _downloads() -> RateLimit:
    """Return the rate limit of the bytes of downloads."""
    return RateLimit(pool().limits.download_mb * MB)


def routes() -> list[BaseRoute]:
    """Return the app's routes in addition to Streamlit's."""
    return live_routes(pool(), sessions())


def middleware(site: Site | None = None) -> list[Middleware]:
    """Return the middleware that is added to Streamlit's own. site: the pages, whose links have a preview."""
    limits = pool().limits
    return [
        Middleware(Security, frame_ancestors=frame_ancestors()),
        Middleware(OldAddresses),
        Middleware(DescriptorLimit, spared=f"{base_path()}/lazyrich/health"),
        Middleware(OwnOrigin),
        Middleware(VisitorLimit, most=limits.max_sessions),
        Middleware(Uploads, limits=limits),
        Middleware(LinkPreview, site=site or {}),
    ]


def lifespan() -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Run the pool while the server serves: workers start before the first visitor and end with the server."""
    # Import now, so that no visitor waits: pandas and pyarrow for downloads, all experiments.
    for module in (
        "lazyrich.results.export",
        "lazyrich.results.result",
        "lazyrich.experiments",
        "lazyrich.sweeps.figures",
    ):
        import_module(module)
    reference_maps()
    ignore_pages_folder()
    ignore_clear_cache_requests()
    keep_made_files()
    set_largest_upload(pool().limits.upload_mb)
    live = serving(pool())

    @asynccontextmanager
    async def lasting(app: Any) -> AsyncIterator[None]:
        async with live(app), forgetting():
            welcome(environment.check())
            yield

    return lasting


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda token: sessions().close(token))
def token() -> str:
    """Return this session's token, made at its first use and forgotten when the session ends."""
    return sessions().open()


@contextmanager
def _stopping_with_the_session() -> Iterator[None]:
    """Stop the page silently, without a logged traceback, if its visitor has left while it was drawn."""
    try:
        yield
    except SessionEnded:
        st.stop()


@_stopping_with_the_session()
def throttle() -> None:
    """Slow down a visitor who runs pages faster than a person can. Call it first in every run of a page."""
    while wait := sessions().reruns(token()).take():
        time.sleep(wait)


@_stopping_with_the_session()
def request_run(config: Config, page: Collection[str] = ()) -> Run:
    """Return the run of this config, new or shared; this session's charts may read it. Raises Refused with a sentence.

    page: ids of the runs that the page shows beside it.
    """
    pool().start()
    return quota.request_run(pool(), sessions(), token(), config, page)


def largest_download() -> float:
    """Return the size in bytes of the largest file that is made for a visitor."""
    return pool().limits.download_mb * MB


@contextmanager
def making_file(size: float) -> Iterator[None]:
    """Make one file of about `size` bytes in memory at a time. Raises Busy if too many were made recently."""
    if wait := _downloads().take(size):
        raise Busy("Many large files are being made. Try again in a minute.", retry_after=wait)
    with _ONE_AT_A_TIME:
        yield


def readable_run(id: str) -> Run | None:
    """Return the run with this id if the pool still has it and this session may read it."""
    run = pool().get(id) if sessions().may_read(token(), id) else None
    if run is not None:
        sessions().allow(token(), id)  # mark runs on the page as used, so that others are dropped first
    return run

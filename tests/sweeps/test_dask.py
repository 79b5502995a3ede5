"""A phase portrait on a Dask cluster: a real scheduler and workers over TCP on this machine, one of them killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from distributed import Client

from harness.waiting import eventually
from lazyrich import PhasePortrait, StudentTeacher, compare, phase_portrait
from lazyrich.cli import main
from lazyrich.sweeps import portrait_parts
from lazyrich.sweeps.files import read_portrait

ROOT = Path(__file__).parents[2]

CONFIG = PhasePortrait(
    tau=(0.2, 2.0, 3), delta=(-1, 1, 9), seeds=4, at=(10, 30), base=StudentTeacher(dimension=6, samples=40, width=10)
)
WORDS = [
    *("phase-portrait", "--tau", "0.2,2,3", "--delta", "-1,1,9", "--seeds", "4", "--at", "10,30"),
    *("--dimension", "6", "--samples", "40", "--width", "10"),
]


@pytest.fixture(scope="module")
def alone() -> pd.DataFrame:
    return phase_portrait(CONFIG)


@pytest.fixture(scope="module")
def cluster(forked, tmp_path_factory) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The address of a scheduler, and its three workers, of which each test may kill one."""
    folder = tmp_path_factory.mktemp("cluster")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun: list[subprocess.Popen] = []

    def start(module: str, *words: str) -> subprocess.Popen:
        command = [*forked.python, "-m", f"distributed.cli.{module}", *words]
        begun.append(
            subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        return begun[-1]

    try:
        where = folder / "scheduler.json"
        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(where))
        until = time.monotonic() + 60
        while not where.exists() or not where.read_text().rstrip().endswith("}"):
            assert begun[0].poll() is None and time.monotonic() < until
            time.sleep(0.05)
        with Client(scheduler_file=str(where)) as client:
            address = client.scheduler.address
            one = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
            workers = [start("dask_worker", address, *one) for _ in range(3)]
            client.wait_for_workers(3, timeout=60)
        yield address, workers
    finally:
        for process in begun:
            process.kill()
            process.wait()
        eventually(lambda: not forked.running())


def kill_one(workers: list[subprocess.Popen]) -> None:
    """Kill a worker, as if its machine had failed."""
    worker = workers.pop()
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def test_a_killed_worker_of_the_cluster_loses_no_part(cluster, alone, tmp_path):
    address, workers = cluster
    before, tables = len(workers), []
    with Client(address) as client:
        for count, table in enumerate(portrait_parts(CONFIG, client.get_executor())):
            tables.append(table)
            if count == 3:
                kill_one(workers)
        assert len(tables) > 6, "the worker was not killed in the middle of the sweep"
        assert len(client.scheduler_info()["workers"]) == before - 1
    found = pd.concat(tables).sort_values(["tau", "delta", "seed", "at"], ignore_index=True)
    pd.testing.assert_frame_equal(found, alone, check_exact=True)

    # the command line on what is left of the cluster
    out = tmp_path / "portrait.parquet"
    assert main([*WORDS, "--dask", address, "--out", str(out)]) == 0
    pd.testing.assert_frame_equal(read_portrait(out), alone, check_exact=True)


def test_a_comparison_outlives_a_worker_of_the_cluster(cluster):
    address, workers = cluster
    base = StudentTeacher(samples=6, width=6, test_samples=20, steps=10, learning_rate=4e-3)
    A, B = base.changed(delta=1.0), base.changed(delta=-1.0)
    before = len(workers)

    def kill(versus) -> None:
        if not versus.complete and versus.progress.done > 20 and len(workers) == before:
            kill_one(workers)

    with Client(address) as client:
        versus = compare(A, B, seeds=48, executor=client.get_executor(), progress=kill)
        assert len(client.scheduler_info()["workers"]) == len(workers) == before - 1
    pd.testing.assert_frame_equal(versus.table, compare(A, B, seeds=48).table, check_exact=True)


def test_an_address_without_a_scheduler_is_refused_in_a_sentence(capsys):
    assert main([*WORDS, "--dask", "localhost"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("--dask: ") and "localhost" in errors and len(errors.splitlines()) == 1

"""Memory of a machine or a container."""

import os

import pytest

from lazyrich.config import machine
from lazyrich.config.limits import MB


def test_the_limit_of_a_container_counts_and_files_that_the_kernel_may_drop_do_not(container):
    container(300 * MB, 250 * MB, 50 * MB)
    assert machine.total() == 300 * MB
    assert machine.available() == 100 * MB


def test_without_a_limit_it_is_the_machine_that_counts(container):
    container("max", 250 * MB, 0)
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert machine.total() == pytest.approx(whole, rel=0.01)
    assert 0 < machine.available() < whole


@pytest.mark.parametrize(
    ("own", "folder", "limit", "used"),
    [
        ("0::/slurm/job_7/step_0\n", "slurm/job_7", "memory.max", "memory.current"),
        ("4:cpu,memory:/docker/abc\n0::/\n", "memory/docker/abc", "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ("4:memory:/elsewhere\n0::/../else\n", ".", "memory.max", "memory.current"),
    ],
    ids=["a batch job", "the first version", "a group that is not seen from here"],
)
def test_the_least_limit_of_the_groups_around_this_process_counts(tmp_path, monkeypatch, own, folder, limit, used):
    groups, place = tmp_path / "own", tmp_path / "cgroup"
    groups.write_text(own)
    monkeypatch.setattr(machine, "OWN_GROUPS", groups)
    monkeypatch.setattr(machine, "CGROUP", place)
    (place / folder).mkdir(parents=True)
    (place / folder / limit).write_text(f"{200 * MB}\n")
    (place / folder / used).write_text(f"{150 * MB}\n")
    assert machine.total() == 200 * MB
    assert machine.available() == 50 * MB


def test_memory_is_read_in_pages_where_that_is_the_only_source_and_may_be_unknown(tmp_path, monkeypatch):
    pages = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    for name in ("MEMORY", "OWN_GROUPS", "CGROUP"):
        monkeypatch.setattr(machine, name, tmp_path / name)
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert machine.total() == machine.available() == 4_096_000
    monkeypatch.delattr(os, "sysconf")
    assert machine.total() == machine.available() == machine.UNLIMITED

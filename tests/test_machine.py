"""The memory that a machine or container has."""

import os

import pytest

from lazyrich import machine
from lazyrich.limits import MB


def test_the_limit_of_a_container_counts_and_files_that_the_kernel_may_drop_do_not(container):
    container(300 * MB, 250 * MB, 50 * MB)
    assert machine.total() == 300 * MB
    assert machine.available() == 100 * MB


def test_without_a_limit_it_is_the_machine_that_counts(container):
    container("max", 250 * MB, 0)
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert machine.total() == pytest.approx(whole, rel=0.01)
    assert 0 < machine.available() < whole

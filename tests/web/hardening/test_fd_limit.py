"""File descriptors are counted on every system; where they cannot be counted, every visitor is admitted."""

import os

import pytest

from lazyrich.web.hardening.fd_limit import DescriptorCount, limit


@pytest.mark.parametrize("missing", [(), ("/proc/self/fd",), ("/proc/self/fd", "/dev/fd")])
def test_open_descriptors_are_counted_where_the_system_lists_them(monkeypatch, missing):
    listdir = os.listdir

    def without(folder):
        if folder in missing:
            raise FileNotFoundError(folder)
        return listdir(folder)

    monkeypatch.setattr(os, "listdir", without)
    count = DescriptorCount()
    assert 0 <= count.used < limit()
    assert (count.used > 0) is (len(missing) < 2)
    assert not count.crowded

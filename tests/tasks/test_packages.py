"""Packages that only some tasks need."""

from __future__ import annotations

import pytest
import sklearn.datasets

from lazyrich.tasks.packages import PACKAGES, optional


def test_a_package_that_is_there_is_imported():
    assert optional("sklearn.datasets") is sklearn.datasets


def test_one_that_is_not_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setitem(PACKAGES, "no_such_module_here", "a-package")
    with pytest.raises(ModuleNotFoundError, match=r"needs the package a-package, .* pip install a-package\."):
        optional("no_such_module_here.part")

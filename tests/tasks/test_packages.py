"""Packages that only some tasks need."""

from __future__ import annotations

import sys

import pytest
import sklearn.datasets

from lazyrich.tasks import digits
from lazyrich.tasks.packages import PACKAGES, optional


def test_a_package_that_is_there_is_imported():
    assert optional("sklearn.datasets") is sklearn.datasets


def test_a_package_that_is_missing_is_named_with_the_command_to_install_it(monkeypatch):
    monkeypatch.setitem(PACKAGES, "no_such_module_here", "a-package")
    with pytest.raises(ModuleNotFoundError, match=r"needs the package a-package, .* pip install a-package\."):
        optional("no_such_module_here.part")


def test_digits_without_their_file_name_the_package_to_install(monkeypatch):
    read = digits.images.__wrapped__
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="scikit-learn has no files of its own: install it from a wheel"):
        read()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match=r"needs the package scikit-learn, .* pip install scikit-learn\."):
        read()

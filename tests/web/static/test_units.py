"""Runs the unit tests of the browser's scripts, which are written in JavaScript."""

from __future__ import annotations

import re

from harness.documents import ROOT
from harness.node import node


def test_the_scripts_pass_their_own_tests():
    ended = node("--test", "--test-reporter=spec", "tests/javascript/**/*.test.js", folder=ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    passed = int(re.findall(r"^ℹ pass (\d+)$", ended.stdout, re.M)[0])
    files = list(ROOT.glob("tests/javascript/**/*.test.js"))
    assert passed >= len(files) > 0

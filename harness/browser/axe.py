"""What axe-core finds wrong with a page for those who use a keyboard, a screen reader or little contrast.

axe-core is a package of `package.json`; `make test` installs it.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

from harness.server import ROOT

SCRIPT: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"

_RUN: Final = """rules => axe.run(document, {resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})})
    .then(found => found.violations.filter(one => ["serious", "critical"].includes(one.impact))
        .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`)))"""


def load_axe(page: Page) -> None:
    """Make axe-core ready on a page that has been opened anew."""
    assert SCRIPT.exists(), f"{SCRIPT} is not there: run `npm install`, as `make test` does"
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))


def serious_findings(page: Page, *rules: str) -> list[str]:
    """Return the serious and critical findings, after `load_axe`. rules: names of the only ones to check, all if none.

    What is hidden or folded away is not looked at.
    """
    return list(page.evaluate(_RUN, list(rules)))

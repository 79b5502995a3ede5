"""Accessibility errors of a page for keyboard, screen reader and low contrast, found by axe-core.

axe-core is a package of `package.json`; `make test` installs it.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

from harness.server import ROOT

SCRIPT: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"

_RUN: Final = """async rules => {
    if (!window.axe) return [];
    // what a rule finds has the impact of the rule: those with less need not be run
    const less = axe._audit.rules.filter(one => ["minor", "moderate"].includes(one.impact)).map(one => one.id);
    const all = axe.getRules().filter(one => one.enabled && !less.includes(one.ruleId)).map(one => one.ruleId);
    const options = { resultTypes: ["violations"], runOnly: rules.length ? rules : all };
    const { violations } = await axe.run(document, options);
    const serious = violations.filter(one => ["serious", "critical"].includes(one.impact));
    const told = (id, node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`;
    return serious.flatMap(({ id, nodes }) => nodes.map(node => told(id, node)));
}"""


def load_axe(page: Page) -> None:
    """Load axe-core, if it is installed, into a page that has not got it."""
    if SCRIPT.exists() and not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))


def serious_findings(page: Page, *rules: str) -> list[str]:
    """Return the serious and critical findings, after `load_axe`; none if axe-core is not installed.

    Hidden and folded parts are not checked. Transitions of colours to another theme are brought to their ends first.

    Args:
        page: The page.
        rules: Names of the rules to check; all rules if empty.
    """
    page.wait_for_function(
        """() => {
            const moving = document.getAnimations().filter(one => one instanceof CSSTransition);
            for (const one of moving) one.finish();
            return !moving.length;
        }"""
    )
    return list(page.evaluate(_RUN, list(rules)))

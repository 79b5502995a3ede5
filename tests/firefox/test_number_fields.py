"""Number fields in Firefox, whose own field drops the text 0,25: the test presses keys as a hand does."""

from __future__ import annotations

from harness.server import Server
from tests.firefox.marionette import BACKSPACE, ENTER, TAB, Firefox

DELTA = '[aria-label$="balance, typed"]'
SEED = '[aria-label="Seed"]'
ASKED = "new URLSearchParams(location.search).get"
ALERTS = "[...document.querySelectorAll('section [role=alert]')].map((one) => one.textContent.trim())"


def holds(firefox: Firefox, selector: str, text: str) -> None:
    """Wait until a field shows this text."""
    firefox.wait(f"(text) => document.querySelector(`{selector}`)?.value === text", text)


def asks_for(firefox: Firefox, name: str, text: str) -> None:
    """Wait until the address has this setting, as it has once the run is requested, and the run is trained."""
    firefox.wait(f"(text) => {ASKED}('{name}') === text", text)
    firefox.wait("document.querySelector('[data-testid=live-run]')?.dataset.status === 'finished'")


def test_invalid_numbers_get_a_sentence_and_decimal_commas_and_thousands_are_read(
    firefox: Firefox, server: Server
) -> None:
    page = firefox
    page.goto(server.url + "playground?tau=0.1&delta=1&eta_a=1&eta_w=1&steps=100&width=10")
    asks_for(page, "delta", "1")
    alert = ""
    for text in ("abc", BACKSPACE, "5"):
        page.retype(DELTA, text + ENTER)
        alert = page.wait(f"(old) => {ALERTS}.find((text) => text !== old)", alert)
        assert "a number between -2 and 2" in alert and alert.startswith("δ") and alert.endswith("It stays 1.")
        holds(page, DELTA, "1")
        asks_for(page, "delta", "1")
    page.retype(DELTA, "0,25" + ENTER)
    asks_for(page, "delta", "0.25")
    holds(page, DELTA, "0.25")
    assert page.evaluate("document.querySelector('[data-name=delta] input[type=range]').ariaValueText") == "0.25"
    page.retype(DELTA, " −1,5" + TAB)
    asks_for(page, "delta", "-1.5")
    holds(page, DELTA, "-1.5")
    page.back()
    asks_for(page, "delta", "0.25")
    holds(page, DELTA, "0.25")
    assert page.evaluate(ALERTS) == []
    # the numeric keypad of a phone has no minus
    assert page.evaluate(f"document.querySelector(`{DELTA}`).inputMode") == "text"
    # the seed may have separators of thousands, and a phone shows the numeric keypad for it
    page.evaluate("() => document.querySelector('.st-key-student-teacher-more summary').click()")
    page.wait("(field) => document.querySelector(field) !== null", SEED)
    page.retype(SEED, "1,000" + ENTER)
    holds(page, SEED, "1000")
    asks_for(page, "seed", "1000")
    assert page.evaluate(f"document.querySelector(`{SEED}`).inputMode") == "numeric"
    page.retype(SEED, "7,5" + TAB)
    assert "a whole number between 0 and" in page.wait(f"{ALERTS}[0]")
    holds(page, SEED, "1000")
    page.goto(page.evaluate("location.href"))
    asks_for(page, "seed", "1000")

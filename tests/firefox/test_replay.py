"""A replay in Firefox, opened from the file system."""

from __future__ import annotations

from pathlib import Path

from lazyrich import StudentTeacher, train
from tests.firefox.marionette import Firefox

LIVE = "document.querySelector('[data-testid=live-run]')"


def test_a_replay_plays_from_a_file_and_asks_for_nothing(firefox: Firefox, tmp_path: Path) -> None:
    result = train(StudentTeacher(steps=50, width=8))
    result.to_html(tmp_path / "run.html")
    firefox.goto((tmp_path / "run.html").as_uri())
    firefox.wait(f"{LIVE}?.dataset.status === 'finished' && {LIVE}.dataset.step === '50'", seconds=60)
    firefox.evaluate(
        "() => { const s = document.querySelector('.scrubber'); s.value = 3; "
        "s.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    firefox.wait("(step) => " + LIVE + ".dataset.step === step", str(int(result.curves.step[3])))
    asked = firefox.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in asked if not name.startswith(("blob:", "data:"))] == []

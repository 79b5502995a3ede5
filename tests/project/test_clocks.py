"""Intervals are measured with monotonic clocks, as the time of day can jump; it is read only where a date is needed."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

WALL = re.compile(
    r"time\.time(_ns)?\(|time\.localtime|time\.gmtime|time\.ctime|import time\(|from time import .*\btime\b"
    r"|datetime\.(now|utcnow|today)|date\.today|Date\.now|new Date\b|Date\(\)"
)
"""Ways to ask for the time of day, in Python and JavaScript."""

DATES = {"lazyrich/sweeps/command.py": 1, "lazyrich/studies/command.py": 1, "lazyrich/run_archive/recorded_run.py": 1}
"""Files that may read the date, and how often: for the record of a table, or the time of a request."""


def test_the_time_of_day_is_asked_for_only_where_a_date_is_wanted():
    found = {}
    for path in [*ROOT.glob("lazyrich/**/*.py"), *ROOT.glob("lazyrich/**/*.js"), *ROOT.glob("pages/*.py")]:
        if times := len(WALL.findall(path.read_text(encoding="utf-8"))):
            found[path.relative_to(ROOT).as_posix()] = times
    assert found == DATES

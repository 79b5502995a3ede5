"""Elements of Streamlit's page that the style sheet names exist in the scripts of the installed Streamlit."""

import re
from pathlib import Path

import streamlit

SHEETS = Path(__file__).parents[3] / "lazyrich/web/page/look"


def test_streamlit_has_every_element_that_a_style_sheet_names():
    named = {name for sheet in SHEETS.glob("*.css") for name in re.findall(r'data-testid="(st\w+)"', sheet.read_text())}
    assert named
    missing = set(named)
    scripts = (Path(streamlit.__file__).parent / "static").rglob("*.js")
    for script in sorted(scripts, key=lambda path: -path.stat().st_size):  # the largest has most of them
        text = script.read_text(encoding="utf-8")
        missing -= {name for name in missing if any(f"{q}{name}{q}" in text for q in "\"'`")}
        if not missing:
            break
    where = f"lazyrich/web/page/look/layout.css does not fit Streamlit {streamlit.__version__}"
    assert not missing, f"{where}: it has no {', '.join(sorted(missing))}"

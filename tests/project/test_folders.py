"""Folders stay small enough to be read at a glance."""

from collections import Counter

from harness.documents import ROOT

FOLDERS = ("benchmarks", "deploy", "docs", "harness", "lazyrich", "pages", "tests")
MAX_FILES = 16


def test_no_folder_has_more_files_than_can_be_read_at_a_glance():
    paths = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    count = Counter(
        path.parent for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    )
    assert len(count) > 50
    assert {str(folder): files for folder, files in count.items() if files > MAX_FILES} == {}

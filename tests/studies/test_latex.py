"""LaTeX tables: by a grammar of their contents, and by pdflatex itself where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pytest

from lazyrich import StudentTeacher, compare, study

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=10, learning_rate=2e-3, tau=0.5)

TEXT = re.compile(
    r"(?:[^\\$&%#_^{}~]|\\[&%$#_{}]|\\text(?:asciitilde|asciicircum|backslash)\{\}"
    r"|\$(?:[^\\$&%#{}]|\\[a-zA-Z]+|\\\||[_^]?\{[^{}$]*\})+\$)*"
)
"""A cell: plain characters, escaped ones, and formulas whose braces close within them."""

TABLE = re.compile(
    r"(?:%[^\n]*\n)*\\begin\{tabular\}\{([lr]+)\}\n\\toprule\n([^\n]+) \\\\\n\\midrule\n((?:[^\n]+ \\\\\n)+)"
    r"\\bottomrule\n\\end\{tabular\}\n"
)


@pytest.fixture(scope="module")
def tables() -> dict[str, str]:
    """Tables with every kind of cell: missing, infinite and tiny values, choices and networks."""
    base = SMALL
    deltas = study(base, over={"delta": [1, 0, -1]}, seeds=6)
    failing = study(base, over={"learning_rate": [1e-3, 100.0], "method": ["descent", "flow"]}, seeds=6)
    tiny = compare(base.changed(eta_w=1.0), base.changed(eta_w=0.01), seeds=6, measure="kernel_distance")
    missing = compare(base, base.changed(learning_rate=100.0), seeds=6)
    return {
        "comparison": missing.latex(),
        "differences": tiny.latex(),
        "axis": deltas.latex(),
        "map": failing.latex(),
    }


def test_every_line_and_cell_of_a_table_is_well_formed(tables):
    for name, text in tables.items():
        found = TABLE.fullmatch(text)
        assert found, f"{name} is no table:\n{text}"
        columns, head, body = found[1], found[2], found[3]
        for line in (head, *(line.removesuffix(r" \\") for line in body.splitlines())):
            cells = re.split(r"(?<!\\)&", line)
            assert len(cells) == len(columns), (name, line)
            for cell in cells:
                assert TEXT.fullmatch(cell) and cell.isascii(), (name, cell)


def test_tables_compile_where_pdflatex_is_installed_and_hold_their_numbers(tables, tmp_path):
    body = "\n\\newpage\n".join(tables.values())
    document = "\\documentclass{article}\n\\usepackage{booktabs}\n\\pdfcompresslevel=0\n\\begin{document}\n"
    (tmp_path / "tables.tex").write_text(f"{document}{body}\\end{{document}}\n", encoding="ascii", errors="replace")
    numbers = {name: re.findall(r"\d+\.\d+", text) for name, text in tables.items()}
    assert all(map(np.size, numbers.values())), "each table has numbers, whether it is compiled or not"
    if shutil.which("pdflatex") is None:
        return
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "tables.tex"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert f"({len(tables)} pages" in ended.stdout and not re.search(r"^! ", ended.stdout, flags=re.MULTILINE)

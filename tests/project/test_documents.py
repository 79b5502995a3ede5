"""The documents: their Python runs, their commands are valid, and the files and links that they name exist."""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import lazyrich
from docs import limits, public_names
from harness.documents import ROOT, Document, document, documents
from lazyrich import own_data, sweeps
from lazyrich.cli import studies
from lazyrich.cli.parser import command_line
from lazyrich.config.limits import PREFIX, Limits
from lazyrich.experiments import registry
from lazyrich.web.server.environment import SETTINGS

DOCUMENTS = documents()
COMMANDS = [command for one in DOCUMENTS for command in one.commands]
MODULES = [
    f"{folder}.{path.stem}"
    for folder in ("benchmarks", "docs")
    for path in sorted((ROOT / folder).glob("*.py"))
    if path.stem != "__init__"
]
EVERY = pytest.mark.parametrize("one", DOCUMENTS, ids=lambda one: one.name)


def test_all_documents_are_found():
    names = {one.name for one in DOCUMENTS}
    assert names >= {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/SECURITY.md"}
    assert names >= {f"docs/{name}.md" for name in ("operate", "limits", "library", "measurements", "theory")}


def test_the_readme_is_short():
    assert len(document("README.md").text.splitlines()) <= 200


@pytest.mark.parametrize(("name", "least"), [("README.md", 1), ("docs/library.md", 5)])
def test_the_python_runs_from_top_to_bottom_on_short_runs(name, least, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    x = np.linspace(-1, 1, 50)
    np.savetxt("mine.csv", np.column_stack([x, np.abs(x)]), delimiter=",")
    rng = np.random.default_rng(0)
    here = {
        **{"X": rng.normal(size=(12, 2)), "y": rng.normal(size=12)},
        **{"X_test": rng.normal(size=(5, 2)), "y_test": rng.normal(size=5)},
        **{"W": rng.normal(size=(6, 2)), "a": rng.normal(size=6), "own_data": own_data},
    }
    blocks = document(name).blocks("python")
    assert len(blocks) >= least
    printed = []
    for block in blocks:
        few = re.sub(r"\bseeds=(?:16|20)\)", "seeds=2)", block)
        exec(re.sub(r"StudentTeacher\((?:steps=[\d_]+)?", "StudentTeacher(steps=60, ", few), here)
        printed.append(capsys.readouterr().out)
    assert "kernel_distance" in printed[0] and "test_loss" in printed[0], "pandas left out what is of interest"
    assert any(out and out.splitlines()[-1].startswith("60 ") for out in printed), "no frame was streamed to the end"
    assert here["result"].config.steps == 60
    if name == "docs/library.md":
        assert here["result"].task.X.shape == (40, 2)
        assert len(here["S"]) == 400 and len(here["beta"]) == 2


def commands() -> list[str]:
    """Return the arguments of every `python -m lazyrich`, and commands that are named alone."""
    called = [code.partition("python -m lazyrich ")[2] for code in COMMANDS if "python -m lazyrich " in code]
    alone = [code for one in DOCUMENTS for code in one.inline if code.split()[0] in registry]
    return sorted({*called, *alone})


@pytest.mark.parametrize("words", commands())
def test_every_command_is_one_that_there_is(words, capsys):
    if words.endswith("--help"):
        with pytest.raises(SystemExit, match=r"^0$"):
            command_line().parse_args(shlex.split(words))
        return
    read = vars(command_line().parse_args(shlex.split(words)))
    name = read.pop("experiment")
    if name in studies.COMMANDS:
        assert studies.plan_of(name, read).parts > 1
        return
    experiment = registry[name]
    settings = {name: value for name, value in read.items() if name in experiment.model_fields}
    assert isinstance(experiment.model_validate(settings), experiment)


def test_every_target_of_make_is_in_the_makefile():
    named = {target for code in COMMANDS for target in re.findall(r"\bmake ([a-z-]+)", code)}
    assert named >= {"setup", "run", "test", "test-all", "soak", "lint", "bench", "audit"}
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert named <= set(re.findall(r"^make ([a-z-]+) ", listed, flags=re.MULTILINE))


def test_every_module_that_is_run_by_its_name_is_there():
    named = {name for code in COMMANDS for name in re.findall(r"python -m ((?:benchmarks|docs)[\w.]*)", code)}
    written = {f"docs.{name}" for name in ("screenshot", "limits", "dependencies", "chart_specs", "public_names")}
    assert {"benchmarks.lecture_hall", *written} <= named
    assert named <= {*MODULES, "benchmarks"}


@pytest.mark.parametrize("module", MODULES)
def test_modules_run_by_hand_can_be_imported(module):
    assert import_module(module).__doc__


def test_the_readme_shows_the_picture_and_leads_to_every_document():
    links = {link.partition("#")[0] for link in document("README.md").links}
    assert links >= {"docs/playground.png", "LICENSE"}
    assert links >= {one.name for one in DOCUMENTS} - {"README.md"}


@EVERY
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(one: Document):
    for link in one.links:
        name, _, anchor = link.partition("#")
        target = (one.path.parent / name).resolve() if name else one.path
        assert target.exists(), link
        assert not anchor or anchor in Document(target).anchors, link


def paths(one: Document) -> set[str]:
    """Return the words in backticks that are paths: they begin with a file or folder of the project."""
    first = {path.name for path in ROOT.iterdir()}
    words = {word.strip(",;:") for code in one.inline for word in code.split()}
    # NAME stands for any experiment, and what make builds need not exist
    return {word for word in words if word.split("/")[0] in first and "NAME" not in word and word[:5] != ".venv"}


@EVERY
def test_every_file_that_is_named_is_there(one: Document):
    assert [name for name in sorted(paths(one)) if not (ROOT / name).exists()] == []


@EVERY
def test_every_name_of_the_library_that_is_named_is_there(one: Document):
    for name in sorted(set(re.findall(r"`(lazyrich(?:\.\w+)+)(?:\(\))?`", one.text))):
        parent, _, last = name.rpartition(".")
        try:
            found = import_module(name)
        except ModuleNotFoundError:
            found = getattr(import_module(parent), last, None)
        assert found is not None, name


def test_the_listed_public_names_exist_and_are_complete():
    rows = re.findall(r"^\| `(lazyrich[\w.]*)` \| (`.+`) \|$", document("docs/library.md").text, flags=re.MULTILINE)
    named = {module: re.findall(r"`(\w+)`", names) for module, names in rows}
    for module in public_names.WHOLE:
        assert named[module] == import_module(module).__all__, "python -m docs.public_names writes it anew"
    for module, names in named.items():
        assert [name for name in names if not hasattr(import_module(module), name)] == []


def test_the_document_of_limits_is_made_from_the_code():
    assert limits.DOCUMENT.read_text(encoding="utf-8") == limits.text(), "python -m docs.limits writes it anew"
    rows = [line for line in limits.text().splitlines() if line.startswith(f"| `{PREFIX}")]
    assert len(rows) == len(Limits.parameters())
    for row, limit in zip(rows, Limits.parameters().values(), strict=True):
        assert row.startswith(f"| `{PREFIX}{limit.name.upper()}` | ") and row.endswith(f" | {limit.help} |")


def test_every_variable_in_the_documents_is_a_setting_and_every_setting_is_documented():
    named = {name for one in DOCUMENTS for name in re.findall(rf"\b{PREFIX}\w+", one.text)}
    assert named - {f"{PREFIX}MAXRUNS"} <= SETTINGS
    rows = "\n".join(document(f"docs/{name}.md").text for name in ("limits", "operate"))
    assert set(re.findall(rf"^\| `({PREFIX}\w+)` \|", rows, flags=re.MULTILINE)) == SETTINGS


def test_the_documented_memory_of_workers_is_the_sum_of_the_limits():
    rows = re.findall(r"^\| (\d+) \| ([\d.]+) GB \|$", document("docs/operate.md").text, flags=re.MULTILINE)
    assert len(rows) >= 4
    for workers, gigabytes in rows:
        assert gigabytes == f"{Limits.model_construct().megabytes(workers=int(workers)) / 1000:.1f}"


def test_the_stated_cost_of_a_portrait_fits_the_one_that_is_shipped():
    record = sweeps.reference().attrs["lazyrich"]
    text = document("docs/measurements.md").text
    assert f"On {record['date']} it took {record['core_hours']:.2f} core-hours" in " ".join(text.split())
    assert f"about {1e6 * record['core_hours'] / record['students']:.0f} core-hours" in " ".join(text.split())


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-several.conf", "lazyrich.service"])
def test_files_for_a_server_are_shown_as_they_are(name):
    shown = [*document("docs/operate.md").blocks("nginx"), *document("docs/operate.md").blocks("ini")]
    assert (ROOT / "deploy" / name).read_text(encoding="utf-8") in shown


def test_supported_and_cited_version_is_the_one_that_is_there():
    major_minor = ".".join(lazyrich.__version__.split(".")[:2])
    assert f"| {major_minor} (the main branch) | yes |" in document("docs/SECURITY.md").text
    assert f"version = {{{lazyrich.__version__}}}" in document("README.md").text


def test_the_changelog_has_its_form_and_the_version():
    text = document("CHANGELOG.md").text
    versions = re.findall(r"^## \[(.+?)\]", text, flags=re.MULTILINE)
    assert versions[0] == "Unreleased" and lazyrich.__version__ in versions
    kinds = re.findall(r"^### (.+)$", text, flags=re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    pairs = itertools.pairwise(re.findall(r"^#+ .+$", text, flags=re.MULTILINE))
    assert all(before != after for before, after in pairs)


def test_documents_name_no_folder_of_one_machine():
    for path in [one.path for one in DOCUMENTS] + [ROOT / ".pre-commit-config.yaml", ROOT / ".github/workflows/ci.yml"]:
        assert not re.search(r"(?<![\w.~])/(work|home|root|Users)/\w", Path(path).read_text(encoding="utf-8")), path

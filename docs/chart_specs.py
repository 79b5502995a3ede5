"""The types of chart specifications for JavaScript: `python -m docs.chart_specs` writes chart_specs.d.ts anew.

They come from the JSON schema of lazyrich.charts, so editors and `tsc` read the same options, with the same words, as
Python does.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from lazyrich import charts

FILE = Path(__file__).parents[1] / "lazyrich" / "web" / "static" / "core" / "chart_specs.d.ts"

HEAD = """\
// What Python says of the charts and readings of a page. Written by `python -m docs.chart_specs` from lazyrich/charts/.
"""

WIDTH = 118


def document() -> str:
    """Return the whole file: an interface for each model of the grammar, and their union."""
    schema = charts.json_schema()
    models = schema["$defs"]
    kinds = [ref["$ref"].rpartition("/")[2] for ref in schema["properties"]["charts"]["items"]["oneOf"]]
    union = f"/** Any kind of chart, told by its `kind`. */\nexport type ChartSpec = {' | '.join(sorted(kinds))};\n"
    return "\n".join([HEAD, *(interface(name, models[name]) for name in sorted(models)), union])


def interface(name: str, model: dict[str, Any]) -> str:
    """Return one model as an interface. What may be None in Python is left out on the wire, so it is optional here."""
    lines = [comment(model["description"]), f"export interface {name} {{"]
    for field, schema in model["properties"].items():
        mark = "?" if optional(schema) else ""
        if "description" in schema:
            lines.append(comment(schema["description"], "  "))
        lines.append(f"  {field}{mark}: {typed(schema)};")
    return "\n".join([*lines, "}", ""])


def optional(schema: dict[str, Any]) -> bool:
    """Return whether a field may be None."""
    return {"type": "null"} in schema.get("anyOf", [])


def typed(schema: dict[str, Any]) -> str:
    """Return the TypeScript type of a JSON schema. Raises ValueError for what the grammar does not have so far."""
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(typed(one) for one in schema["anyOf"] if one != {"type": "null"})
    if "prefixItems" in schema:
        return f"[{', '.join(typed(one) for one in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        inner = typed(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    plain = {"string": "string", "boolean": "boolean", "number": "number", "integer": "number"}
    if schema.get("type") not in plain:
        raise ValueError(f"docs/chart_specs.py has no TypeScript for {schema}: add it to typed().")
    return plain[schema["type"]]


def comment(text: str, indent: str = "") -> str:
    """Return a JSDoc comment, on one line where it fits."""
    paragraphs = [re.sub(r"\s+", " ", part).strip() for part in text.split("\n\n")]
    if len(paragraphs) == 1 and len(paragraphs[0]) + len(indent) + 7 <= WIDTH:
        return f"{indent}/** {paragraphs[0]} */"
    broken = [textwrap.wrap(part, WIDTH - len(indent) - 3) for part in paragraphs]
    lines = [line for k, part in enumerate(broken) for line in ([""] if k else []) + part]
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"])


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")

"""Read and evaluate the expressions of lessons: numbers of runs, arithmetic, comparisons, and five functions.

    kernel_distance > 10 * kept.kernel_distance
    known(time_to_tenth) and time_to_tenth < kept2.time_to_tenth
    count(test_loss < kept.test_loss)
    test_accuracy(alpha=10) - test_accuracy(alpha=1)

A name is a column of the table of the run on the page, at its last row, or one of its settings; the prefixes `kept.`
and `kept2.` mean the first and the second run kept beside it. Brackets choose rows of a table of many networks. If
several rows remain, the value is their median; within `count` it is the value of each seed in turn, the same seed in
all runs.

The grammar is closed: anything else is rejected when the lesson is read, and nothing in a lesson is executed.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple, Protocol

MAX_LENGTH: Final = 200
"""Largest number of characters of an expression."""

RUNS: Final[Mapping[str, int]] = {"kept": 1, "kept2": 2, "kept3": 3, "kept4": 4}
"""Prefix of a name, before its dot -> place of the run on the page; the current one is 0."""

FUNCTIONS: Final = {"abs": 1, "known": 1, "count": 1, "min": 2, "max": 2}
"""Function -> number of its arguments."""

_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


Value = float | str
"""Values of a column in the rows that an expression chooses."""


class Unknown(ValueError):
    """Raised for a number that the runs on the page do not have; the message names it, without a capital letter."""


class Rows(NamedTuple):
    """Numbers of a run.

    values: one for each row. seeds: of the same rows; None for a setting, which all seeds share.
    """

    values: Sequence[float]
    seeds: Sequence[int] | None


class Numbers(Protocol):
    """Source of the numbers of runs."""

    def rows(self, run: int, name: str, where: Mapping[str, Value]) -> Rows:
        """Return the numbers of a column in the rows in which other columns have the values `where`.

        Raises:
            Unknown: If there is no such run or column, or no row is left.
        """


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    Attributes:
        text: The expression as written.
        tree: Its syntax tree, with nodes of the grammar only.
    """

    text: str
    tree: ast.expr

    def __call__(self, numbers: Numbers) -> float | bool:
        """Return its value.

        Args:
            numbers: Numbers of the runs.

        Raises:
            Unknown: If the value needs a number that is missing or not finite, or divides by 0.
        """
        return _evaluate(self.tree, numbers, None)


def read(text: str) -> Expression:
    """Parse an expression.

    Args:
        text: At most MAX_LENGTH characters.

    Raises:
        ValueError: If it is invalid, with a sentence that names the part that is not allowed.
    """
    written = text.strip()
    if len(written) > MAX_LENGTH:
        raise ValueError(f"An expression has at most {MAX_LENGTH} characters; this one has {len(written)}.")
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(f"“{written}” cannot be read: write a comparison such as test_loss < 0.01.") from None
    _check(tree, written, rows=False)
    return Expression(written, tree)


def _check(node: ast.expr, text: str, rows: bool) -> None:
    """Raise ValueError unless the tree follows the grammar. rows: whether it is within `count`."""
    if isinstance(node, ast.BoolOp):
        inner = node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        inner = [node.operand]
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        inner = [node.left, node.right]
    elif isinstance(node, ast.Compare) and all(type(op) in _COMPARISONS for op in node.ops):
        inner = [node.left, *node.comparators]
    elif isinstance(_value(node), float) or _named(node):
        inner = []
    elif isinstance(node, ast.Call) and (_function(node) or _named(node.func)):
        inner = _arguments(node, text, rows)
        rows = rows or _function(node) == "count"
    else:
        source = ast.get_source_segment(text, node) or text
        raise ValueError(
            f"“{source}” is not allowed in “{text}”: there are names, numbers, + - * /, comparisons, and, or, not, and "
            f"the functions {', '.join(FUNCTIONS)}."
        )
    for part in inner:
        _check(part, text, rows)


def _named(node: ast.AST) -> tuple[int, str] | None:
    """Return the place of a run and the name of its number; None if the node is not a name."""
    if isinstance(node, ast.Name) and node.id not in RUNS and node.id not in FUNCTIONS:
        return 0, node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in RUNS:
        return RUNS[node.value.id], node.attr
    return None


def _function(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS else ""


def _arguments(node: ast.Call, text: str, rows: bool) -> list[ast.expr]:
    """Return the nodes of a call that remain to be checked: of a function, or of a name with chosen rows."""
    name = _function(node)
    if not name:
        if node.args or not all(keyword.arg for keyword in node.keywords) or not node.keywords:
            raise ValueError(
                f"“{text}”: brackets after a name choose rows, such as test_accuracy(alpha=10), and the functions are "
                f"{', '.join(FUNCTIONS)}."
            )
        for keyword in node.keywords:
            if _value(keyword.value) is None:
                raise ValueError(f"“{text}”: rows are chosen by a number or a text, such as alpha=10.")
        return []
    if node.keywords or len(node.args) != FUNCTIONS[name]:
        raise ValueError(f"“{text}”: {name} takes {FUNCTIONS[name]} value(s).")
    if name == "count" and rows:
        raise ValueError(f"“{text}”: count cannot stand within count.")
    return node.args


def _evaluate(node: ast.expr, numbers: Numbers, seed: int | None) -> float | bool:
    """Return the value of a node. seed: within `count`, the seed of the rows to use."""
    if isinstance(node, ast.BoolOp):
        holds = all if isinstance(node.op, ast.And) else any
        return holds(_evaluate(value, numbers, seed) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        value = _evaluate(node.operand, numbers, seed)
        return not value if isinstance(node.op, ast.Not) else -value
    if isinstance(node, ast.BinOp):
        left, right = _evaluate(node.left, numbers, seed), _evaluate(node.right, numbers, seed)
        return _finite(node, _ARITHMETIC[type(node.op)], left, right)
    if isinstance(node, ast.Compare):
        values = [_evaluate(one, numbers, seed) for one in (node.left, *node.comparators)]
        pairs = zip(node.ops, values[:-1], values[1:], strict=True)
        return all(_COMPARISONS[type(op)](left, right) for op, left, right in pairs)
    if isinstance(node, ast.Constant):
        return float(str(node.value))
    if isinstance(node, ast.Call) and (name := _function(node)):
        return _call(name, node.args, numbers, seed)
    found = _of_rows(_rows(node, numbers), seed)
    if not math.isfinite(found):
        raise Unknown(f"{ast.unparse(node)} has no value in this run.")
    return found


def _call(name: str, arguments: Sequence[ast.expr], numbers: Numbers, seed: int | None) -> float | bool:
    if name == "known":
        try:
            _evaluate(arguments[0], numbers, seed)
        except Unknown:
            return False
        return True
    if name == "count":
        return float(sum(bool(_evaluate(arguments[0], numbers, one)) for one in _seeds_of(arguments[0], numbers)))
    values = [_evaluate(argument, numbers, seed) for argument in arguments]
    return {"abs": abs, "min": min, "max": max}[name](*values)  # type: ignore[operator]


def _seeds_of(node: ast.expr, numbers: Numbers) -> Sequence[int | None]:
    """Return the seeds that all numbers of an expression share; [None] if it has settings only.

    Raises:
        Unknown: If their seeds differ, or one seed has several numbers.
    """
    found = [seeds for one in _numbers_in(node) if (seeds := _rows(one, numbers).seeds) is not None]
    if any(len(set(seeds)) < len(seeds) for seeds in found):
        raise Unknown("each seed has several networks, of which one has to be chosen to count seeds.")
    if any(set(seeds) != set(found[0]) for seeds in found):
        raise Unknown("the runs do not have the same seeds, so that they cannot be counted in pairs.")
    return sorted(found[0]) if found else [None]


def _numbers_in(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a checked tree that are numbers of a run, each with the rows that it chooses."""
    if _named(node) or (isinstance(node, ast.Call) and not _function(node)):
        yield node
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _numbers_in(argument)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _numbers_in(child)


def _value(node: ast.expr) -> Value | None:
    """Return the value of a literal number or text; None for another node."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool) and abs(node.value) < 1e300:
        return sign * float(node.value)
    return node.value if isinstance(node.value, str) and sign == 1 else None


def _rows(node: ast.AST, numbers: Numbers) -> Rows:
    where: dict[str, Value] = {}
    if isinstance(node, ast.Call):
        where = {str(one.arg): value for one in node.keywords if (value := _value(one.value)) is not None}
        node = node.func
    named = _named(node)
    assert named is not None
    return numbers.rows(*named, where)


def _of_rows(rows: Rows, seed: int | None) -> float:
    if seed is not None and rows.seeds is not None:
        return rows.values[rows.seeds.index(seed)]
    return median(rows.values) if all(map(math.isfinite, rows.values)) else math.nan


def _finite(node: ast.expr, act: Callable[[float, float], float], left: float, right: float) -> float:
    try:
        value = act(left, right)
    except (ZeroDivisionError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise Unknown(f"{ast.unparse(node)} has no value here.")
    return value

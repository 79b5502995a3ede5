"""Define the commands `compare` and `study`: their flags, and the plans made from these."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from lazyrich.config.plain_values import short
from lazyrich.config.schema import Config, complaints
from lazyrich.experiments import registry

if TYPE_CHECKING:
    from lazyrich.studies.command import Runs

__all__ = ["COMMANDS", "EPILOG", "add_flags", "plan_of", "unknown_flags"]

COMMANDS: Final = {
    "compare": "Compare two settings of an experiment over seeds, paired by seed, with intervals that hold.",
    "study": "Vary one or two settings of an experiment over seeds, and compare each value with a reference.",
}

EPILOG: Final = """
Settings are written as name=value, separated by commas: --with tau=0.3,leak=0.1. Their names and bounds are those of
the experiment's own command. Decide on --at before you see curves: the best of many moments always shows a difference.
--out writes the table, a row for each seed, by the suffix of its name: .parquet, whose metadata have the verdict, the
effects and the settings, or .csv. Finished runs are kept in a file beside it until it is written, so that a command
that was interrupted or killed goes on with --resume.
"""

FLAGS: Final = ("a", "b", "with", "over", "reference", "seeds", "measure", "at", "out", "resume", "workers", "dask")


def add_flags(command: argparse.ArgumentParser, name: str) -> None:
    """Add the flags of the command `name` to its parser."""

    def add(flag: str, metavar: str, help: str, **options: Any) -> None:
        command.add_argument(flag, metavar=metavar, help=help, default=argparse.SUPPRESS, **options)

    with_seeds = [one for one, config in registry.items() if {"seed", "first_seed"} & set(config.parameters())]
    command.add_argument("of", metavar="EXPERIMENT", help=f"One of {', '.join(with_seeds)}.")
    if name == "compare":
        add("--a", "NAME=VALUE,...", "Settings of A.")
        add("--b", "NAME=VALUE,...", "Settings of B. Effects are those of B against A.")
    else:
        add("--over", "NAME=VALUE,VALUE,...", "A setting and its values; twice for two settings.", action="append")
        add("--reference", "NAME=VALUE,...", "What the others are compared with; the first value of the first setting.")
    add("--with", "NAME=VALUE,...", "Settings that all runs share.", dest="shared")
    add("--seeds", "NUMBER", "Seeds of each setting, 32 if not given; below 6 there is no interval.")
    add("--measure", "COLUMN", "Column of the curves to compare by, such as test_loss or kernel_distance.")
    when = (
        "When: a time (a step, where an experiment counts those), train_loss=0.001 for when each run comes down to it"
    )
    add("--at", "WHEN", f"{when}; the end if not given.")
    add("--out", "FILE", "Where to write the table; without it only the verdict is printed.")


def plan_of(name: str, given: Mapping[str, Any], out: str | None = None) -> Runs:
    """Make the plan of a computation from the flags of a command.

    Args:
        name: One of COMMANDS.
        given: Its flags and their values as text.
        out: The file to write, for the record in it.

    Raises:
        ValueError: If a flag cannot be used; the message is a sentence for the user.
    """
    from lazyrich.studies import command
    from lazyrich.studies.plan import Plan
    from lazyrich.studies.written import moment, pairs_of

    experiment = _experiment(given["of"])
    shared = pairs_of(given.get("shared", ""), "--with")
    seeds, measure, at = _seeds(given.get("seeds", "32")), given.get("measure"), moment(given.get("at", "end"))
    command_text = shlex.join(["python", "-m", "lazyrich", name, *_words(given, out)])
    if name == "compare":
        sides = [pairs_of(given.get(flag[2:], ""), flag) for flag in ("--a", "--b")]
        if sides[0] == sides[1]:
            raise ValueError("--a and --b must differ: give settings of each, such as --a delta=1 --b delta=0.")
        A, B = (_config(experiment, {**shared, **side}) for side in sides)
        return command.comparison_plan(A, B, seeds, measure, at, command_text)
    over = dict(_axis(experiment, text) for text in given.get("over", ()))
    if not 1 <= len(over) == len(given.get("over", ())) <= 2:
        raise ValueError("--over must be given once or twice, for one or two settings, such as --over delta=-1,0,1.")
    reference = pairs_of(given["reference"], "--reference") if "reference" in given else None
    plan = Plan(_config(experiment, shared), over, seeds, measure, at, reference)
    return command.study_plan(plan, command_text)


def unknown_flags(rest: Sequence[str], name: str) -> str:
    """Explain why arguments of these commands cannot be used, with the flag that was most likely meant."""
    see = f"See lazyrich {name} --help."
    flags = [word.partition("=")[0] for word in rest if word.startswith("--")]
    if not flags:
        return f"Unrecognized arguments: {short(' '.join(rest))}. {see}"
    near = next(iter(get_close_matches(flags[0].lstrip("-"), FLAGS, n=1)), "")
    meant = f"; did you mean --{near}?" if near else ": settings are written as --with name=value."
    return f"{short(flags[0])} is no flag here{meant} {see}"


def _experiment(name: str) -> type[Config]:
    if name in registry:
        return registry[name]
    near = next(iter(get_close_matches(name, registry, n=1)), "")
    meant = f"did you mean {near}?" if near else f"the experiments are {', '.join(registry)}."
    raise ValueError(f"{short(name)} is no experiment; {meant}")


def _config(experiment: type[Config], settings: Mapping[str, str]) -> Config:
    try:
        return experiment.model_validate(dict(settings))
    except ValidationError as error:
        raise ValueError("\n".join(complaints(experiment, error))) from None


def _axis(experiment: type[Config], text: str) -> tuple[str, list[str]]:
    name, equals, values = text.partition("=")
    key = name.strip().replace("-", "_")
    if not equals:
        raise ValueError(f"--over must be a setting and its values, such as delta=-1,0,1, got {short(text)}.")
    parameter = experiment.parameters().get(key)
    if parameter is not None and parameter.each:
        raise ValueError(f"--over cannot vary {key}, whose values are lists themselves: use lazyrich.study in Python.")
    return key, [value.strip() for value in values.split(",")]


def _seeds(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"--seeds must be a whole number between 1 and 1000, got {short(text)}.") from None


def _words(given: Mapping[str, Any], out: str | None) -> list[str]:
    """Return the arguments of a command, for its record."""
    words = [str(given["of"])]
    for flag in ("a", "b", "over", "reference", "shared", "seeds", "measure", "at"):
        for value in given[flag] if flag == "over" and flag in given else [given[flag]] if flag in given else []:
            words += [f"--{'with' if flag == 'shared' else flag}", str(value)]
    return [*words, *(["--out", out.rpartition("/")[2]] if out else [])]

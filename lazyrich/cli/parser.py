"""Commands and flags, read from the registry of experiments and the schema of their settings.

A new experiment needs no line here. This uses argparse rather than the command line of pydantic-settings, because the
help then shows labels and bounds, and a bad value gets the same sentence as everywhere else, not a validation report.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from lazyrich.cli import studies
from lazyrich.config.plain_values import short
from lazyrich.config.schema import Parameter, nearest, show
from lazyrich.console import output
from lazyrich.experiments import registry
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.own_data import Preparation
from lazyrich.version import __version__

OK, FAILED, BAD_USE = 0, 1, 2
"""Exit codes; for a signal 128 plus its number, as in a shell."""

CODES = """Exit codes: 0 finished; 1 training, writing or
printing failed; 2 a setting, a file or a place cannot be used; 130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by a
terminal that was closed. A reader of the output that leaves, as head does, is no failure.
"""

EPILOG = f"""
--out writes by the suffix of its name: .parquet or .csv the curves, .npz the weights of all frames and the data,
.json the settings and versions, .html a page that plays the run without a server. A file that is replaced keeps its
mode, one that is write-protected is left alone, for
root as well. A pipe or a device, such as /dev/stdout, is written into, as CSV if its name has no suffix. Ctrl-C ends
training and writes what there is. {CODES}"""

SWEEP_EPILOG = f"""
--out writes the table, a row for each student and time, by the suffix of its name: .parquet or .csv. Finished parts are
kept in a file beside it until it is written, so that a run that was interrupted or killed goes on with --resume; only
one run at a time may write to it. A pipe or a device, such as /dev/stdout, is written into, as CSV if its name has no
suffix, and has no such parts. {CODES}"""


def command_line() -> argparse.ArgumentParser:
    """Return the parser: a command for each experiment, a flag for each of its settings."""
    parser = _Parser(prog="lazyrich", description="Train a network of the lazy and rich regimes and take the run away.")
    parser.add_argument("--version", action="version", version=f"lazyrich {__version__}")
    commands = parser.add_subparsers(dest="experiment", metavar="EXPERIMENT", title="experiments and studies of them")
    for name, config in registry.items():
        about = (config.__doc__ or "").strip().partition(". ")[0].rstrip(".") + "."
        epilog = SWEEP_EPILOG if config is PhasePortrait else EPILOG
        command = commands.add_parser(name, help=about, description=about, epilog=epilog)
        where = "Where to write the run; without it only the last frame is printed."
        command.add_argument("--out", metavar="FILE", help=where)
        for parameter in config.parameters().values():
            _add_flag(command, parameter)
        if config is PhasePortrait:
            _add_sweep_flags(command)
        if config is StudentTeacher:
            _add_data_flags(command)
    for name, about in studies.COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about, epilog=f"{studies.EPILOG}{CODES}")
        studies.add_flags(command, name)
        _add_sweep_flags(command)
    return parser


class _Parser(argparse.ArgumentParser):
    """Parser that prints one sentence for an error instead of the whole usage."""

    def __init__(self, **options: Any):
        super().__init__(allow_abbrev=False, **options)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help, version and errors of argparse."""
        if message:
            (output.tell if file is sys.stderr else output.show)(message.rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_USE, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def _add_flag(command: argparse._ActionsContainer, parameter: Parameter) -> None:
    flag = f"--{parameter.name.replace('_', '-')}"
    unit = f" {parameter.unit}" if parameter.unit else ""
    allowed = f"{parameter.allowed.capitalize()}; {show(parameter.default)} if not given."
    text = f"{parameter.label}{unit}: {parameter.help} {allowed}"
    # argparse formats help texts with %
    options: dict[str, Any] = {"dest": parameter.name, "default": argparse.SUPPRESS, "help": text.replace("%", "%%")}
    if parameter.type is bool:
        command.add_argument(flag, action=_Switch, **options)
    else:
        number = "NUMBER" if parameter.type in (int, float) else "TEXT"
        metavar = "A,B,..." if parameter.each else "WORD" if parameter.choices else number
        command.add_argument(flag, metavar=metavar, **options)


def _add_sweep_flags(command: argparse.ArgumentParser) -> None:
    """Add --resume, --workers and --dask, which are not settings because they do not change the table."""

    def add(flag: str, help: str, **options: Any) -> None:
        command.add_argument(flag, help=help, default=argparse.SUPPRESS, **options)

    went = "Go on where a run with the same --out was interrupted; its finished parts are in FILE.parts."
    add("--resume", went, action="store_true")
    one = "Processes to compute in, one thread each; one per core if not given, one in all with --device cuda."
    add("--workers", one, type=int, metavar="NUMBER")
    cluster = "Compute on the workers of the Dask scheduler at this address, such as tcp://10.0.0.1:8786."
    add("--dask", cluster, metavar="ADDRESS")


def _add_data_flags(command: argparse.ArgumentParser) -> None:
    """Add --data and the flags for the preparation of the data."""
    read = "Learn from your own file in place of a teacher: CSV with y in the last column, or NPZ with arrays X and y."
    group = command.add_argument_group("your own data")
    group.add_argument("--data", metavar="FILE", help=read, default=argparse.SUPPRESS)
    for parameter in Preparation.parameters().values():
        _add_flag(group, parameter)


class _Switch(argparse.BooleanOptionalAction):
    """Action for --name and --no-name, which stores the strings that the schema reads."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        setattr(namespace, self.dest, "false" if (option_string or "").startswith("--no-") else "true")


def join_negative_numbers(words: Iterable[str]) -> list[str]:
    """Rewrite `--delta -1e-3` as `--delta=-1e-3`: argparse mistakes a negative number with an exponent for a flag."""
    joined: list[str] = []
    for word in words:
        if joined and re.fullmatch(r"--[a-z][a-z-]*", joined[-1]) and re.match(r"-[\d.]", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def unknown_words(rest: Sequence[str], experiment: str | None) -> str:
    """Explain why arguments cannot be used, with the flag that was most likely meant."""
    see = f"See lazyrich{f' {experiment}' if experiment else ''} --help."
    flags = [word.partition("=")[0] for word in rest if word.startswith("--")]
    if not flags:
        return f"Unrecognized arguments: {short(' '.join(rest))}. Settings are written as --name value. {see}"
    given = flags[0].removeprefix("--no-").removeprefix("--")
    near = ""
    if experiment:
        own = Preparation if experiment == StudentTeacher.name else None
        others = [
            "out",
            *(["data"] if own else []),
            *(["resume", "workers", "dask"] if experiment == "phase-portrait" else []),
        ]
        near = nearest(registry[experiment], given) or (nearest(own, given) if own else "")
        near = near or next(iter(get_close_matches(given, others, n=1)), "")
    meant = f"; did you mean --{near.replace('_', '-')}?" if near else "."
    return f"{short(flags[0])} is not a setting here{meant} {see}"

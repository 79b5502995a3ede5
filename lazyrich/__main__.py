"""The command line: train an experiment and take the run away.

    python -m lazyrich student-teacher --tau 0.1 --delta 1 --out run.parquet
    lazyrich student-teacher --help

Commands and flags are read from the registry of experiments and the schema of their settings; a new experiment needs
no line here. argparse rather than pydantic-settings' own command line, because the help then shows labels and bounds,
and a bad value gets the same sentence as everywhere else instead of a validation report.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from lazyrich import own_data
from lazyrich.experiments import PhasePortrait, StudentTeacher, registry
from lazyrich.frame import CannotRun, Frame
from lazyrich.own_data import OVERRULED, BadData, OwnStudent, Preparation
from lazyrich.plain_values import short
from lazyrich.schema import Config, Parameter, complaints, nearest, show
from lazyrich.version import __version__

if TYPE_CHECKING:
    from lazyrich.result import Result

OK, FAILED, BAD_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes; the last is what a shell gives for Ctrl-C."""

EPILOG = """
--out writes by the suffix of its name: .parquet or .csv the curves, .npz the weights of all frames and the data,
.json the settings and versions. Ctrl-C ends training and writes what there is. Exit code 0: finished, 1: training or
writing failed, 2: a setting cannot be used, 130: interrupted.
"""

SWEEP_EPILOG = """
--out writes the table, a row for each student and time, by the suffix of its name: .parquet or .csv. Finished parts are
kept in a file beside it until it is written, so that a run that was interrupted or killed goes on with --resume. Exit
codes: 0 finished, 1 computing or writing failed, 2 a setting cannot be used, 130 interrupted.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line on `words` (those of the process if None) and return the exit code."""
    parser = command_line()
    known, rest = parser.parse_known_args(_join_negative_numbers(sys.argv[1:] if words is None else words))
    given = vars(known)
    if rest:
        return _say(BAD_USE, _unknown_words(rest, given.get("experiment")))
    name, out = given.pop("experiment", None), given.pop("out", None)
    if name is None:
        parser.print_help()
        return OK
    special = {flag: given.pop(flag) for flag in ("resume", "workers", "dask") if flag in given}
    own = ("data", *Preparation.parameters()) if name == StudentTeacher.name else ()
    data = {flag: given.pop(flag) for flag in own if flag in given}
    try:
        config = registry[name].model_validate(given)
        if data:
            config = _on_own_data(config, data, given)
    except ValidationError as error:
        return _say(BAD_USE, *complaints(registry[name], error))
    except BadData as error:
        return _say(BAD_USE, str(error))
    if trouble := _cannot_fit(config) or (_cannot_go_there(out) if out is not None else ""):
        return _say(BAD_USE, trouble)
    try:
        if isinstance(config, PhasePortrait):
            return sweep(config, out, **special)
        return run(config, out)
    except KeyboardInterrupt:
        return _say(INTERRUPTED, "Interrupted; nothing was written.")
    except CannotRun as error:
        return _say(FAILED, str(error))


def run(config: Config, out: str | None) -> int:
    """Train, print how it went, write the file `out` if one is asked for. Returns the exit code."""
    from lazyrich import export
    from lazyrich.local import gather, stream
    from lazyrich.result import Result, Status
    from lazyrich.whole_file import CannotWrite

    frames: list[Frame] = []
    status: Status
    try:
        status, message = gather(frames, _with_progress(config, stream(config)))
    except KeyboardInterrupt:
        if not frames:
            raise
        status, message = "stopped", f"Interrupted at step {frames[-1].step:,}; the frames before it are kept."
    result = Result(config, frames, status, message)
    if isinstance(config, OwnStudent):
        print(f"{config.data.name}: {config.data.words}. {config.data.notes}".rstrip())
    print(summary(result))
    code = {"finished": OK, "failed": FAILED}.get(status, INTERRUPTED)
    if message:
        _say(code, message)
    if out is not None:
        try:
            export.write(result, out)
        except CannotWrite as error:
            return _say(FAILED, str(error))
        print(f"Written to {out}")
    return code


def sweep(config: PhasePortrait, out: str | None, **special: Any) -> int:
    """Compute a phase portrait on all cores or on a cluster, print what it shows, write the file `out` if one is asked
    for. Returns the exit code."""
    from lazyrich import sweep_command
    from lazyrich.whole_file import CannotWrite

    try:
        complete, said = sweep_command.run(config, sweep_command.Options(out, **special))
    except (ValueError, CannotWrite) as error:
        return _say(FAILED if isinstance(error, CannotWrite) else BAD_USE, str(error))
    if not complete:
        return _say(INTERRUPTED, *said)
    print("\n".join(said))
    return OK


def summary(result: Result) -> str:
    """The last frame in words and numbers, a line each."""
    last = result.frames[-1]
    rows = {"step": f"{last.step:,}", "time": f"{last.time:.4g}"} | {k: f"{v:.4g}" for k, v in last.metrics.items()}
    wide = max(map(len, rows))
    return "\n".join([last.words, *(f"  {name:<{wide}}  {value}" for name, value in rows.items())])


def command_line() -> argparse.ArgumentParser:
    """The parser: a command for each experiment, a flag for each of its settings."""
    parser = _Parser(prog="lazyrich", description="Train a network of the lazy and rich regimes and take the run away.")
    parser.add_argument("--version", action="version", version=f"lazyrich {__version__}")
    commands = parser.add_subparsers(dest="experiment", metavar="EXPERIMENT", title="experiments")
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
    return parser


class _Parser(argparse.ArgumentParser):
    """argparse, with one sentence for an error instead of the whole usage."""

    def __init__(self, **options: Any):
        super().__init__(allow_abbrev=False, **options)

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
    """--resume, --workers and --dask, which are no settings: the table is the same with all of them."""

    def add(flag: str, help: str, **options: Any) -> None:
        command.add_argument(flag, help=help, default=argparse.SUPPRESS, **options)

    went = "Go on where a run with the same --out was interrupted; its finished parts are in FILE.parts."
    add("--resume", went, action="store_true")
    one = "Processes to compute in, one thread each; one per core if not given, one in all with --device cuda."
    add("--workers", one, type=int, metavar="NUMBER")
    cluster = "Compute on the workers of the Dask scheduler at this address, such as tcp://10.0.0.1:8786."
    add("--dask", cluster, metavar="ADDRESS")


def _add_data_flags(command: argparse.ArgumentParser) -> None:
    """--data, and how the data are prepared."""
    read = "Learn from your own file in place of a teacher: CSV with y in the last column, or NPZ with arrays X and y."
    group = command.add_argument_group("your own data")
    group.add_argument("--data", metavar="FILE", help=read, default=argparse.SUPPRESS)
    for parameter in Preparation.parameters().values():
        _add_flag(group, parameter)


def _on_own_data(config: Config, data: Mapping[str, str], given: Mapping[str, Any]) -> OwnStudent:
    """The settings on the data of a file. Raises BadData, ValidationError for how they are to be prepared."""
    if "data" not in data:
        raise BadData(f"--{next(iter(data)).replace('_', '-')} is for your own data: give --data FILE too.")
    if needless := [name for name in OVERRULED if name in given]:
        flag = f"--{needless[0].replace('_', '-')}"
        raise BadData(f"{flag} has no meaning with --data, which tells it or has no teacher: leave it out.")
    preparation = {name: text for name, text in data.items() if name != "data"}
    try:
        return OwnStudent.of(StudentTeacher(**dict(config)), own_data.read(data["data"], **preparation))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadData(f"--data: {data['data']} cannot be read: {reason}. Give a file that can.") from None


class _Switch(argparse.BooleanOptionalAction):
    """--name and --no-name, kept as the strings that the schema reads."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        setattr(namespace, self.dest, "false" if (option_string or "").startswith("--no-") else "true")


def _join_negative_numbers(words: Iterable[str]) -> list[str]:
    """`--delta -1e-3` as `--delta=-1e-3`: argparse takes a negative number in powers of ten for a flag."""
    joined: list[str] = []
    for word in words:
        if joined and re.fullmatch(r"--[a-z][a-z-]*", joined[-1]) and re.match(r"-[\d.]", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _unknown_words(rest: Sequence[str], experiment: str | None) -> str:
    """Why words of the command line cannot be used, with the flag that was most likely meant."""
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


def _cannot_go_there(out: str) -> str:
    """Why a file could not be written at the end, known before the training; empty if nothing speaks against it."""
    from lazyrich import export

    try:
        export.writer_for(out)
    except ValueError as error:
        return f"--out: {error}"
    folder = Path(out).resolve().parent
    if not folder.is_dir():
        return f"--out: there is no folder {folder}: make it first or choose another."
    if Path(out).is_dir() or not os.access(folder, os.W_OK):
        return f"--out: {out} cannot be written there: choose another place."
    return ""


def _cannot_fit(config: Config) -> str:
    """Why the machine's memory cannot hold a run, with the numbers; empty if it can or if nobody knows."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return ""
    work = config.work()
    needed = work.bytes + work.scratch
    if needed <= machine:
        return ""
    sizes = f"{needed / 1e9:.3g} GB of memory, and this machine has {machine / 1e9:.3g} GB"
    return f"This run needs about {sizes}: make it smaller."


def _with_progress(config: Config, frames: Iterator[Frame]) -> Iterator[Frame]:
    """The same frames; a line on the terminal, if there is one, says how far they are."""
    began = shown = time.monotonic()
    try:
        for number, frame in enumerate(frames, 1):
            now = time.monotonic()
            if sys.stderr.isatty() and now - shown >= 0.1:
                shown = now
                reached = f"frame {number} of {config.expected_frames}, step {frame.step:,}"
                line = f"{reached}, {now - began:.0f} s. {frame.words}"
                print(f"\r\x1b[K{line[:100]}", end="", file=sys.stderr, flush=True)
            yield frame
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _say(code: int, *sentences: str) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

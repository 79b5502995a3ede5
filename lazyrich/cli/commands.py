"""Run commands: parse the arguments, train, write the file, and only then print the outcome."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lazyrich import own_data
from lazyrich.cli import studies
from lazyrich.cli.parser import BAD_USE, FAILED, OK, command_line, join_negative_numbers, unknown_words
from lazyrich.cli.places import cannot_go_there, place_of_table
from lazyrich.config import machine
from lazyrich.config.schema import Config, complaints
from lazyrich.console import interrupts
from lazyrich.console.output import CannotPrint, StatusLine, prints_into, show, tell
from lazyrich.experiments import registry
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import CannotRun, Frame
from lazyrich.moment import TIME_PER_STEP, moment_of, significant
from lazyrich.own_data import OVERRULED, BadData, OwnStudent, Preparation

if TYPE_CHECKING:
    from lazyrich.results.result import Result, Status
    from lazyrich.sweeps.long_run import Options, RunOutcome


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        words: Arguments of the command; None for those of the process.

    Returns:
        The exit code.
    """
    try:
        return _obey(sys.argv[1:] if words is None else words)
    except CannotPrint as error:
        return _say(FAILED, str(error))
    except CannotRun as error:
        return _say(FAILED, str(error))
    except KeyboardInterrupt as interrupt:
        return _say(interrupts.code_of(interrupt), f"{interrupts.word_of(interrupt)}; nothing was written.")


def _obey(words: Sequence[str]) -> int:
    parser = command_line()
    known, rest = parser.parse_known_args(join_negative_numbers(words))
    given = vars(known)
    name, out = given.pop("experiment", None), given.pop("out", None)
    if rest:
        message = studies.unknown_flags(rest, name) if name in studies.COMMANDS else unknown_words(rest, name)
        return _say(BAD_USE, message)
    if name is None:
        parser.print_help()
        return OK
    special = {flag: given.pop(flag) for flag in ("resume", "workers", "dask") if flag in given}
    if name in studies.COMMANDS:
        if trouble := place_of_table(out) if out is not None else "":
            return _say(BAD_USE, trouble)
        from lazyrich.sweeps.long_run import carry_out

        return _long_run(lambda options: carry_out(studies.plan_of(name, given, out), options), out, **special)
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
    if trouble := _cannot_fit(config) or (cannot_go_there(out, config, data.get("data")) if out is not None else ""):
        return _say(BAD_USE, trouble)
    if isinstance(config, PhasePortrait):
        return sweep(config, out, **special)
    return run(config, out)


def run(config: Config, out: str | None) -> int:
    """Train, write the file `out` if it is given, then print the outcome.

    Args:
        config: The run.
        out: Path of the file; None to print the frames only.

    Returns:
        The exit code.
    """
    from lazyrich.results.result import Result

    frames: list[Frame] = []
    status, message, code = _train(config, frames, out)
    result = Result(config, frames, status, message)
    messages = [message] if message else []
    # checked now, because the path may name another file once the run is written
    printing = tell if out is not None and prints_into(out) else show
    written = False
    if out is not None:
        try:
            written, trouble = _write(result, out)
        except KeyboardInterrupt as interrupt:
            given_up = f"{interrupts.word_of(interrupt)} before {out} was written."
            return _say(interrupts.code_of(interrupt), *messages, given_up)
        messages += [trouble] if trouble else []
        code = FAILED if trouble else code
        interrupts.exit_at_once(f"the run is in {out}" if written else "")
    lines = [summary(result)]
    if isinstance(config, OwnStudent):
        lines.insert(0, f"{config.data.name}: {config.data.words}. {config.data.notes}".rstrip())
    device = result.environment.get("device", "")
    if device.startswith("cpu, "):
        lines.append(f"Computed on the {device.replace('cpu', 'CPU', 1)}.")
    return _print(code, printing, lines, messages, out if written else None)


def sweep(config: PhasePortrait, out: str | None, **special: Any) -> int:
    """Compute a phase portrait on all cores or on a cluster, write `out` if it is given, and print what it shows.

    Returns:
        The exit code.
    """
    from lazyrich.sweeps import command

    return _long_run(lambda options: command.run(config, options), out, **special)


def _long_run(begin: Callable[[Options], RunOutcome], out: str | None, **special: Any) -> int:
    """Run a command that writes a table, and print a summary of the table. Returns the exit code."""
    from lazyrich.results.atomic_write import CannotWrite
    from lazyrich.sweeps.long_run import Options

    printing = tell if out is not None and prints_into(out) else show
    try:
        ended = begin(Options(out, **special))
    except ValueError as error:
        return _say(BAD_USE, str(error))
    except CannotWrite as error:
        return OK if _reader_left(error) else _say(FAILED, str(error))
    if not ended.complete:
        return _say(interrupts.code_of(ended.signal), *ended.lines)
    interrupts.exit_at_once(f"the table is in {out}" if ended.written else "")
    return _print(OK, printing, ended.lines, [], ended.written)


NAMED_SEEDS = 3
"""Number of stuck seeds whose reason is printed."""


def summary(result: Result) -> str:
    """Describe the last frame in words and numbers, one line each."""
    last = result.frames[-1]
    header, ending = result.frames[0].header, result.ending
    pace = header.chart_data.get(TIME_PER_STEP) if header else None
    units = f"; flow time is step × {significant(pace)}" if pace else ""
    lines = [last.verdict, f"At {moment_of(result.frames)}{units}."]
    if last.remark:
        lines.append(last.remark)
    failed = [f"Seed {seed}: {why}" for seed, why in result.failed.items()]
    more = [f"and {len(failed) - NAMED_SEEDS:,} seeds more"] if len(failed) > NAMED_SEEDS else []
    lines += [*failed[:NAMED_SEEDS], *more]
    if ending:
        # the end of training alone does not tell whether the losses have settled
        lines.append(f"The losses there: {ending.words}.")
    rows = {"time": f"{last.time:.4g}", "step": f"{last.step:,}"} | {
        k: f"{v:.4g}" if v == v else "none" for k, v in last.metrics.items()
    }
    wide = max(map(len, rows))
    return "\n".join([*lines, *(f"  {name:<{wide}}  {value}" for name, value in rows.items())])


def _train(config: Config, frames: list[Frame], out: str | None) -> tuple[Status, str, int]:
    """Fill `frames`; return the status of the run at its end, a sentence on it, and its exit code."""
    from lazyrich.results.train import gather, stream

    try:
        status, message = gather(frames, _with_progress(config, stream(config)))
        _keep_hearing(out)
    except KeyboardInterrupt as interrupt:
        if not frames:
            raise
        _keep_hearing(out)
        word = interrupts.word_of(interrupt)
        message = f"{word} at {moment_of(frames)}; the frames before it are kept."
        return "stopped", message, interrupts.code_of(interrupt)
    return status, message, OK if status == "finished" else FAILED


def _keep_hearing(out: str | None) -> None:
    """Handle Ctrl-C after training: finish writing the file, or exit at once if frames are only printed."""
    if out is None:
        interrupts.exit_at_once()
    else:
        interrupts.finish(f"writing {out}")


def _write(result: Result, out: str) -> tuple[bool, str]:
    """Write a run to its file; return whether that succeeded and, if not, a sentence on why."""
    from lazyrich.results import export
    from lazyrich.results.atomic_write import CannotWrite

    try:
        export.write(result, out)
    except CannotWrite as error:
        return False, "" if _reader_left(error) else str(error)
    except ValueError as error:  # no frame to play, or more of them than a replay holds
        return False, f"{out} was not written. {error}"
    return True, ""


def _reader_left(error: OSError) -> bool:
    """Return whether the reader of a pipe has closed it, as `head -1` does."""
    return isinstance(error.__cause__, BrokenPipeError)


def _print(code: int, printing: Any, lines: Sequence[str], messages: Sequence[str], written: str | None) -> int:
    """Print the outcome, with errors on standard error; return the exit code."""
    if written is not None:
        lines = [*lines, f"Written to {written}"]
    try:
        printing("\n".join(lines))
    except CannotPrint as error:
        kept = f" What was computed is in {written}." if written is not None else ""
        messages = [*messages, f"{error}{kept}"]
        code = code or FAILED
    if interrupts.noted():
        code = interrupts.code_of(interrupts.noted())
    return _say(code, *messages)


def _on_own_data(config: Config, data: Mapping[str, str], given: Mapping[str, Any]) -> OwnStudent:
    """Return the config that trains on the data of a file.

    Raises:
        BadData: If the data cannot be used.
        ValidationError: If the preparation is not allowed.
    """
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


def _cannot_fit(config: Config) -> str:
    """Return a sentence on why the memory of this machine or container cannot hold a run.

    Empty if it can, or if the size of memory is not known.
    """
    work, there = config.work(), machine.total()
    needed = work.bytes + work.scratch
    if needed <= there:
        return ""
    sizes = f"{needed / 1e9:.3g} GB of memory, and this machine has {there / 1e9:.3g} GB for it"
    return f"This run needs about {sizes}: make it smaller."


def _with_progress(config: Config, frames: Iterator[Frame]) -> Iterator[Frame]:
    """Yield the same frames and show progress on the terminal, if there is one."""
    began, line = monotonic(), StatusLine()
    first: Frame | None = None
    try:
        for number, frame in enumerate(frames, 1):
            first = first or frame
            if line.due:
                reached = f"frame {number} of {config.expected_frames}, {moment_of([first, frame])}"
                line.change(f"{reached}, {monotonic() - began:.0f} s. {frame.verdict}")
            yield frame
            if number == 1:
                # from the first frame on, Ctrl-C keeps the frames
                interrupts.stop()
            interrupts.verify()
    finally:
        line.clear()


def _say(code: int, *sentences: str) -> int:
    for sentence in sentences:
        tell(sentence)
    return code

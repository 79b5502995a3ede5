"""Exports of a run: tables, arrays, its record, and the lines of Python or shell that compute the same.

    curves_csv(result), curves_parquet(result), arrays_npz(result), config_json(result)      bytes, for downloads
    same_in_python(config), same_in_shell(config)                                            text

Nothing here needs torch or a network.
"""

from __future__ import annotations

import io
import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lazyrich.config.schema import Config, show
from lazyrich.own_data import OwnStudent
from lazyrich.results.atomic_write import whole_file
from lazyrich.results.target import suffix_of

if TYPE_CHECKING:
    from lazyrich.results.result import Result

Writer = Callable[["Result", IO[bytes]], None]


def write_csv(result: Result, file: IO[bytes]) -> None:
    """Write the curves as comma-separated values, with all digits that distinguish the numbers."""
    result.curves.to_csv(file, index=False, lineterminator="\n")


def write_parquet(result: Result, file: IO[bytes]) -> None:
    """Write the curves as Parquet, with the run's record in the schema's metadata under `lazyrich`."""
    table = pa.Table.from_pandas(result.curves, preserve_index=False)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"lazyrich": _record(result)}), file)


def write_npz(result: Result, file: IO[bytes]) -> None:
    """Write step and time (frames,), each parameter stacked over frames (frames, ...), and the task's arrays.

    The entries config and environment are JSON texts: json.loads(str(arrays["config"])). Read the file with
    numpy.load(path): nothing in it is pickled.

    Raises:
        ValueError: If a parameter and an array of the task share a name.
    """
    frames = result.frames
    arrays: dict[str, Any] = {
        "step": np.array([frame.step for frame in frames], dtype=np.int64),
        "time": np.array([frame.time for frame in frames], dtype=np.float64),
        "config": np.array(json.dumps(settings(result.config, result.own), ensure_ascii=False)),
        "environment": np.array(json.dumps(result.environment, ensure_ascii=False)),
    }
    header = frames[0].header if frames else None
    for name in frames[0].arrays if frames else ():
        arrays[name] = np.stack([frame.arrays[name] for frame in frames])
    for name, array in header.arrays.items() if header else ():
        if name in arrays:
            raise ValueError(f"the name {name} is taken twice: by the parameters and by the task.")
        arrays[name] = array
    np.savez(file, allow_pickle=False, **arrays)


def write_json(result: Result, file: IO[bytes]) -> None:
    """Write the run's record: settings, versions, device, dtype, how it ended, and how to compute it again."""
    file.write(_record(result, indent=2) + b"\n")


def write_html(result: Result, file: IO[bytes]) -> None:
    """Write the page that plays the run without a server; see `Result.to_html`."""
    file.write(result.html().encode())


FORMATS: Final[dict[str, Writer]] = {
    ".parquet": write_parquet,
    ".csv": write_csv,
    ".npz": write_npz,
    ".json": write_json,
    ".html": write_html,
}
"""Suffix of a file's name -> function that writes this kind of file."""


def curves_csv(result: Result) -> bytes:
    """Return the bytes that `Result.to_csv` writes."""
    return _in_memory(result, write_csv)


def curves_parquet(result: Result) -> bytes:
    """Return the bytes that `Result.to_parquet` writes."""
    return _in_memory(result, write_parquet)


def arrays_npz(result: Result) -> bytes:
    """Return the bytes that `Result.to_npz` writes."""
    return _in_memory(result, write_npz)


def config_json(result: Result) -> bytes:
    """Return the bytes that `Result.to_json` writes."""
    return _in_memory(result, write_json)


def same_in_python(config: Config) -> str:
    """Return three lines of Python that give the same numbers on the same machine; a fourth reads a user's file.

    Only settings that differ from the defaults are named. The last row is printed as a column, because pandas omits the
    middle of a row that is wider than a terminal.
    """
    if config.recipe:
        return config.recipe[0]
    settings = _arguments(config.settings())
    if isinstance(config, OwnStudent):
        data = _arguments({"path": config.data.name, **config.data.preparation.settings()}).removeprefix("path=")
        return (
            "from lazyrich import StudentTeacher, own_data, train\n"
            f"data = own_data.read({data})\n"
            f"result = train(StudentTeacher({settings}), task=data)\nprint(result.curves.tail(1).T)\n"
        )
    name = type(config).__name__
    return f"from lazyrich import {name}, train\nresult = train({name}({settings}))\nprint(result.curves.tail(1).T)\n"


def _arguments(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())


def same_in_shell(config: Config, out: str = "run.parquet") -> str:
    """Return the command that gives the same numbers and writes them to the file `out`."""
    if config.recipe:
        return f"{config.recipe[1]} --out {shlex.quote(out)}"
    words = ["python", "-m", "lazyrich", config.name]
    settings = config.settings()
    if isinstance(config, OwnStudent):
        settings = {"data": config.data.name, **config.data.preparation.settings(), **settings}
    for field, value in settings.items():
        flag = field.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            text = show(value) if isinstance(value, tuple) else str(value)
            # after a space, a negative number in exponent notation would be read as another flag
            words += [f"--{flag}={text}"] if text.startswith("-") else [f"--{flag}", text]
    return shlex.join([*words, "--out", out])


def write(result: Result, path: str | os.PathLike[str], writer: Writer | None = None) -> None:
    """Write a file by the suffix of its name or with `writer`, all or nothing.

    A full disk or an interrupt leaves the old file, and a replaced file keeps its mode. Pipes and devices are written
    into.

    Raises:
        ValueError: For a suffix that is not in FORMATS.
        CannotWrite: If the system does not allow it, or the old file is write-protected.
    """
    writer = writer or writer_for(path)
    with whole_file(path) as file:
        writer(result, file)


def writer_for(path: str | os.PathLike[str]) -> Writer:
    """Return the function that writes a file of this name; CSV for a pipe or a device without a suffix.

    Raises:
        ValueError: For a suffix that is not in FORMATS.
    """
    suffix = suffix_of(path, FORMATS)
    if not suffix:
        raise ValueError(f"the name of the file must end in {', '.join(FORMATS)}, got {os.fspath(path)}.")
    return FORMATS[suffix]


def _in_memory(result: Result, writer: Writer) -> bytes:
    file = io.BytesIO()
    writer(result, file)
    return file.getvalue()


OF_A_TEACHER = ("teacher_width", "noise")
"""Settings without meaning for data that no teacher made."""


def settings(config: Config, own: Sequence[str]) -> dict[str, Any]:
    """Return all settings of a run; those of a teacher only if one made the data. own: as in Result."""
    settings = config.model_dump(mode="json")
    return {name: value for name, value in settings.items() if name not in OF_A_TEACHER or "task" not in own}


def _record(result: Result, indent: int | None = None) -> bytes:
    config = result.config
    record: dict[str, Any] = {
        "experiment": config.name,
        "config": settings(config, result.own),
        "environment": result.environment,
        "status": result.status,
        "message": result.message,
    }
    if isinstance(config, OwnStudent):
        # without the file's name: visitors who upload the same data under different names share one run
        record["data"] = {
            "sha256": config.data.key,
            **config.data.preparation.model_dump(),
            "said": config.data.described,
        }
    if result.own:
        # no command: it would draw its own data or start and give other numbers
        record["own"] = list(result.own)
    else:
        record |= {"command": same_in_shell(config), "python": same_in_python(config)}
    return json.dumps(record, indent=indent, ensure_ascii=False, allow_nan=False).encode()

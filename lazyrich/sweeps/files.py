"""Write and read a phase portrait as a file that includes the record of how it was computed.

write_table("portrait.parquet", table, record)
table = read_portrait("portrait.parquet")
table.attrs["lazyrich"]["command"]
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lazyrich.results.atomic_write import whole_file
from lazyrich.results.target import suffix_of

__all__ = ["SUFFIXES", "read_portrait", "read_record", "write_table"]

SUFFIXES: Final = (".parquet", ".csv")
"""Suffixes of the formats in which a portrait can be written."""

KEY = b"lazyrich"

ESCAPED: Final = "backslashreplace"
"""Error handler for file names that are not UTF-8: JSON reads these escapes as Python writes them."""


def write_table(path: str | os.PathLike[str], table: pd.DataFrame, record: Mapping[str, Any]) -> None:
    """Write a table in the format of the file's suffix, atomically: an old file stays until the new one is complete.

    A replaced file keeps its mode. Pipes and devices are written into, as CSV if they have no suffix.

    Args:
        path: The file.
        table: The rows, as phase_portrait gives them.
        record: JSON values, stored in the schema's metadata under `lazyrich` in Parquet, and not at all in CSV.

    Raises:
        ValueError: For another suffix.
        CannotWrite: If the system does not allow it, or the existing file is write-protected.
    """
    suffix = suffix_of(path, SUFFIXES)
    if not suffix:
        raise ValueError(f"the file's name must end in {' or '.join(SUFFIXES)}, got {os.fspath(path)}.")
    with whole_file(path) as file:
        if suffix == ".csv":
            table.to_csv(file, index=False, lineterminator="\n")
        else:
            rows = pa.Table.from_pandas(table, preserve_index=False)
            metadata = {KEY: json.dumps(record, ensure_ascii=False, allow_nan=False).encode(errors=ESCAPED)}
            pq.write_table(rows.replace_schema_metadata(metadata), file, compression="zstd", compression_level=9)


def read_portrait(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the table of a Parquet file that write_table or the command line wrote; its record is attrs["lazyrich"].

    Raises:
        ValueError: If the file is no such table or is truncated.
        OSError: If it cannot be read.
    """
    # opened here, because Arrow takes only names that are UTF-8
    with _reading(path), open(path, "rb") as file:
        rows = pq.read_table(file)
    table = rows.replace_schema_metadata(None).to_pandas()
    table.attrs["lazyrich"] = _record(rows.schema)
    return table


def read_record(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the record of a Parquet file; empty if it has none. Raises as read_portrait does."""
    with _reading(path), open(path, "rb") as file:
        schema = pq.read_schema(file)
    return _record(schema)


def _record(schema: pa.Schema) -> dict[str, Any]:
    try:
        found = json.loads((schema.metadata or {}).get(KEY, b"{}"))
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def _reading(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file, or was cut short or changed: compute it anew.") from error

"""A phase portrait as a file, with what it was computed with inside.

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
"""What a portrait can be written as."""

KEY = b"lazyrich"

ESCAPED: Final = "backslashreplace"
"""What becomes of bytes in a file's name that are no UTF-8: JSON reads these escapes as Python writes them."""


def write_table(path: str | os.PathLike[str], table: pd.DataFrame, record: Mapping[str, Any]) -> None:
    """Write a table by the suffix of the file's name, all or nothing: an old file is there until the new one is.

    The mode of a file that is replaced is kept. Pipes and devices are written into, as CSV if they have no suffix.

    Args:
        path: Where to.
        table: The rows, as phase_portrait gives them.
        record: JSON values; in Parquet they are in the schema's metadata under `lazyrich`, in CSV there is no place.

    Raises:
        ValueError: For another suffix.
        CannotWrite: Where the system does not allow it, or what is there is write-protected.
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
    """The table of a Parquet file that write_table or the command line wrote; its record is attrs["lazyrich"].

    Raises ValueError if it is none or was cut short, OSError if there is none.
    """
    # opened here, for Arrow takes no name that is not UTF-8
    with _reading(path), open(path, "rb") as file:
        rows = pq.read_table(file)
    table = rows.replace_schema_metadata(None).to_pandas()
    table.attrs["lazyrich"] = _record(rows.schema)
    return table


def read_record(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a Parquet file says of how it was computed; empty if it says nothing. Raises as read_portrait does."""
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

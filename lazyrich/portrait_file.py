"""A phase portrait as a file, with what it was computed with inside.

write_portrait("portrait.parquet", table, record)
table = read_portrait("portrait.parquet")
table.attrs["lazyrich"]["command"]
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lazyrich.export import CannotWrite

__all__ = ["SUFFIXES", "read_portrait", "read_record", "write_portrait"]

SUFFIXES: Final = (".parquet", ".csv")
"""What a portrait can be written as."""

KEY = b"lazyrich"


def write_portrait(path: str | os.PathLike[str], table: pd.DataFrame, record: Mapping[str, Any]) -> None:
    """Write a portrait by the suffix of the file's name, all or nothing: an old file is there until the new one is.

    record: JSON values; in Parquet they are in the schema's metadata under `lazyrich`, in CSV there is no place.
    Raises ValueError for another suffix, CannotWrite where the system does not allow it.
    """
    target = Path(path).resolve()
    if target.suffix.lower() not in SUFFIXES:
        raise ValueError(f"the name of a portrait's file must end in {' or '.join(SUFFIXES)}, got {os.fspath(path)}.")
    part = target.with_name(f".{target.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        with open(part, "xb") as file:
            if target.suffix.lower() == ".csv":
                table.to_csv(file, index=False, lineterminator="\n")
            else:
                rows = pa.Table.from_pandas(table, preserve_index=False)
                metadata = {KEY: json.dumps(record, ensure_ascii=False, allow_nan=False).encode()}
                pq.write_table(rows.replace_schema_metadata(metadata), file, compression="zstd", compression_level=9)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError as error:
        reason = (error.strerror or str(error) or type(error).__name__).lower()
        raise CannotWrite(f"{path} could not be written: {reason}. Mend that or choose another place.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def read_portrait(path: str | os.PathLike[str]) -> pd.DataFrame:
    """The table of a Parquet file that write_portrait or the command line wrote; its record is attrs["lazyrich"]."""
    rows = pq.read_table(path)
    table = rows.replace_schema_metadata(None).to_pandas()
    table.attrs["lazyrich"] = json.loads((rows.schema.metadata or {}).get(KEY, b"{}"))
    return table


def read_record(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a Parquet file says of how it was computed; empty if it says nothing."""
    found: dict[str, Any] = json.loads((pq.read_schema(path).metadata or {}).get(KEY, b"{}"))
    return found

"""Decode the lines of a text file for a CSV reader, without comments and without Excel's `sep=;`.

An omitted line becomes an empty line, so that line numbers stay correct.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lazyrich.own_data.given import BadData
from lazyrich.own_data.wrong_cell import is_error

_SEP = re.compile(r'"?sep=(.|\\t)"?\s*', re.IGNORECASE)
"""Excel's first line with the separator of the columns."""

_OTHER_FILES = (
    (b"\x1f\x8b", "is packed (gzip)", "unpack it"),
    (b"PK\x03\x04", "is a zip archive, such as a spreadsheet", "export it as CSV"),
    (b"\xd0\xcf\x11\xe0", "is a spreadsheet or another document of Office", "export it as CSV"),
    (b"PAR1", "is a Parquet file", "write it with pandas.read_parquet(file).to_csv(..., index=False)"),
    (b"ARROW1", "is a Feather file", "write it with pandas.read_feather(file).to_csv(..., index=False)"),
    (b"\x89HDF", "is an HDF5 file", "write its table as CSV"),
    (b"\x93NUMPY", "is an array of numpy (.npy)", "write it with numpy.savez(file, X=..., y=...)"),
    (b"%PDF", "is a PDF", "export its table as CSV"),
    (b"MATLAB", "is a file of Matlab", "write its table with writematrix"),
    (b"SQLite", "is a database", "export its table as CSV"),
    (b"\x80\x04", "is a pickle, which is never read", "write it as CSV or NPZ"),
    (b"\x80\x05", "is a pickle, which is never read", "write it as CSV or NPZ"),
    (b"BZh", "is packed (bzip2)", "unpack it"),
    (b"\xfd7zXZ", "is packed (xz)", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "is packed (Zstandard)", "unpack it"),
    (b"7z\xbc\xaf", "is packed (7z)", "unpack it"),
    (b"\x89PNG", "is a picture", "write the numbers of its table"),
    (b"\xff\xd8\xff", "is a picture", "write the numbers of its table"),
    (b"RDX", "is a file of R", "write its table with write.csv(table, file, row.names=FALSE)"),
    (b"X\n\0", "is a file of R", "write its table with write.csv(table, file, row.names=FALSE)"),
    (b"version https://git-lfs", "is a pointer of Git LFS in place of the file", "fetch that with git lfs pull"),
)
"""First bytes of other kinds of files, with a description and advice."""


class Lines:
    """The lines of a file, for a CSV reader: `csv.reader(Lines(content))`.

    separator: the one that Excel's first line names, otherwise empty. comments: number of lines that begin with #.
    last_comment: the last comment above the first row, with its line number. Lines are decoded one by one, as the text
    of a large file would take several times its bytes.
    """

    def __init__(self, content: bytes):
        self._content = content
        self._raw = ""
        self._begun = False
        self.separator = ""
        self.comments = 0
        self.last_comment: tuple[int, str] = (0, "")
        self._number = 0
        self._lines = self._without_comments(newline="")

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def first(self, later: int = 20) -> tuple[str, list[str]]:
        """Return the first line that is neither empty nor a comment, "" if there is none, and a few lines after it."""
        text = self._decoded(newline=None)
        found: list[str] = []
        for number, line in enumerate(text):
            if number == 0 and (sep := _SEP.fullmatch(line)):
                self.separator = sep[1].replace("\\t", "\t")
            elif found and found[-1].count('"') % 2:
                found[-1] += line  # a line break within quotation marks
            elif line.strip() and not _is_comment(line):
                found.append(line)
            if len(found) > later:
                break
        return (found[0], found[1:]) if found else ("", [])

    def quoted(self) -> bool:
        """Return whether the last line read has quotation marks."""
        return '"' in self._raw

    def _without_comments(self, newline: str) -> Iterator[str]:
        for number, line in enumerate(self._decoded(newline), 1):
            if _is_comment(line):
                self.comments += 1
                if not self._begun:
                    self.last_comment = (number, line)
                yield "\n"
            elif number == 1 and _SEP.fullmatch(line):
                yield "\n"
            else:
                if line.strip():
                    self._raw, self._begun = line, True
                yield line

    def _decoded(self, newline: str | None) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._content), "utf-8-sig", newline=newline)


def _is_comment(line: str) -> bool:
    """Return whether a line is a comment: it begins with #, but not with a spreadsheet's error such as #N/A."""
    return line.startswith("#") and not is_error(line)


def decoded(name: str, content: bytes) -> str:
    """Return the text of a file.

    Args:
        name: Name of the file, for messages.
        content: Bytes of the file.

    Raises:
        BadData: If it is not UTF-8 text, with a description and advice.
    """
    for start, what, mend in _OTHER_FILES:
        if content.startswith(start):
            raise BadData(f"{name} {what}; CSV is plain text: {mend}.")
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        raise BadData(f"{name} is text in UTF-32; UTF-8 can be read: save it as UTF-8.")
    # in UTF-16, with or without a mark, every second byte of digits and commas is 0
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        len(content) >= 4 and (not any(content[:40:2]) or not any(content[1:40:2])) and any(content[:40])
    ):
        raise BadData(f"{name} is text in UTF-16; UTF-8 can be read: save it as UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise BadData(f"{name} holds binary data; CSV is plain text: export it as CSV.") from None
        line = content.count(b"\n", 0, error.start) + 1
        raise BadData(f"{name}, line {line}: this is not text in UTF-8: save the file as UTF-8.") from None
    if "\0" in text:
        raise BadData(f"{name} holds binary data; CSV is plain text: export it as CSV.")
    begins = text.lstrip()[:200].lower()
    if re.match(r"<(!doctype|html|\?xml|head|table|svg)", begins):
        raise BadData(f"{name} is a web page or XML, not CSV: download the file itself, not the page about it.")
    if begins.startswith(("{", "[{", "[[")) or re.match(r"\[\s*[-\d]", begins):
        raise BadData(f"{name} is JSON; a row x1, x2, ..., y for each sample is needed: write it as CSV.")
    return text

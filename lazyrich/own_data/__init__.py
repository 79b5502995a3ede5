"""A user's own data in place of a teacher's: read from CSV or NPZ, prepared, and trained on like any other task.

    data = own_data.read("mine.csv", scaling="unit")
    result = train(StudentTeacher(tau=0.1, delta=1.0), task=data)

A CSV has a sample in each row and its output in the last column; a line of names on top may be there, the separator is
comma, semicolon or tab, and lines that begin with # are left out. `data.words` says what was taken for names, inputs
and output. Where that is not clear the file is refused until first_line="names" or "sample" says what a first line of
numbers is, and row_numbers="drop" or "keep" what becomes of columns that look like row numbers.

An NPZ has arrays X (n, d) and y (n,), and X_test and y_test if it has a test set of its own.
Nothing is ever unpickled, and what a file declares is checked before memory is spent on it. Whatever cannot be used
raises BadData with one sentence: what was given, what is allowed, what to do.
"""

from lazyrich.own_data.data import OwnData, Preparation, prepare
from lazyrich.own_data.given import BadData, Given
from lazyrich.own_data.reading import SUFFIXES, Bounds, parse, read
from lazyrich.own_data.settled import may_be_row_numbers
from lazyrich.own_data.student import OVERRULED, OwnStudent

__all__ = [
    "OVERRULED",
    "SUFFIXES",
    "BadData",
    "Bounds",
    "Given",
    "OwnData",
    "OwnStudent",
    "Preparation",
    "may_be_row_numbers",
    "parse",
    "prepare",
    "read",
]

"""A user's own data in place of a teacher's: read from CSV or NPZ, prepared, and trained on like any other task.

    data = own_data.read("mine.csv", scaling="unit")
    result = train(StudentTeacher(tau=0.1, delta=1.0), task=data)

A CSV has a sample in each row and its output in the last column; the first line may hold names, the separator is comma,
semicolon or tab, and lines that begin with # are ignored. `data.words` says which parts were taken for names, inputs
and output. A doubtful file is rejected until first_line="names" or "sample" decides about a first line of numbers, and
row_numbers="drop" or "keep" about columns that look like row numbers.

An NPZ has arrays X (n, d) and y (n,), and X_test and y_test if it has a test set of its own.
Nothing is ever unpickled, and sizes that a file declares are checked before memory is allocated. Invalid data raise
BadData with one sentence: what was given, what is allowed, what to do.
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

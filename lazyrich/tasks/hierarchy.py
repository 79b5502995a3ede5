"""The random hierarchy model: strings made by a random grammar, labelled by the class that each expands.

Cagnetta, Petrini, Tomasini, Favero, Wyart (arXiv 2307.02129). A class is a symbol of the top level. Every symbol of a
level expands into one of m pairs (its synonyms) of symbols of the level below, L times over, which makes strings of 2^L
symbols out of v. Every level has its own rules: v m distinct pairs out of v^2, drawn without replacement, so no pair
belongs to two symbols and every string has one derivation.

    grammar, task = draw(levels=2, vocabulary=8, synonyms=8, n=1024, n_test=800, seed=0)
    grammar.rules[0][3]                 the pairs that class 3 can expand into
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.random import Generator

from lazyrich.tasks.labelled import Labelled, check_counts, stream

__all__ = ["MAX_LEVELS", "Grammar", "draw", "draw_grammar", "one_hot"]

MAX_LEVELS = 6
"""Largest number of levels, strings of 64 symbols; a page has no use for more, and counts of strings get too large."""

FEW = 2**20
"""Number of strings up to which all are listed and shuffled (8 MB); above, strings are drawn until enough differ."""

BLOCK = 1024
"""Number of strings drawn at a time, independent of n, so that a smaller n gives the first strings of a larger one."""


@dataclass(frozen=True)
class Grammar:
    """The rules of all levels.

    Attributes:
        rules: For each level an integer array (v, m, 2): rules[l][symbol] are the m pairs of symbols of level l + 1
            that a symbol of level l can expand into. Level 0 holds the classes, level L the string.
    """

    rules: tuple[np.ndarray, ...]

    @property
    def levels(self) -> int:
        """Return L, the number of times that symbols are replaced by pairs."""
        return len(self.rules)

    @property
    def vocabulary(self) -> int:
        """Return v, the number of symbols in each level, and of classes."""
        return self.rules[0].shape[0]

    @property
    def synonyms(self) -> int:
        """Return m, the number of pairs for each symbol."""
        return self.rules[0].shape[1]

    @property
    def length(self) -> int:
        """Return 2^L, the number of symbols in a string."""
        return 2**self.levels

    @property
    def count(self) -> int:
        """Return the number of distinct strings, v m^(2^L - 1).

        Each is a choice of class, and of a synonym for every symbol above the string.
        """
        return self.vocabulary * self.synonyms ** (self.length - 1)

    def write(self, classes: np.ndarray, choices: np.ndarray) -> np.ndarray:
        """Return the strings (n, 2^L) of the classes (n,) for given choices of synonyms.

        Args:
            classes: Classes (n,), 0 to v - 1.
            choices: Index of the synonym, 0 to m - 1, (n, 2^L - 1): first for the class, then for the two symbols below
                it, and so on from left to right.
        """
        symbols, used = np.asarray(classes)[:, None], 0
        for rules in self.rules:
            now = choices[:, used : used + symbols.shape[1]]
            used += symbols.shape[1]
            symbols = rules[symbols, now].reshape(len(symbols), -1)
        return symbols

    def derivation(self, strings: np.ndarray) -> list[np.ndarray]:
        """Return the symbols of every level above strings.

        Args:
            strings: Strings (n, 2^L) of symbols from 0 to v - 1.

        Returns:
            Arrays (n, 1), (n, 2), ..., (n, 2^L), top level first; a symbol is -1 where the pair below it belongs to no
            symbol.

        Raises:
            ValueError: If the strings have another length, or symbols outside 0 ... v - 1.
        """
        symbols = np.asarray(strings)
        if symbols.ndim != 2 or symbols.shape[1] != self.length:
            raise ValueError(f"strings must have shape (n, {self.length}), got {symbols.shape}.")
        if symbols.size and not 0 <= symbols.min() <= symbols.max() < self.vocabulary:
            raise ValueError(
                f"strings must hold symbols from 0 to {self.vocabulary - 1}, got {symbols.min()} to {symbols.max()}."
            )
        found = [symbols]
        for table in reversed(self._tables):
            # a symbol of -1 indexes the last row or column, which holds only -1
            symbols = table[symbols[:, 0::2], symbols[:, 1::2]]
            found.append(symbols)
        return found[::-1]

    def parse(self, strings: np.ndarray) -> np.ndarray:
        """Return the classes (n,) of strings (n, 2^L); -1 for a string that the grammar cannot write.

        Raises:
            ValueError: As `derivation` does.
        """
        return self.derivation(strings)[0][:, 0]

    def sample(self, n: int, generator: Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw n distinct strings (n, 2^L), all sets of them equally likely, and their classes (n,).

        Raises:
            ValueError: If there are fewer than n strings.
        """
        if n > self.count:
            raise ValueError(
                f"this grammar has {self.count} distinct strings, {n} were asked for: "
                "take fewer, or more levels, symbols or synonyms."
            )
        if self.count <= FEW:
            numbers = generator.permutation(self.count)[:n]
            choices = np.empty((n, self.length - 1), dtype=np.int64)
            for column in range(choices.shape[1]):
                numbers, choices[:, column] = np.divmod(numbers, self.synonyms)
            return self.write(numbers, choices), numbers
        kept: dict[bytes, int] = {}
        while len(kept) < n:
            classes = generator.integers(self.vocabulary, size=BLOCK)
            strings = self.write(classes, generator.integers(self.synonyms, size=(BLOCK, self.length - 1)))
            for string, label in zip(strings.astype(np.int64), classes, strict=True):
                kept.setdefault(string.tobytes(), int(label))
        strings = np.frombuffer(b"".join(list(kept)[:n]), dtype=np.int64).reshape(n, self.length)
        return strings.copy(), np.array(list(kept.values())[:n], dtype=np.int64)

    @cached_property
    def _tables(self) -> list[np.ndarray]:
        """Return for each level the symbol that a pair belongs to (v + 1, v + 1), -1 for none."""
        tables = []
        for rules in self.rules:
            table = np.full((self.vocabulary + 1, self.vocabulary + 1), -1)
            owners = np.broadcast_to(np.arange(self.vocabulary)[:, None], rules.shape[:2])
            table[rules[..., 0], rules[..., 1]] = owners
            tables.append(table)
        return tables


def draw_grammar(levels: int, vocabulary: int, synonyms: int, generator: Generator) -> Grammar:
    """Draw a grammar: at every level v m pairs of symbols out of v^2, all choices equally likely.

    Raises:
        ValueError: If levels is not from 1 to MAX_LEVELS, vocabulary is below 2, or synonyms is not from 1 to
            vocabulary (there are v^2 pairs, so no more than v for each symbol).
    """
    check_counts(levels=levels, synonyms=synonyms)
    check_counts(2, vocabulary=vocabulary)
    if levels > MAX_LEVELS:
        raise ValueError(f"levels must be at most {MAX_LEVELS}, got {levels}: strings double with each.")
    if synonyms > vocabulary:
        raise ValueError(
            f"synonyms must be at most vocabulary = {vocabulary}, got {synonyms}: "
            f"there are only {vocabulary**2} pairs for {vocabulary} symbols."
        )
    rules = []
    for _ in range(levels):
        pairs = generator.permutation(vocabulary**2)[: vocabulary * synonyms]
        rules.append(np.stack(np.divmod(pairs, vocabulary), axis=-1).reshape(vocabulary, synonyms, 2))
    return Grammar(tuple(rules))


def draw(
    levels: int = 2,
    vocabulary: int = 8,
    synonyms: int = 8,
    n: int = 1024,
    n_test: int = 800,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> tuple[Grammar, Labelled]:
    """Draw a grammar and n + n_test distinct strings of it.

    For one seed the grammar and the test strings do not depend on n, and the training strings of a smaller n are the
    first of a larger one. Classes are not balanced. A torch convolution takes X.transpose(1, 2).

    Args:
        levels: L, 1 to MAX_LEVELS.
        vocabulary: v, at least 2.
        synonyms: m, 1 to v.
        n: Number of training strings, at least 1.
        n_test: Number of test strings, at least 1.
        seed: Seed of grammar and strings, at least 0.
        dtype: Type of X.

    Returns:
        The grammar, and X (n, 2^L, v) one-hot, positions by symbols, with classes y (n,), and the same of test strings.

    Raises:
        ValueError: If there are fewer strings than asked for, or as `draw_grammar` does.
    """
    check_counts(n=n, n_test=n_test)
    grammar = draw_grammar(levels, vocabulary, synonyms, stream(seed, "hierarchy grammar"))
    strings, classes = grammar.sample(n_test + n, stream(seed, "hierarchy strings"))
    X, y = one_hot(strings, vocabulary, dtype), torch.from_numpy(classes)
    return grammar, Labelled(X[n_test:], y[n_test:], X[:n_test], y[:n_test], X[:0], classes=vocabulary)


def one_hot(strings: np.ndarray, vocabulary: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Return strings (n, length) of symbols from 0 to v - 1 in one-hot code, (n, length, v)."""
    return torch.eye(vocabulary, dtype=dtype, device="cpu")[torch.from_numpy(np.asarray(strings, dtype=np.int64))]

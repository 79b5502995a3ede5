"""The random hierarchy model against a grammar expanded string by string, and its draws against chance."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from lazyrich.tasks import hierarchy
from lazyrich.tasks.hierarchy import draw, draw_grammar, one_hot
from lazyrich.tasks.labelled import stream

SMALL = [(1, 3, 2), (2, 3, 2), (2, 4, 4), (3, 2, 2), (3, 3, 1)]


def grammar(levels, vocabulary, synonyms, seed=0):
    return draw_grammar(levels, vocabulary, synonyms, stream(seed, "test"))


def written(rules, symbol):
    """All strings that a symbol of the topmost of these levels may become, one by one."""
    if not rules:
        return [(symbol,)]
    halves = [
        (written(rules[1:], left), written(rules[1:], right))
        for left, right in rules[0][symbol].reshape(-1, 2).tolist()
    ]
    return [first + second for firsts, seconds in halves for first in firsts for second in seconds]


@pytest.mark.parametrize("size", SMALL)
def test_every_string_has_one_derivation_and_the_parser_finds_its_class_and_no_class_for_any_other(size):
    g = grammar(*size)
    owner = {}
    for label in range(g.vocabulary):
        for string in written(g.rules, label):
            assert string not in owner, "a string has two derivations"
            owner[string] = label
    assert len(owner) == g.count == g.vocabulary * g.synonyms ** (2**g.levels - 1)
    every = np.array(list(product(range(g.vocabulary), repeat=g.length)))
    expected = [owner.get(tuple(string), -1) for string in every.tolist()]
    np.testing.assert_array_equal(g.parse(every), expected)


@pytest.mark.parametrize("size", [*SMALL, (2, 8, 8), (4, 5, 3)])
def test_no_pair_belongs_to_two_symbols_of_a_level(size):
    g = grammar(*size)
    assert (g.levels, g.vocabulary, g.synonyms) == size
    for rules in g.rules:
        assert rules.shape == (g.vocabulary, g.synonyms, 2)
        assert len({tuple(pair) for pair in rules.reshape(-1, 2).tolist()}) == g.vocabulary * g.synonyms
        assert rules.min() >= 0 and rules.max() < g.vocabulary


def test_levels_have_rules_of_their_own():
    rules = grammar(3, 8, 8).rules
    assert not np.array_equal(rules[0], rules[1]) and not np.array_equal(rules[1], rules[2])


def test_all_choices_of_pairs_are_equally_likely():
    draws = Counter(tuple(grammar(1, 2, 1, seed).rules[0].ravel().tolist()) for seed in range(2400))
    # two different pairs of the four, in order
    assert len(draws) == 12
    assert chisquare(list(draws.values())).pvalue > 1e-3


@pytest.mark.parametrize("few", [hierarchy.FEW, 0], ids=["put in order", "drawn until distinct"])
def test_all_sets_of_strings_are_equally_likely(few, monkeypatch):
    monkeypatch.setattr(hierarchy, "FEW", few)
    monkeypatch.setattr(hierarchy, "BLOCK", 4)
    g, generator = grammar(1, 3, 2), stream(0, "sets")
    found = Counter(frozenset(map(tuple, g.sample(3, generator)[0].tolist())) for _ in range(2000))
    # 3 strings of 6
    assert len(found) == 20
    assert chisquare(list(found.values())).pvalue > 1e-3


@pytest.mark.parametrize("size", [(2, 8, 8), (3, 4, 4), (4, 8, 8), (2, 5, 2)])
def test_strings_are_distinct_disjoint_and_belong_to_their_classes(size):
    n, n_test = (700, 400) if size[0] > 2 or size[1] == 8 else (25, 15)
    g, task = draw(*size, n=n, n_test=n_test, seed=2)
    assert task.X.shape == (n, 2 ** size[0], size[1]) and task.X_test.shape == (n_test, 2 ** size[0], size[1])
    assert torch.equal(task.X.sum(2), torch.ones(n, 2 ** size[0]))
    strings = torch.cat([task.X, task.X_test]).argmax(2).numpy()
    assert len({tuple(string) for string in strings.tolist()}) == n + n_test
    np.testing.assert_array_equal(g.parse(strings), torch.cat([task.y, task.y_test]).numpy())
    assert task.classes == size[1]


def test_all_strings_of_a_grammar_can_be_drawn_and_then_all_classes_are_as_frequent():
    g, task = draw(2, 4, 3, n=100, n_test=8, seed=0)
    assert g.count == 108
    assert torch.cat([task.y, task.y_test]).bincount().tolist() == [27] * 4


def test_classes_are_equally_likely_where_the_grammar_is_large():
    _, task = draw(4, 8, 8, n=4000, n_test=1, seed=0)
    assert chisquare(task.y.bincount(minlength=8).numpy()).pvalue > 1e-3


@pytest.mark.parametrize("size", [(2, 8, 8), (4, 8, 4)])
def test_a_seed_fixes_grammar_and_test_set_and_smaller_training_sets_are_the_first_of_larger(size):
    (g, task), (same, larger) = draw(*size, n=300, n_test=100, seed=5), draw(*size, n=1500, n_test=100, seed=5)
    assert all(np.array_equal(a, b) for a, b in zip(g.rules, same.rules, strict=True))
    assert torch.equal(task.X_test, larger.X_test) and torch.equal(task.y, larger.y[:300])
    assert torch.equal(task.X, larger.X[:300])
    other, different = draw(*size, n=300, n_test=100, seed=6)
    assert not np.array_equal(g.rules[0], other.rules[0]) and not torch.equal(task.X, different.X)


def test_a_derivation_rewrites_to_the_level_below_by_the_rules():
    g, task = draw(3, 5, 4, n=50, n_test=5, seed=1)
    levels = g.derivation(task.X.argmax(2).numpy())
    assert [level.shape for level in levels] == [(50, 1), (50, 2), (50, 4), (50, 8)]
    for rules, above, below in zip(g.rules, levels[:-1], levels[1:], strict=True):
        for row in range(50):
            for place, symbol in enumerate(above[row]):
                assert below[row, 2 * place : 2 * place + 2].tolist() in rules[symbol].tolist()


def test_one_hot_puts_the_one_at_the_symbol():
    expected = [[[0, 1, 0], [0, 0, 1]]]
    assert one_hot(np.array([[1, 2]]), 3, torch.float64).tolist() == expected


def test_more_strings_than_there_are_is_refused_with_their_number():
    with pytest.raises(ValueError, match="has 108 distinct strings, 109 were asked for"):
        draw(2, 4, 3, n=100, n_test=9)


def test_more_synonyms_than_symbols_are_refused():
    with pytest.raises(ValueError, match="synonyms must be at most vocabulary = 4, got 5: there are only 16 pairs"):
        draw(2, 4, 5)


@pytest.mark.parametrize(
    ("size", "pattern"),
    [
        ({"levels": 0}, "levels must be at least 1, got 0"),
        ({"levels": 7}, "levels must be at most 6, got 7"),
        ({"vocabulary": 1, "synonyms": 1}, "vocabulary must be at least 2, got 1"),
        ({"synonyms": 0}, "synonyms must be at least 1, got 0"),
        ({"n_test": 0}, "n_test must be at least 1, got 0"),
    ],
)
def test_sizes_out_of_range_are_refused_by_name(size, pattern):
    with pytest.raises(ValueError, match=pattern):
        draw(**size)


def test_strings_of_another_length_or_alphabet_are_refused():
    g = grammar(2, 4, 3)
    with pytest.raises(ValueError, match=r"shape \(n, 4\), got \(1, 3\)"):
        g.parse(np.zeros((1, 3), dtype=int))
    with pytest.raises(ValueError, match="symbols from 0 to 3, got 0 to 4"):
        g.parse(np.array([[0, 1, 2, 4]]))

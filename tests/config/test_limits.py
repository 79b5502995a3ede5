"""Limits are read from the environment, and have bounds and help."""

import pytest

from lazyrich.config.limits import MB, PREFIX, Limits, from_environment


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in Limits.parameters():
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_every_limit_is_read_from_its_environment_variable(monkeypatch):
    defaults = from_environment()
    for name in Limits.parameters():
        monkeypatch.setenv(PREFIX + name.upper(), str(getattr(defaults, name) + 1))
    changed = from_environment()
    for name in Limits.parameters():
        assert getattr(changed, name) == getattr(defaults, name) + 1


def test_an_empty_variable_leaves_the_default(monkeypatch):
    monkeypatch.setenv("LAZYRICH_MAX_RUNS", "")
    assert from_environment() == Limits()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("LAZYRICH_WORKERS", "many", "LAZYRICH_WORKERS must be a whole number between 0 and 256, got many."),
        ("LAZYRICH_MAX_RUNS", "0", "LAZYRICH_MAX_RUNS must be a whole number between 1 and 10000, got 0."),
        ("LAZYRICH_LOG_MB", "nan", "LAZYRICH_LOG_MB must be a number between 0 and 1e+07, got nan."),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_variable_bounds_and_value(monkeypatch, name, text, sentence):
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError) as caught:
        from_environment()
    assert str(caught.value) == sentence


def test_every_limit_has_a_label_a_help_text_and_a_default_within_its_bounds():
    for name, parameter in Limits.parameters().items():
        assert parameter.label
        assert parameter.help.endswith(".") and len(parameter.help) > 20, name
        assert parameter.low <= parameter.default <= parameter.high, name


def test_limits_do_not_change_once_made():
    limits = Limits()
    with pytest.raises(ValueError):
        limits.workers = 7  # type: ignore[misc]


def test_there_are_as_many_workers_as_memory_has_room_for_beside_the_other_limits(container):
    every = Limits.parameters()["workers"].default
    container(10**12, 0, 0)
    assert Limits().workers == every
    for workers in range(1, every + 1):
        # the default limits: 1000 + 1200 + 400 + 40 + 256 MB, 300 for the web process and 250 for each worker
        container((3196 + 250 * workers + 10) * MB, 0, 0)
        assert Limits().workers == workers
        assert Limits(log_mb=500).workers == min(every, workers + 2)
    container(500 * MB, 0, 0)
    assert Limits().workers == 1
    assert Limits(workers=7).workers == 7 and Limits(workers=0).workers == 0
    assert Limits(workers=7).megabytes() == 3196 + 7 * 250

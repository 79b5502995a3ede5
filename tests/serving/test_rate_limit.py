"""The rate limit allows a number of actions in a minute, at once or spread out."""

import pytest

from lazyrich.serving.rate_limit import RateLimit


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_minutes_worth_is_there_at_once_and_then_what_runs_in(clock):
    bucket = RateLimit(120, clock=clock)
    assert [bucket.take() for _ in range(120)] == [0.0] * 120
    assert bucket.take() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take() == 0.0
    assert bucket.take() > 0


def test_what_is_refused_takes_nothing_and_after_the_wait_that_it_told_it_is_granted(clock):
    bucket = RateLimit(60, seconds=2, clock=clock)
    assert bucket.take(2) == 0.0
    for _ in range(100):
        wait = bucket.take()
        assert wait == pytest.approx(1.0)
    clock.now += wait
    assert bucket.take() == 0.0


def test_over_any_time_no_more_is_granted_than_a_bucketful_and_what_ran_in(clock):
    bucket = RateLimit(60, seconds=5, clock=clock)
    granted = 0
    for _ in range(1000):
        granted += bucket.take() == 0.0
        clock.now += 0.1
    assert granted == pytest.approx(5 + 100, abs=1)


def test_one_larger_than_the_bucket_is_granted_when_it_is_full_and_paid_for_afterwards(clock):
    bucket = RateLimit(60, seconds=5, clock=clock)
    assert bucket.take(10) == 0.0
    assert bucket.take() == pytest.approx(6.0)


def test_what_was_given_back_can_be_taken_again_and_a_clock_that_goes_back_empties_nothing(clock):
    bucket = RateLimit(1, clock=clock)
    assert bucket.take() == 0.0
    bucket.give_back()
    clock.now -= 100
    assert bucket.take() == 0.0

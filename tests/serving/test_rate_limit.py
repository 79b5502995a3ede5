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


def test_a_bucket_grants_a_minutes_worth_at_once_and_then_its_rate(clock):
    bucket = RateLimit(120, clock=clock)
    assert [bucket.take() for _ in range(120)] == [0.0] * 120
    assert bucket.take() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take() == 0.0
    assert bucket.take() > 0


def test_a_refusal_takes_no_tokens_and_is_granted_after_the_stated_wait(clock):
    bucket = RateLimit(60, seconds=2, clock=clock)
    assert bucket.take(2) == 0.0
    for _ in range(100):
        wait = bucket.take()
        assert wait == pytest.approx(1.0)
    clock.now += wait
    assert bucket.take() == 0.0


def test_over_any_time_at_most_a_bucketful_and_the_inflow_are_granted(clock):
    bucket = RateLimit(60, seconds=5, clock=clock)
    granted = 0
    for _ in range(1000):
        granted += bucket.take() == 0.0
        clock.now += 0.1
    assert granted == pytest.approx(5 + 100, abs=1)


def test_a_request_larger_than_the_bucket_is_granted_when_full_and_paid_later(clock):
    bucket = RateLimit(60, seconds=5, clock=clock)
    assert bucket.take(10) == 0.0
    assert bucket.take() == pytest.approx(6.0)


def test_returned_tokens_can_be_taken_again_and_a_clock_set_back_removes_none(clock):
    bucket = RateLimit(1, clock=clock)
    assert bucket.take() == 0.0
    bucket.give_back()
    clock.now -= 100
    assert bucket.take() == 0.0

"""Messages to waiting visitors: numbers with the right nouns, in steps that do not flicker."""

import pytest

from lazyrich.serving.queue_messages import full, place_in_queue, roughly


@pytest.mark.parametrize(
    ("count", "waiting", "message"),
    [
        (1, 1, "The server is full: 1 run is training and 1 waits. Try again in a minute."),
        (64, 256, "The server is full: 64 runs are training and 256 wait. Try again in a minute."),
    ],
)
def test_a_full_server_counts_its_runs(count, waiting, message):
    assert full(count, waiting) == message


@pytest.mark.parametrize(
    ("count", "seconds", "message"),
    [
        (1, 8.0, "Waiting: number 2 of 3 in the queue, 1 run is training, about 10 seconds to go."),
        (4, None, "Waiting: number 2 of 3 in the queue, and the memory that it needs is taken: 4 runs are training."),
        (0, None, "Waiting: number 2 of 3 in the queue, 0 runs are training."),
    ],
)
def test_a_place_in_the_queue_comes_with_the_reason_for_waiting(count, seconds, message):
    assert place_in_queue(2, 3, count, seconds) == message


def test_a_guess_is_never_below_the_time_and_at_most_a_step_above_it():
    texts = [roughly(seconds) for seconds in (0, 4.9, 5.1, 29, 31, 119, 121, 7000, 8000)]
    assert texts == [
        "5 seconds", "5 seconds", "10 seconds", "30 seconds", "45 seconds", "2 minutes", "3 minutes", "117 minutes",
        "3 hours",
    ]  # fmt: skip

"""Pages run a few at a time."""

import threading

from lazyrich.web import scripts
from lazyrich.web.scripts import AT_ONCE, a_few_at_a_time
from tests.waiting import eventually


def crowd(count, inside, leave):
    """Threads that each enter, count themselves in, and stay until they may leave."""

    def visit():
        with a_few_at_a_time():
            inside.append(threading.current_thread())
            leave.wait()
            inside.remove(threading.current_thread())

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_of_many_pages_a_few_run_and_the_others_follow_them():
    inside, seen, leave = [], [], threading.Event()
    threads = crowd(3 * AT_ONCE, inside, leave)
    eventually(lambda: len(inside) == AT_ONCE)
    seen.append(len(inside))
    leave.set()
    for thread in threads:
        thread.join(10)
    assert seen == [AT_ONCE] and inside == []


def test_a_page_that_fails_or_is_interrupted_gives_its_place_back():
    for _ in range(2 * AT_ONCE):
        try:
            with a_few_at_a_time():
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
    inside, leave = [], threading.Event()
    threads = crowd(AT_ONCE, inside, leave)
    eventually(lambda: len(inside) == AT_ONCE)
    leave.set()
    for thread in threads:
        thread.join(10)


def test_pages_that_take_long_do_not_hold_up_the_others_for_ever(monkeypatch):
    monkeypatch.setattr(scripts, "PATIENCE", 0.05)
    inside, leave = [], threading.Event()
    threads = crowd(AT_ONCE + 1, inside, leave)
    eventually(lambda: len(inside) == AT_ONCE + 1)
    leave.set()
    for thread in threads:
        thread.join(10)
    # and the one that did not wait has no place to give back
    again, stay = [], threading.Event()
    monkeypatch.setattr(scripts, "PATIENCE", 60.0)
    threads = crowd(2 * AT_ONCE, again, stay)
    eventually(lambda: len(again) == AT_ONCE)
    stay.set()
    for thread in threads:
        thread.join(10)

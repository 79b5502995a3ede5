"""The states of a run: every event in every state, on real runs, against tables written by hand."""

import pytest

from harness.documents import document
from harness.experiments import Counter
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import (
    AUDIENCES,
    PHASES,
    Audience,
    AudienceEvent,
    Event,
    IllegalTransition,
    Phase,
    next_state,
)

CONFIG = Counter(steps=4)
FRAMES = [CONFIG.frame(step) for step in range(5)]

TRAINING = """
phase     wait     start     add     repeat    interrupt finish   stop    abandon   fail   reject   drop_weights
queued    queued   running   -       -         -         -        stopped abandoned -      -        -
running   -        -         running -         requeued  finished stopped abandoned failed rejected -
requeued  requeued repeating -       -         -         -        stopped abandoned -      -        -
repeating -        -         running repeating requeued  finished stopped abandoned failed rejected -
finished  -        -         -       -         -         -        -       -         -      -        finished
stopped   -        -         -       -         -         -        -       -         -      -        stopped
abandoned -        -         -       -         -         -        -       -         -      -        abandoned
failed    -        -         -       -         -         -        -       -         -      -        failed
rejected  -        -         -       -         -         -        -       -         -      -        rejected
"""

WATCHING = """
audience   ask      join     part     leave
awaited    awaited  watched  -        -
watched    watched  watched  watched  unwatched
unwatched  awaited  watched  -        -
"""

STATUS = dict(
    zip(
        Phase,
        ["waiting", "running", "waiting", "running", "finished", "stopped", "stopped", "failed", "failed"],
        strict=True,
    )
)

ENDS = dict(
    zip(
        [Phase.FINISHED, Phase.STOPPED, Phase.ABANDONED, Phase.FAILED, Phase.REJECTED],
        [Event.FINISH, Event.STOP, Event.ABANDON, Event.FAIL, Event.REJECT],
        strict=True,
    )
)


def cells(table, states, events):
    """[(state, event, next state or None)], one for each state and event there is."""
    (_, *head), *rows = [line.split() for line in table.strip().splitlines()]
    assert {row[0] for row in rows} == {state.name.lower() for state in states}
    assert set(head) == {event.name.lower() for event in events}
    return [
        (states[row[0].upper()], events[event.upper()], None if to == "-" else states[to.upper()])
        for row in rows
        for event, to in zip(head, row[1:], strict=True)
    ]


def at(phase):
    """A run in this phase, with two frames once it has started."""
    run = Run(CONFIG, 120.0)
    if phase is Phase.QUEUED:
        return run
    run.start()
    for frame in FRAMES[:2]:
        assert run.receive(frame)
    if phase in (Phase.REQUEUED, Phase.REPEATING):
        run.interrupt("Its worker is gone.")
        if phase is Phase.REPEATING:
            run.start()
    elif phase.over:
        run.end(ENDS[phase], "It is over.")
    assert run.phase is phase
    return run


def happen(run, event):
    """Apply the event to a run as the pool does."""
    if event is Event.WAIT:
        run.wait("Its place is another.")
    elif event is Event.START:
        run.start()
    elif event in (Event.ADD, Event.REPEAT):
        if event is Event.ADD and run.phase is Phase.REPEATING:
            for frame in FRAMES[:2]:
                run.receive(frame)
        run.receive(FRAMES[2] if event is Event.ADD else FRAMES[0])
    elif event is Event.INTERRUPT:
        run.interrupt("Its worker is gone.")
    elif event is Event.DROP_WEIGHTS:
        run.drop_weights()
    else:
        run.end(event, "It is over.")


@pytest.mark.parametrize(
    ("table", "state", "event", "to"),
    [(PHASES, *cell) for cell in cells(TRAINING, Phase, Event)]
    + [(AUDIENCES, *cell) for cell in cells(WATCHING, Audience, AudienceEvent)],
)
def test_transitions_outside_the_tables_are_an_error_with_a_sentence(table, state, event, to):
    if to is not None:
        assert next_state(table, state, event) is to
        return
    with pytest.raises(IllegalTransition) as error:
        next_state(table, state, event)
    assert str(error.value).startswith(f"A run that {state.value} cannot {event.value}; it can ")
    assert all((other.value in str(error.value).partition(";")[2]) is (other in table[state]) for other in type(event))


@pytest.mark.parametrize(("table", "number"), [(PHASES, 0), (AUDIENCES, 1)])
def test_the_pictures_for_contributors_have_all_transitions_between_two_states(table, number):
    picture = document("CONTRIBUTING.md").blocks("mermaid")[number]
    arrows = {
        f"{state.name} --> {to.name}: {event.name}".lower()
        for state, legal in table.items()
        for event, to in legal.items()
        if to is not state
    }
    assert {line.strip() for line in picture.splitlines()[2:] if line.strip()} == arrows


OF_RUNS = [cell for cell in cells(TRAINING, Phase, Event) if cell[1] is not Event.REPEAT or cell[2]]
"""Cases that a run can be brought into: its log decides whether a frame is new or a repetition."""


@pytest.mark.parametrize(("phase", "event", "to"), OF_RUNS)
def test_a_run_follows_the_table_of_states_and_an_invalid_event_changes_no_state(phase, event, to):
    run = at(phase)
    before = (run.phase, run.message, run.version, list(run.frames), run.weights_dropped, run.interruptions)
    if to is None:
        with pytest.raises(IllegalTransition, match=f"A run that {phase.value} cannot "):
            happen(run, event)
        assert (run.phase, run.message, run.version, list(run.frames), run.weights_dropped, run.interruptions) == before
    else:
        happen(run, event)
        assert run.phase is to
        assert (run.status, run.over) == (STATUS[to], STATUS[to] in ("finished", "stopped", "failed"))
        assert [frame.step for frame in run.frames] == list(range(len(before[3]) + (event is Event.ADD)))


@pytest.mark.parametrize(("audience", "event", "to"), cells(WATCHING, Audience, AudienceEvent))
def test_viewers_follow_the_table_of_states(audience, event, to):
    run = Run(CONFIG, 120.0)
    if audience is not Audience.AWAITED:
        run.join()
    if audience is Audience.UNWATCHED:
        run.leave(until=1.0)
    if event is AudienceEvent.PART and run.viewers == 1:
        run.join()
    viewers = run.viewers
    act = {AudienceEvent.ASK: lambda: run.expect_viewer(until=2.0), AudienceEvent.JOIN: run.join}.get(
        event, lambda: run.leave(until=3.0)
    )
    if to is None:
        with pytest.raises(IllegalTransition, match="viewer; it can be asked for, gain a viewer"):
            act()
        assert (run.audience, run.viewers) == (audience, viewers)
    else:
        act()
        assert run.audience is to
        assert run.viewers == viewers + {AudienceEvent.ASK: 0, AudienceEvent.JOIN: 1}.get(event, -1)
        assert (run.viewers > 0) == (run.expires_at is None) == (to is Audience.WATCHED)
        assert run.resting is (to is Audience.UNWATCHED)


def test_a_repeated_run_shows_the_reason_until_its_first_new_frame():
    run = at(Phase.REPEATING)
    assert (run.message, run.interruptions) == ("Its worker is gone.", 1)
    assert not run.receive(FRAMES[1]), "a later frame was taken before the first one"
    assert run.phase is Phase.REPEATING
    assert run.receive(FRAMES[0]) and run.receive(FRAMES[1])
    assert (run.phase, run.message) == (Phase.REPEATING, "Its worker is gone.")
    assert run.receive(FRAMES[2])
    assert (run.phase, run.message, [frame.step for frame in run.frames]) == (Phase.RUNNING, "", [0, 1, 2])


def test_a_run_that_goes_on_from_frames_of_another_repeats_only_its_own():
    run = Run(CONFIG, 120.0, FRAMES[:2])
    run.start()
    assert run.phase is Phase.RUNNING and run.receive(FRAMES[2])
    run.interrupt("Its worker is gone.")
    run.start()
    assert run.receive(FRAMES[2]) and run.phase is Phase.REPEATING
    assert run.receive(FRAMES[3]) and run.phase is Phase.RUNNING


def test_the_clock_of_a_run_goes_while_it_has_a_worker_and_somebody_to_see_it(monkeypatch):
    run = Run(CONFIG, 120.0)
    now = 0.0
    monkeypatch.setattr(run.pace, "_clock", lambda: now)

    def passes():
        nonlocal now
        before, now = run.pace.spent, now + 1
        return run.pace.spent - before

    assert passes() == 0
    run.join()
    assert passes() == 0
    run.start()
    assert passes() == 1
    run.leave(until=9)
    assert passes() == 0
    run.receive(FRAMES[0])  # on its way when it came to rest
    assert passes() == 0
    run.expect_viewer(until=9)
    assert passes() == 1
    run.interrupt("Its worker is gone.")
    assert passes() == 0
    run.start()
    assert passes() == 1
    run.end(Event.STOP)
    assert passes() == 0

"""The states of previews and of requests for them, against tables written by hand and against their diagrams."""

import pytest

from harness.documents import document
from lazyrich.serving.previews.states import JOBS, REQUESTS, JobEvent, JobState, RequestEvent, RequestState
from lazyrich.serving.run_states import IllegalTransition, next_state

COMPUTING = """
state     give      lose   make refuse  drop
queued    computing -      -    refused dropped
computing -         queued made refused -
made      -         -      -    -       -
refused   -         -      -    -       -
dropped   -         -      -    -       -
"""

VISITING = """
state    grant pace  replace  withdraw settle
none     asked paced -        -        -
paced    asked paced paced    none     -
asked    -     -     followed -        none
followed -     -     followed asked    none
"""


def cells(written, table, states, events):
    (_, *head), *rows = [line.split() for line in written.strip().splitlines()]
    assert {row[0] for row in rows} == {state.name.lower() for state in states}
    assert set(head) == {event.name.lower() for event in events}
    return [
        (table, states[row[0].upper()], events[event.upper()], None if to == "-" else states[to.upper()])
        for row in rows
        for event, to in zip(head, row[1:], strict=True)
    ]


@pytest.mark.parametrize(
    ("table", "state", "event", "to"),
    cells(COMPUTING, JOBS, JobState, JobEvent) + cells(VISITING, REQUESTS, RequestState, RequestEvent),
)
def test_transitions_outside_the_tables_are_an_error_with_a_sentence(table, state, event, to):
    if to is not None:
        assert next_state(table, state, event) is to
        return
    with pytest.raises(IllegalTransition, match=f"A visitor that {state.value} cannot {event.value}; it can"):
        next_state(table, state, event, "visitor")


@pytest.mark.parametrize(("table", "first"), [(JOBS, "queued"), (REQUESTS, "none")])
def test_the_pictures_for_contributors_have_all_transitions_between_two_states(table, first):
    [picture] = [
        block
        for block in document("CONTRIBUTING.md").blocks("mermaid")
        if f"[*] --> {first}\n    {first}" in block and all(state.name.lower() in block for state in table)
    ]
    arrows = {
        f"{state.name} --> {to.name}: {event.name}".lower()
        for state, legal in table.items()
        for event, to in legal.items()
        if to is not state
    }
    assert {line.strip() for line in picture.splitlines()[2:] if line.strip()} == arrows

"""The binary format of frames, read by code that follows its written description."""

import json
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.experiments import Counter
from lazyrich.client.protocol import describe_run, pack_answer, pack_frame
from lazyrich.frame import Frame

FLOATS = st.floats(width=32, allow_nan=False)


def frame(step=3, time=0.5, metrics=None, chart_data=None, header=None):
    return Frame(step, time, metrics or {}, {}, chart_data or {}, "a verdict", header)


@given(st.integers(0, 2**24), FLOATS, st.lists(FLOATS, max_size=5), st.lists(FLOATS, max_size=12))
def test_a_row_is_step_time_metrics_and_views_in_float32(step, time, metrics, numbers):
    view = {"first": np.array(numbers, dtype=np.float32), "second": np.ones((2, 1), dtype=np.float32)}
    row = pack_frame(frame(step, time, {f"m{i}": value for i, value in enumerate(metrics)}, view))
    np.testing.assert_array_equal(np.frombuffer(row, "<f4"), [step, time, *metrics, *numbers, 1, 1])


def test_views_are_flattened_row_by_row_whatever_their_layout_in_memory():
    square = np.arange(6, dtype=np.float64).reshape(2, 3)
    row = pack_frame(frame(0, 0.0, chart_data={"transposed": square.T}))
    assert np.frombuffer(row, "<f4").tolist() == [0, 0, 0, 3, 1, 4, 2, 5]


def test_the_header_describes_how_to_read_a_row():
    first = Counter(steps=7, size=4).frame(0)
    header = describe_run(first, 8, {"steps": 7})
    assert json.loads(json.dumps(header)) == header
    width = len(header["columns"]) + sum(int(np.prod(shape)) for _, shape in header["arrays"])
    assert 4 * width == len(pack_frame(first))
    assert (header["columns"][:2], header["expected"], header["config"]) == (["step", "time"], 8, {"steps": 7})


@given(st.lists(st.tuples(st.text(), st.lists(st.lists(FLOATS, min_size=2, max_size=2), max_size=4)), max_size=4))
def test_a_packed_answer_reads_back_equal_with_aligned_floats(runs):
    packed = [({"id": id, "count": len(rows)}, [np.array(row, "<f4").tobytes() for row in rows]) for id, rows in runs]
    message = pack_answer(packed)
    (length,) = struct.unpack_from("<I", message)
    assert length % 4 == 0
    header = json.loads(message[4 : 4 + length].decode())
    assert [(entry["id"], entry["count"]) for entry in header["runs"]] == [(id, len(rows)) for id, rows in runs]
    floats = np.frombuffer(message, "<f4", offset=4 + length)
    np.testing.assert_array_equal(floats, np.array([x for _, rows in runs for row in rows for x in row], dtype="<f4"))


@settings(max_examples=50)
@given(
    st.recursive(
        st.floats() | st.text() | st.none() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_header_is_json_for_a_browser_whatever_numbers_and_words_are_in_it(content):
    message = pack_answer([({"chart_data": content, "remedy": {"tau": float("nan")}}, [])])
    (length,) = struct.unpack_from("<I", message)

    def no_such_word(word):
        raise AssertionError(word)

    header = json.loads(message[4 : 4 + length], parse_constant=no_such_word)
    assert header["runs"][0]["remedy"] == {"tau": None}

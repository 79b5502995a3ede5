"""Replay files: their size, their refusals, and the text about their run."""

from __future__ import annotations

import html
import json
import re
import struct
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from harness.documents import document
from lazyrich import StudentTeacher, train
from lazyrich.citation import BIBTEX
from lazyrich.config.schema import from_strings
from lazyrich.frame import Frame
from lazyrich.replay import recording
from lazyrich.replay.page import replay_html
from lazyrich.results.result import Result

MAX_DEFAULT = 3.5e6


@pytest.fixture(scope="module")
def result() -> Result:
    return train(StudentTeacher(tau=0.1, delta=1.0, steps=40))


def header(answer: bytes) -> dict:
    """The entry of the run in an answer, read by the format's description."""
    [length] = struct.unpack("<I", answer[:4])
    return json.loads(answer[4 : 4 + length])["runs"][0]


def test_the_replay_of_the_default_run_is_small_enough_to_be_sent(result: Result):
    # as if frames were not compressed: four characters for three bytes
    frames = recording.row_bytes(result.frames[:1]) * StudentTeacher().expected_frames * 4 / 3
    assert len(replay_html(result).encode()) + frames < MAX_DEFAULT


def test_a_replay_links_to_the_page_with_its_settings(result: Result, tmp_path):
    result.to_html(tmp_path / "run.html", page="https://lab.example/playground?embed=true")
    text = (tmp_path / "run.html").read_text(encoding="utf-8")
    [address] = re.findall(r'<a href="([^"]+)"', text)
    parts = urlsplit(html.unescape(address))
    assert (parts.netloc, parts.path) == ("lab.example", "/playground")
    query = dict(parse_qsl(parts.query))
    assert query.pop("embed") == "true"
    assert from_strings(StudentTeacher, query) == (result.config, [])
    with pytest.raises(ValueError, match=r"page must be the address of a page, such as .*, got 'javascript:"):
        result.to_html(tmp_path / "run.html", page="javascript:alert(1)")


def test_a_notebook_shows_it_in_a_frame_of_its_own_and_the_result_as_text(result: Result):
    assert not hasattr(result, "_repr_html_") and not hasattr(result, "_repr_mimebundle_")
    shown = result.show()
    assert repr(shown) == repr(result)
    [srcdoc] = re.findall(r'srcdoc="([^"]*)"', shown._repr_html_())
    assert html.unescape(srcdoc) == replay_html(result)
    [sandbox] = re.findall(r'sandbox="([^"]*)"', shown._repr_html_())
    assert set(sandbox.split()) == {"allow-scripts", "allow-downloads", "allow-popups", "allow-modals"}
    with pytest.raises(ValueError, match="height must be between 200 and 4000 px, got 10"):
        result.show(height=10)


def test_a_run_that_still_trains_ends_where_it_is(result: Result):
    first, last = map(header, recording.answers(Result(result.config, result.frames[:5], "running")))
    assert (first["status"], first["count"], last["count"], last["first"]) == ("stopped", 5, 0, 5)
    assert "this replay ends at" in first["message"]
    assert first["header"]["expected"] == result.config.expected_frames


def test_a_replay_on_own_data_has_their_charts_and_no_code_for_drawn_data():
    rng = np.random.default_rng(0)
    config = StudentTeacher(steps=10, width=4)
    own = train(config, task=(rng.normal(size=(6, 2)), rng.normal(size=6)))
    columns = [reading["column"] for reading in recording.view(own)["readings"]]
    assert "train_loss" in json.dumps(recording.view(own)["charts"])
    assert not {"test_loss", "teacher_alignment"} & set(columns) and "kernel_distance" in columns
    text = replay_html(own, link="https://lab.example/")
    assert "Compute it yourself" not in text and "without its own task" in text
    assert "Compute it yourself" in replay_html(train(config))


def test_runs_without_frames_or_with_too_many_are_refused_in_a_sentence(result: Result):
    with pytest.raises(ValueError, match=r"has no frame yet: a replay needs at least one"):
        replay_html(Result(result.config, []))
    large: Frame = replace(result.frames[0], chart_data={"plane": np.broadcast_to(np.float32(0), (2_000_000,))})
    with pytest.raises(ValueError, match=r"at most 50 MB of frames, and this run has 80 MB: choose a smaller"):
        replay_html(Result(result.config, [large] * 10))


def test_the_citation_equals_the_one_of_the_readme():
    [cited] = document("README.md").blocks("bibtex")
    assert cited.strip() == BIBTEX.strip()


def test_kept_runs_play_beside_the_run_under_ids_labels_and_colours_of_their_own(result: Result):
    other = train(StudentTeacher(tau=0.3, steps=20, width=10))
    kept = [recording.Kept(other, "τ 0.3", 2)]
    first, last = recording.answers(result, kept)
    [length] = struct.unpack("<I", first[:4])
    entries = json.loads(first[4 : 4 + length])["runs"]
    assert [entry["count"] for entry in entries] == [len(result.frames), len(other.frames)]
    assert [entry["header"]["config"]["tau"] for entry in entries] == [0.1, 0.3]
    runs = recording.view(result, "τ 0.1", kept)["runs"]
    assert [run["id"] for run in runs] == [entry["id"] for entry in entries] and len({run["id"] for run in runs}) == 2
    assert [(run["role"], run["label"]) for run in runs] == [("current", "τ 0.1"), ("kept", "τ 0.3")]
    assert len({run["colour"] for run in runs}) == 2
    assert len(json.loads(last[4 : 4 + struct.unpack("<I", last[:4])[0]])["runs"]) == 2
    with pytest.raises(ValueError, match="no frame yet"):
        recording.answers(result, [recording.Kept(Result(other.config, (), "running"), "", 1)])

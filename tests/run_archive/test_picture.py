"""The small picture of a run, against its table."""

from __future__ import annotations

from itertools import islice
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from harness.small_runs import SMALL
from lazyrich import StudentTeacher, train
from lazyrich.experiments import registry
from lazyrich.results.result import Result
from lazyrich.run_archive.picture import EDGE, HEIGHT, WIDTH, picture_of
from lazyrich.studies.live.config import SeedComparison

NAMESPACE = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[np.ndarray]:
    """The points of each line, as shares of the span: from the left, and from below."""
    found = []
    for line in ElementTree.fromstring(svg).iter(f"{NAMESPACE}polyline"):
        points = np.array([point.split(",") for point in line.attrib["points"].split()], dtype=float)
        across = (points[:, 0] - EDGE) / (WIDTH - 2 * EDGE)
        found.append(np.stack([across, (HEIGHT - EDGE - points[:, 1]) / (HEIGHT - 2 * EDGE)], axis=1))
    return found


def share(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (values.max() - values.min())


def test_a_student_is_drawn_by_its_test_loss_over_time_both_in_logarithms():
    config = StudentTeacher(steps=2000, width=8, samples=8, test_samples=20)
    curves = train(config).curves
    picture = picture_of(config, curves)
    [line] = lines(picture.svg)
    later = curves[curves["time"] > 0]
    x, y = share(np.log10(later["time"].to_numpy())), share(np.log10(later["test_loss"].to_numpy()))
    places = np.searchsorted(x, line[:, 0] - 1e-3)
    assert line[:, 1] == pytest.approx(y[places], abs=0.02) and line[0, 0] == 0 and line[-1, 0] == 1
    assert picture.words.startswith("test loss over time, ")


def test_several_seeds_are_their_median_and_several_networks_a_line_each():
    config = StudentTeacher(**SMALL["student-teacher"], seeds=3)
    curves = train(config).curves
    [line] = lines(picture_of(config, curves).svg)
    median = curves[curves["time"] > 0].groupby("time")["test_loss"].median().to_numpy()
    assert line[:, 1] == pytest.approx(share(np.log10(median)), abs=0.02)
    deep = registry["deep-network"](**{**SMALL["deep-network"], "alphas": (0.5, 1.0, 2.0)})
    assert len(lines(picture_of(deep, train(deep).curves).svg)) == 3


def test_a_seed_that_has_ended_flat_stays_in_the_median_to_the_end():
    config = StudentTeacher(method="flow", tau=1.0, samples=5, width=10, until="flat", steps=1_000_000, seeds=3)
    curves = train(config).curves
    [line] = lines(picture_of(config, curves).svg)
    by_seed = curves.pivot(index="time", columns="seed", values="test_loss")
    assert by_seed.iloc[-1].isna().any()
    median = np.log10(by_seed.ffill().median(axis=1))
    median = median[median.index > 0].to_numpy()
    assert line[-1, 1] == pytest.approx(share(median)[-1], abs=0.02)
    # a table from outside is not made larger than it is: here to 10^10 rows
    n = 100_000
    many = pd.DataFrame({"seed": np.arange(n), "time": np.arange(1, n + 1.0), "test_loss": np.linspace(1, 2, n)})
    assert lines(picture_of(config, many).svg)


def test_pairs_are_dots_with_their_seeds_from_left_to_right():
    config = SeedComparison(a="delta=1", b="delta=-1", shared="samples=6,width=6,steps=40,tau=0.5", seeds=4)
    table = Result(config, list(config.frames())).curves.sort_values("seed")
    circles = [*ElementTree.fromstring(picture_of(config, table).svg).iter(f"{NAMESPACE}circle")]
    heights = np.array([-float(one.attrib["cy"]) for one in circles])
    assert share(heights) == pytest.approx(share(np.log10(table["ratio"].to_numpy())), abs=0.02)


@pytest.mark.parametrize("name", registry)
def test_every_experiment_has_a_picture_and_words_for_it(name):
    config = registry[name](**SMALL.get(name, {}))
    # of a long run, what its page shows of it after two frames
    picture = picture_of(config, Result(config, list(islice(config.frames(), 2))).curves)
    root = ElementTree.fromstring(picture.svg)
    assert len(root) > 1 and " over " in picture.words
    text = ElementTree.tostring(root, encoding="unicode")
    assert "nan" not in text and "inf" not in text


def test_without_a_table_there_is_an_empty_frame():
    picture = picture_of(StudentTeacher(), None)
    assert len(ElementTree.fromstring(picture.svg)) == 1 and picture.words == "no curve to show"
    curves = train(StudentTeacher(**SMALL["student-teacher"])).curves
    without = curves.drop(columns=["test_loss"])
    assert picture_of(StudentTeacher(), without).words.startswith("train loss over time")


def test_a_table_that_cannot_be_drawn_leaves_an_empty_frame():
    config = StudentTeacher()
    deep = registry["deep-network"]()
    texts = pd.DataFrame({"time": ["early", "late"], "test_loss": [1.0, 2.0]})
    timeless = pd.DataFrame({deep.columns.clock: [np.nan] * 50, "test_loss": np.arange(1.0, 51)})
    timeless = timeless.assign(**{name: np.arange(50.0) for name in deep.columns.networks})
    wordy = pd.DataFrame({"time": [1.0, 2.0], "step": [1, 2], "test_loss": ["high", "low"]})
    for one, table in ((config, texts), (config, timeless), (deep, timeless), (config, wordy)):
        picture = picture_of(one, table)
        assert len(ElementTree.fromstring(picture.svg)) == 1 and picture.words == "no curve to show"

"""Files and texts exported from a run, read by other tools than those that wrote them."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lazyrich import CannotWrite, Result, StudentTeacher, train
from lazyrich.cli import main
from lazyrich.cli.parser import command_line
from lazyrich.config.schema import Config
from lazyrich.experiments import registry
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.own_data import OwnData
from lazyrich.results import export

ROOT = Path(__file__).parents[2]
SMALL = StudentTeacher(tau=0.3, delta=-0.5, width=4, samples=5, test_samples=6, steps=40, seed=11)


@pytest.fixture(scope="module")
def result() -> Result:
    return train(SMALL)


def test_csv_reads_back_to_the_very_same_numbers(result, tmp_path):
    result.to_csv(tmp_path / "run.csv")
    rows = list(csv.DictReader((tmp_path / "run.csv").read_text().splitlines()))
    assert [int(row["step"]) for row in rows] == [frame.step for frame in result.frames]
    for name in result.frames[0].metrics:
        # what is not known yet, such as the time to a tenth of the loss, is an empty cell
        read = [float(row[name] or "nan") for row in rows]
        np.testing.assert_array_equal(read, [frame.metrics[name] for frame in result.frames])
    assert (tmp_path / "run.csv").read_bytes() == export.curves_csv(result)


def test_parquet_reads_back_to_the_very_same_table_with_its_settings(result, tmp_path):
    result.to_parquet(tmp_path / "run.parquet")
    table = pq.read_table(tmp_path / "run.parquet")
    for name in result.frames[0].metrics:
        read = np.array(table[name].to_pylist(), dtype=float)
        np.testing.assert_array_equal(read, [frame.metrics[name] for frame in result.frames])
    record = json.loads(table.schema.metadata[b"lazyrich"])
    assert StudentTeacher(**record["config"]) == SMALL
    assert record["environment"] == result.environment
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(export.curves_parquet(result))), result.curves)


def test_npz_has_the_weights_of_all_frames_and_the_data_and_needs_no_pickle(result, tmp_path):
    result.to_npz(tmp_path / "run.npz")
    for source in (tmp_path / "run.npz", io.BytesIO(export.arrays_npz(result))):
        with np.load(source, allow_pickle=False) as arrays:
            assert arrays["W"].shape == (41, 4, 2)
            for index, frame in enumerate(result.frames):
                np.testing.assert_array_equal(arrays["W"][index], frame.arrays["W"])
                np.testing.assert_array_equal(arrays["a"][index], frame.arrays["a"])
                assert arrays["step"][index] == frame.step
                assert arrays["time"][index] == frame.time
            for name in ("X", "y", "X_test", "y_test"):
                np.testing.assert_array_equal(arrays[name], getattr(result.task, name))
            np.testing.assert_array_equal(arrays["teacher_W"], result.task.teacher.W)
            assert StudentTeacher(**json.loads(str(arrays["config"]))) == SMALL
            assert json.loads(str(arrays["environment"])) == result.environment


def test_json_holds_settings_versions_device_dtype_and_the_command(result, tmp_path):
    result.to_json(tmp_path / "run.json")
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record == json.loads(export.config_json(result))
    assert record["experiment"] == "student-teacher"
    assert StudentTeacher(**record["config"]) == SMALL
    assert record["environment"]["dtype"] == "float64"
    assert {"lazyrich", "torch", "python", "device"} <= record["environment"].keys()
    assert record["status"] == "finished"
    assert record["command"] == export.same_in_shell(SMALL)


def test_no_command_is_given_for_a_run_on_own_data():
    own = train(SMALL, task=(np.eye(2), np.ones(2)))
    record = json.loads(export.config_json(own))
    assert record["own"] == ["task"]
    assert "command" not in record
    assert "python" not in record


def test_a_run_without_frames_can_be_taken_away_too():
    waiting = Result(SMALL, [], status="waiting")
    assert export.curves_csv(waiting) == b"step,time\n"
    assert pq.read_table(io.BytesIO(export.curves_parquet(waiting))).num_rows == 0
    assert json.loads(export.config_json(waiting))["status"] == "waiting"
    assert len(np.load(io.BytesIO(export.arrays_npz(waiting)))["step"]) == 0


def test_the_three_lines_of_python_give_the_same_numbers(result, tmp_path, forked):
    lines = export.same_in_python(SMALL)
    assert len(lines.splitlines()) == 3
    (tmp_path / "lines.py").write_text(f"{lines}result.to_csv('run.csv')\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*forked.python, "lines.py"], cwd=tmp_path, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "run.csv").read_bytes() == export.curves_csv(result)


def test_the_command_gives_the_same_numbers(result, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(export.same_in_shell(SMALL, out="run.csv"))
    assert words[:3] == ["python", "-m", "lazyrich"]
    assert main(words[3:]) == 0
    assert (tmp_path / "run.csv").read_bytes() == export.curves_csv(result)
    capsys.readouterr()


def test_the_code_names_only_settings_that_differ_from_the_defaults():
    assert export.same_in_python(StudentTeacher()) == (
        "from lazyrich import StudentTeacher, train\nresult = train(StudentTeacher())\nprint(result.curves.tail(1).T)\n"
    )
    assert "train(StudentTeacher(tau=2.0, symmetrised=False))" in export.same_in_python(
        StudentTeacher(tau=2.0, symmetrised=False)
    )
    assert export.same_in_shell(StudentTeacher(delta=1.0), out="a b.csv") == (
        "python -m lazyrich student-teacher --delta 1.0 --out 'a b.csv'"
    )


def in_a_new_process(script: str, folder: Path, **environment: str) -> str:
    """Run a Python script in `folder`, and return its output."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def any_settings(config: type[Config]) -> st.SearchStrategy[Config]:
    """All settings of an experiment within their bounds."""
    kinds = {}
    for name, setting in config.parameters().items():
        if setting.choices:
            kinds[name] = st.sampled_from(setting.choices)
        elif setting.type is bool:
            kinds[name] = st.booleans()
        elif setting.each:
            numbers = st.integers if setting.each is int else st.floats
            entries = numbers(setting.low, setting.high)
            kinds[name] = st.lists(entries, min_size=setting.min_entries, max_size=setting.max_entries).map(tuple)
        elif setting.type is int:
            # even, as a symmetrised width is
            kinds[name] = st.integers((setting.low + 1) // 2, setting.high // 2).map(lambda half: 2 * half)
        else:
            kinds[name] = st.floats(setting.low, setting.high)

    def made(settings: dict[str, object]) -> Config | None:
        axes = {settings.get("x"), settings.get("y")}
        for name in AXES if config is PhasePortrait else ():
            # a range for each axis, one value for anything else
            settings[name] = settings[name] if name in axes else settings[name][:1]
        try:
            return config(**settings)
        except ValidationError:  # two settings that do not go together
            return None

    return st.fixed_dictionaries(kinds).map(made).filter(lambda config: config is not None)


@pytest.mark.parametrize("experiment", registry.values(), ids=registry.keys())
def test_python_and_command_line_read_back_to_the_same_settings(experiment, request):
    parser = command_line()

    @settings(max_examples=100 if request.config.getoption("long") else 30)
    @given(any_settings(experiment))
    def holds(config):
        namespace: dict[str, object] = {}
        lines = export.same_in_python(config).splitlines()
        exec(lines[0].replace(", train", ""), namespace)
        expression = lines[1].removeprefix("result = train(").removesuffix(")")
        assert eval(expression, namespace) == config

        words = shlex.split(export.same_in_shell(config))[3:]
        read = vars(parser.parse_args(words))
        assert read.pop("experiment") == config.name
        assert read.pop("out") == "run.parquet"
        assert experiment.model_validate(read) == config

    holds()


def test_a_file_too_large_for_its_place_leaves_the_old_one_and_one_sentence(tmp_path):
    (tmp_path / "run.npz").write_bytes(b"old")
    script = f"""
import resource, signal
import numpy as np
from lazyrich import CannotWrite, Frame, Result, StudentTeacher
weights = dict(W=np.random.default_rng(0).normal(size=(500, 2)), a=np.ones(500))
result = Result(StudentTeacher(), [Frame(0, 0.0, {{"train_loss": 1.0}}, weights, {{}}, "")])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    result.to_npz({str(tmp_path / "run.npz")!r})
except CannotWrite as error:
    print(error)
"""
    # modules compiled under that limit would be cut short too
    output = in_a_new_process(script, tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert "run.npz could not be written: file too large." in output
    assert len(output.splitlines()) == 1
    assert os.listdir(tmp_path) == ["run.npz"]
    assert (tmp_path / "run.npz").read_bytes() == b"old"


def test_a_missing_folder_or_a_folder_at_the_path_is_refused_in_one_sentence(result, tmp_path):
    with pytest.raises(CannotWrite, match=r"there is no folder .*nowhere"):
        result.to_csv(tmp_path / "nowhere" / "run.csv")
    (tmp_path / "run.csv").mkdir()
    with pytest.raises(CannotWrite, match="it is a folder"):
        result.to_csv(tmp_path / "run.csv")
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="not a directory"):
        result.to_csv(tmp_path / "file" / "run.csv")
    assert sorted(os.listdir(tmp_path)) == ["file", "run.csv"]


def test_an_interrupt_while_writing_leaves_the_old_file(result, tmp_path):
    (tmp_path / "run.csv").write_bytes(b"old")

    def interrupted(_result: Result, file: io.BufferedWriter) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export.write(result, tmp_path / "run.csv", interrupted)
    assert os.listdir(tmp_path) == ["run.csv"]
    assert (tmp_path / "run.csv").read_bytes() == b"old"


def test_writing_through_a_link_replaces_the_file_and_keeps_the_link(result, tmp_path):
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    result.to_csv(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == export.curves_csv(result)


def test_an_unknown_suffix_is_refused_with_the_known_ones(result, tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.parquet, \.csv, \.npz, \.json, \.html, got .*run\.xlsx"):
        export.write(result, tmp_path / "run.xlsx")
    assert os.listdir(tmp_path) == []


def test_a_name_used_by_parameters_and_task_is_refused_rather_than_lost(result):
    header = result.frames[0].header
    twice = type(header)({**header.arrays, "W": np.ones(1)}, header.chart_data, header.environment)
    first = type(result.frames[0])(0, 0.0, {}, {"W": np.ones(1)}, {}, "", twice)
    with pytest.raises(ValueError, match="the name W is taken twice"):
        export.arrays_npz(Result(SMALL, [first]))


def test_taking_a_run_away_needs_no_torch(tmp_path):
    script = """
import sys
import numpy as np
from lazyrich import Frame, Result, StudentTeacher; from lazyrich.results import export
result = Result(StudentTeacher(), [Frame(0, 0.0, {"train_loss": 1.0}, {"W": np.ones((2, 2)), "a": np.ones(2)}, {}, "")])
for kind in (export.curves_csv, export.curves_parquet, export.arrays_npz, export.config_json):
    assert kind(result)
assert result.neurons.shape == (1, 2, 2)
assert export.same_in_python(result.config) and export.same_in_shell(result.config)
assert "torch" not in sys.modules, "torch was imported"
"""
    in_a_new_process(script, tmp_path)


@pytest.mark.parametrize("has_test_set", [True, False])
@pytest.mark.parametrize("own_start", [True, False])
@pytest.mark.parametrize("through", ["arrays", "own data"])
def test_the_record_of_a_run_on_own_arrays_has_the_sizes_that_were_trained_on(
    has_test_set, own_start, through, tmp_path
):
    rng = np.random.default_rng(0)
    # more inputs than the settings allow, and an odd width, which a drawn start may not have
    n, k, d, m = 7, 3 if has_test_set else 0, 2, 5 if own_start else 50
    X, y, X_test, y_test = rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=(k, d)), rng.normal(size=k)
    task = (X, y, X_test, y_test) if has_test_set else (X, y)
    if through == "own data":
        task = OwnData("mine.csv", X, y, X_test, y_test)
    start = (rng.normal(size=(m, d)), rng.normal(size=m)) if own_start else None
    result = train(StudentTeacher(steps=10, tau=0.2), task=task, start=start)
    sizes = {"samples": n, "test_samples": k, "dimension": d, "width": m}
    result.to_json(tmp_path / "r.json")
    result.to_parquet(tmp_path / "r.parquet")
    result.to_npz(tmp_path / "r.npz")
    with np.load(tmp_path / "r.npz") as arrays:
        in_npz = json.loads(str(arrays["config"]))
        assert arrays["X"].shape == (n, d) and arrays["W"].shape[1:] == (m, d)
    in_parquet = json.loads(pq.read_schema(tmp_path / "r.parquet").metadata[b"lazyrich"])["config"]
    in_json = json.loads((tmp_path / "r.json").read_text())["config"]
    assert in_npz == in_parquet == in_json
    assert {name: in_json[name] for name in sizes} == sizes
    assert "teacher_width" not in in_json and in_json["tau"] == 0.2
    assert {name: getattr(result.config, name) for name in sizes} == sizes
    changed = result.config.settings()
    assert changed["tau"] == 0.2 and all(changed.get(name, size) == size for name, size in sizes.items())


def test_own_weights_on_drawn_data_keep_the_teacher_and_record_their_width(tmp_path):
    W, a = np.ones((3, 2)), np.ones(3)
    result = train(StudentTeacher(steps=10, samples=9), start=(W, a))
    result.to_json(tmp_path / "r.json")
    config = json.loads((tmp_path / "r.json").read_text())["config"]
    found = [config[name] for name in ("width", "dimension", "samples", "test_samples", "teacher_width")]
    assert found == [3, 2, 9, 1000, 3]


def test_arrays_may_be_larger_than_the_settings_allow(tmp_path):
    n = StudentTeacher.parameters()["samples"].high + 1
    result = train(StudentTeacher(steps=10, width=2, dtype="float32"), task=(np.ones((n, 2)), np.ones(n)))
    assert result.config.samples == n

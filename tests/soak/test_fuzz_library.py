"""Any arguments to the library and the command line give a result, or an error of a documented type."""

from __future__ import annotations

import io
import json
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.faults.odd import NUMBERS, WORDS, configs, often, texts, values
from lazyrich import PhasePortrait, StudentTeacher, geometry, kernels, stream, theory
from lazyrich.cli.parser import command_line
from lazyrich.config.limits import Limits
from lazyrich.config.schema import complaints, from_strings
from lazyrich.experiments import registry
from lazyrich.frame import CannotRun
from lazyrich.results.export import arrays_npz, config_json, curves_csv, curves_parquet, same_in_python, same_in_shell
from lazyrich.results.result import Result
from lazyrich.serving.admission import TooMuchWork, admit
from lazyrich.training import descent, flow

FORESEEN = (ValueError, TypeError)
"""Errors that bad input may raise; pydantic's ValidationError is a ValueError."""


@pytest.mark.parametrize("name", registry)
def test_a_config_accepts_any_settings_or_refuses_them_in_sentences(long, name):
    config = registry[name]
    parameters = config.parameters()
    given_settings = st.lists(st.sampled_from(sorted(parameters)), min_size=1, max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: values(parameters[name]) for name in names})
    )

    @often(long, 10, 500)
    @given(given_settings)
    def make(settings: dict[str, Any]) -> None:
        try:
            made = config(**settings)
        except ValidationError as error:
            for sentence in complaints(config, error):
                assert sentence and len(sentence) < 600 and "Traceback" not in sentence
            return
        assert made == config(**made.model_dump())
        assert made.key == config(**made.model_dump()).key
        assert config.model_validate_json(made.model_dump_json()) == made
        # the code in Python and for a shell that the page offers
        scope: dict[str, Any] = {}
        first, second, _ = same_in_python(made).strip().split("\n")
        exec(first, scope)
        assert eval(second.removeprefix("result = train(").removesuffix(")"), scope) == made
        assert "\n" not in same_in_shell(made)

    make()


@pytest.mark.parametrize("name", registry)
def test_any_strings_become_a_config(long, name):
    config = registry[name]
    own = {name: texts(parameter) for name, parameter in config.parameters().items()}
    some = st.lists(st.sampled_from(sorted(own)), max_size=4, unique=True)

    @often(long, 10, 500)
    @given(some.flatmap(lambda names: st.fixed_dictionaries({name: own[name] for name in names})))
    def read(given_texts: dict[str, str]) -> None:
        made, notices = from_strings(config, given_texts)
        assert config(**made.model_dump()) == made
        assert all(sentence for sentence in notices)

    read()


def test_the_command_lines_parser_takes_any_words_or_ends_with_a_sentence(long):
    flags = sorted({f"--{name.replace('_', '-')}" for config in registry.values() for name in config.parameters()})
    word = st.one_of(st.sampled_from([*registry, *flags, *WORDS, "--out", "-h", "--"]), st.text(max_size=10))

    @often(long, 30, 500)
    @given(st.lists(word, max_size=6))
    def parse(words: list[str]) -> None:
        printed = io.StringIO()
        with redirect_stderr(printed), redirect_stdout(printed):
            try:
                parser.parse_args(words)
            except SystemExit as end:
                assert end.code in (0, 2)
                assert "Traceback" not in printed.getvalue()

    parser = command_line()
    parse()


def arrays(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Return small arrays of this shape, mostly finite, also with huge and tiny numbers."""
    count = int(np.prod(shape))
    number = st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1e-300, 1e150, -1e300, float("nan"), float("inf")]))
    return st.lists(number, min_size=count, max_size=count).map(lambda all: np.array(all).reshape(shape))


SHAPES = st.sampled_from([(), (0,), (1,), (2,), (3,), (1, 2), (2, 2), (3, 2), (2, 3), (0, 2), (1, 1, 2)])
ARRAYS = st.one_of(SHAPES.flatmap(lambda shape: arrays(*shape)), NUMBERS, st.none(), st.sampled_from(WORDS))
FITTING = {"X": arrays(3, 2), "y": arrays(3), "W": arrays(2, 2), "a": arrays(2), "w": arrays(2), "t": arrays(4)}


def arguments(*kinds: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return arguments that fit together, or with any value in place of one of them."""
    fitting = st.tuples(*(FITTING[kind] if kind in FITTING else st.floats(-2, 2) for kind in kinds))
    swapped = st.tuples(fitting, st.integers(0, len(kinds) - 1), ARRAYS)
    return st.one_of(
        fitting, swapped.map(lambda all: tuple(all[2] if i == all[1] else v for i, v in enumerate(all[0])))
    )


FUNCTIONS = {
    "alpha": (geometry.alpha, "number number"),
    "layer_norms": (geometry.layer_norms, "number number"),
    "conserved_quantity": (geometry.conserved_quantity, "a W"),
    "conserved_delta": (geometry.conserved_delta, "number number number number"),
    "two_layer_ntk": (kernels.two_layer_ntk, "X W a"),
    "kernel_distance": (kernels.kernel_distance, "W W"),
    "largest_stable_rate": (kernels.largest_stable_rate, "X W a"),
    "single_neuron": (theory.single_neuron, "t number w w"),
    "single_neuron_kernel_distance": (theory.single_neuron_kernel_distance, "t number w w"),
    "implicit_bias": (theory.implicit_bias, "X y w number"),
    "descent": (lambda X, y, W, a, rate: descent(X, y, W, a, rate, [0, 1, 5]), "X y W a number"),
    "flow": (lambda X, y, W, a, time: flow(X, y, W, a, [0.0, time]), "X y W a number"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_the_library_gives_a_result_or_an_error_of_a_documented_kind(long, name):
    function, kinds = FUNCTIONS[name]

    @often(long, 12, 500 if name != "flow" else 150)
    @given(arguments(*kinds.split()))
    def call(given_arguments: tuple[Any, ...]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                function(*given_arguments)
            except (*FORESEEN, CannotRun, theory.TooManySteps):
                pass

    call()


SMALL = Limits(max_seconds=0.3, run_mb=3, scratch_mb=30)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in registry if name not in ("filters", "phase-portrait")])
def test_frames_of_any_short_run_have_no_nan_in_the_numbers_on_a_page(long, name):
    @often(long, 4, 12)
    @given(configs(registry[name]))
    def run(config: Any) -> None:
        if config is None:
            return
        try:
            admit(config, SMALL)
        except TooMuchWork:
            return
        frames = []
        try:
            for frame in stream(config):
                frames.append(frame)
                if len(frames) > 12:
                    break
        except CannotRun as reason:
            assert str(reason).endswith(".") and "Traceback" not in str(reason)
        for frame in frames:
            assert not {"nan", "inf"} & set(frame.verdict.lower().replace(",", " ").split()), frame.verdict
        if not frames:
            return
        result = Result(config, frames, "stopped", "")
        assert curves_csv(result) and curves_parquet(result) and arrays_npz(result)
        record = json.loads(config_json(result), parse_constant=lambda word: pytest.fail(f"{word} in {config}"))
        assert registry[name](**record["config"]) == config

    run()


def test_a_portrait_of_any_base_is_a_portrait_or_an_error_of_a_documented_kind(long):
    students = configs(StudentTeacher)

    @often(long, 10, 150)
    @given(st.one_of(students, ARRAYS), st.one_of(st.tuples(NUMBERS, NUMBERS, NUMBERS), ARRAYS))
    def make(base: Any, tau: Any) -> None:
        try:
            portrait = PhasePortrait(base=base, tau=tau)
        except FORESEEN:
            return
        assert portrait.expected_frames >= 1 and portrait.base

    make()

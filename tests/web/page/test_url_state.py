"""The address reproduces the page."""

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazyrich import StudentTeacher
from lazyrich.config.schema import nearest
from lazyrich.experiments import registry
from lazyrich.web.page import url_state
from tests.config.config_with_lists import Lists


def there_and_back(config, kept):
    query = url_state.link("http://x/", config, kept).partition("?")[2]
    return url_state.read(StudentTeacher, parse_qs(query), most_kept=4)


def configs():
    return st.builds(
        StudentTeacher,
        tau=st.floats(0.01, 10),
        delta=st.floats(-2, 2),
        eta_a=st.floats(0.01, 100),
        width=st.integers(1, 1000).map(lambda half: 2 * half),
        symmetrised=st.booleans(),
        seed=st.integers(0, 2**31 - 1),
        dtype=st.sampled_from(["float32", "float64"]),
    )


@given(configs(), st.lists(configs(), max_size=4))
def test_a_link_read_back_gives_the_same_runs_to_the_last_bit(config, kept):
    assert there_and_back(config, kept) == (config, kept, [])


def test_the_address_holds_main_settings_and_those_that_differ_from_the_defaults():
    link = url_state.link("http://x/", StudentTeacher(delta=1.0, width=10), [])
    assert link == "http://x/?tau=0.1&delta=1&eta_a=1&eta_w=1&width=10"


def test_an_invalid_kept_run_is_reported_and_replaced_by_valid_settings():
    config, kept, notices = url_state.read(StudentTeacher, {"keep": ["tau=99&delta=-1"]}, most_kept=4)
    assert (config, kept) == (StudentTeacher(), [StudentTeacher(delta=-1.0)])
    assert notices == ["In a kept run, τ must be a number between 0.01 and 10, got 99."]


def test_more_kept_runs_than_a_page_holds_are_left_out_with_a_sentence():
    _, kept, notices = url_state.read(StudentTeacher, {"keep": [f"seed={i}" for i in range(6)]}, most_kept=4)
    assert [run.seed for run in kept] == [0, 1, 2, 3]
    assert notices == ["At most 4 runs can be kept; the address has 6, the rest are left out."]


@pytest.mark.parametrize("query", [{"embed": ["true"]}, {"embed_options": ["dark_theme"]}, {}])
def test_parameters_that_streamlit_reads_itself_are_ignored(query):
    assert url_state.read(StudentTeacher, query, most_kept=4) == (StudentTeacher(), [], [])


@pytest.mark.parametrize(
    "config",
    [
        Lists(),
        Lists(depth=3, rates=(1, 1, 4), alphas=(0.1,)),
        Lists(shifts=(0, -2), sizes=()),
        Lists(depth=6, rates=(1 / 3, 1, 1, 1, 1, 100)),
    ],
)
def test_lists_stand_in_an_address_and_come_back(config):
    query = url_state.link("http://x/", config, [config.changed(alphas=(7, 8))]).partition("?")[2]
    assert url_state.read(Lists, parse_qs(query), most_kept=4) == (config, [config.changed(alphas=(7, 8))], [])


def test_a_list_is_written_with_commas_and_an_empty_one_by_its_word():
    assert url_state.write(Lists(depth=3, rates=(1, 1, 4)), []) == {"depth": "3", "rates": "1,1,4"}
    assert url_state.write(Lists(sizes=()), []) == {"depth": "2", "rates": "default", "sizes": "default"}


FOREIGN = {
    "utm_source": "course", "utm_medium": "email", "fbclid": "IwAR0", "gclid": "x", "mc_cid": "1", "mc_eid": "2",
    "ref": "home", "igshid": "abc", "si": "9", "_hsenc": "p2", "msclkid": "1", "source": "feed", "lang": "de",
    "page": "2", "state": "x", "t": "10s", "tab": "1", "theme": "dark", "☃": "1", "": "1", "x" * 5000: "1",
    "embed": "true", "embed_options": "dark_theme", "see": "reference",
}  # fmt: skip
"""Names that other sites add to links, and names that other parts of the app read."""


@pytest.mark.parametrize("experiment", registry.values(), ids=registry)
def test_names_unlike_any_setting_are_ignored_on_every_page(experiment):
    query = {name: [text] for name, text in FOREIGN.items() if name not in experiment.parameters()}
    assert url_state.own(experiment, query) == {}
    assert url_state.read(experiment, query, most_kept=4) == (experiment(), [], [])
    run = "&".join(f"{name}={text}" for name, text in query.items() if name)
    assert url_state.read(experiment, {"keep": [run]}, most_kept=4) == (experiment(), [experiment()], [])


@pytest.mark.parametrize("name", ["taau", "tua", "Tau", "widht", "learningrate", "steps_", "etaa"])
def test_a_misspelt_setting_is_reported_with_the_nearest(name):
    query = {name: ["1"], **{other: [text] for other, text in FOREIGN.items()}}
    config, kept, notices = url_state.read(StudentTeacher, query, most_kept=4)
    assert (config, kept) == (StudentTeacher(), [])
    (sentence,) = notices
    assert sentence == f"{name} is not a setting here; did you mean {nearest(StudentTeacher, name)}?"


def test_a_setting_of_another_page_is_reported():
    _, _, (sentence,) = url_state.read(StudentTeacher, {"alphas": ["1,2"]}, most_kept=4)
    assert sentence.startswith("alphas is not a setting here; the settings are tau, ")


@pytest.mark.parametrize("name", ["date", "timestamp", "lead", "tag", "Type", "outputType", "sk", "track"])
@pytest.mark.parametrize("config", registry.values())
def test_names_of_other_sites_are_not_taken_for_misspelt_settings(config, name):
    assert url_state.read(config, {name: ["1"]}, most_kept=4) == (config(), [], [])


def test_a_link_escaped_as_html_is_read_and_a_symbol_as_a_name_is_reported():
    query = parse_qs("tau=0.3&amp;delta=0.5&amp;keep=tau%3D0.2")
    assert url_state.read(StudentTeacher, query, 4) == (
        StudentTeacher(tau=0.3, delta=0.5),
        [StudentTeacher(tau=0.2)],
        [],
    )
    _, _, notices = url_state.read(StudentTeacher, {"τ": ["0.3"], "m": ["1"]}, 4)
    assert notices == ["τ is not a setting here; did you mean tau?"]


def test_a_setting_without_a_value_is_reported():
    _, _, notices = url_state.read(StudentTeacher, {"tau": [""]}, 4)
    assert notices == ["τ must be a number between 0.01 and 10, got nothing."]

"""Link from two runs on the page of an experiment to their comparison over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.studies.live.config import EXAMPLES, SeedComparison
from lazyrich.studies.written import settings_text
from lazyrich.web.page import url_state

STUDY: Final = "pages/study.py"


def compare_over_seeds(current: Config, kept: Sequence[Config]) -> None:
    """Draw a link to the comparison of two runs of a page over seeds, if there is one."""
    if (config := comparison_of(current, kept)) is not None:
        st.page_link(
            STUDY, label="Compare over seeds", query_params=url_state.write(config, ()),
            icon=":material/arrow_forward:",
            help="The kept run is A and this one B: trained on the same 20 seeds, with an interval of what differs.",
        )  # fmt: skip


def comparison_of(current: Config, kept: Sequence[Config]) -> SeedComparison | None:
    """Return the comparison with the kept run as A and the current one as B; None if there is none."""
    if len(kept) != 1 or current.own or current.name not in EXAMPLES:
        return None
    sides = [{**one.settings(), "seed": 0, "seeds": 1} for one in (kept[0], current)]
    a, b = ({name: value for name, value in side.items() if name not in ("seed", "seeds")} for side in sides)
    usual = type(current)().model_dump()
    differ = [name for name in usual if a.get(name, usual[name]) != b.get(name, usual[name])]
    shared = {name: value for name, value in b.items() if name not in differ}
    apart = (settings_text({name: side.get(name, usual[name]) for name in differ}) for side in (a, b))
    first, second = apart
    try:
        return SeedComparison(
            experiment=current.name, a=first, b=second, shared=settings_text(shared), measure=current.columns.outcome,
            seed=getattr(current, "seed", 0),
        )  # fmt: skip
    except ValueError:
        return None  # the runs differ in their seed alone

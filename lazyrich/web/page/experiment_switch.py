"""Switch between the experiments of a page: the address names the current one, and a row of buttons changes it.

see = choose({"deep-network": "Over training", "deep-map": "Map of τ and α"})
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lazyrich.web.page import url_state
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.share import page_view


def choose(experiments: Mapping[str, str]) -> str:
    """Return the name of the experiment to show, one of the keys; the values are the labels of the buttons.

    Only the address holds the choice: `?see=deep-map`. Without it, or with an unknown name, the first one is shown.
    """
    names = list(experiments)
    asked = st.query_params.get(url_state.SEE, names[0])
    key = f"see.{names[0]}"
    if asked not in experiments:
        notice = f"{url_state.SEE} must be one of {', '.join(names)}, got {asked[:40]}. The first stands in its place."
        st.warning(plain(notice))
        asked = names[0]
    st.session_state[key] = asked
    if not page_view.read(st.query_params).shows("see"):
        return asked

    def go() -> None:
        # A click on the chosen button deselects it; keep the choice. Settings in the address are of the previous one.
        name = st.session_state[key] or asked
        kept = {n: st.query_params.get_all(n) for n in st.query_params if n in url_state.OTHERS and n != url_state.SEE}
        st.query_params.from_dict({**kept, **({url_state.SEE: name} if name != names[0] else {})})

    with st.container(key="see"):
        st.segmented_control(
            "What to see", names, format_func=experiments.__getitem__, key=key, on_change=go,
            label_visibility="collapsed",
        )  # fmt: skip
    return asked

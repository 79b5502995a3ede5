"""Start: the question of the app, shown on two networks, and three ways to go on."""

import streamlit as st

from lazyrich.web.page.start.doors import doors
from lazyrich.web.page.start.pair import LAZY, RICH, pair

with st.container(key="start"):
    st.html(
        "<h1>Two networks, one task</h1><p>One keeps the features it was born with, the other makes its own. "
        "Which is which, and when?</p>"
    )
    pair([("Lazy: keeps its features", LAZY), ("Rich: makes its own", RICH)])
    st.caption(
        "Above: the way of each neuron from the ring where it started. Below: what the network answers (line) and "
        "should answer (dots: its examples; dotted: all inputs). Each picture has its own scale. One seed of many."
    )
    doors()

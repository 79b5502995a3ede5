"""Draw the map under "Exact solutions": the final state of every start, in closed form. A click loads a start."""

from __future__ import annotations

import streamlit as st

from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.experiments.single_neuron.final_distances import FinalDistances
from lazyrich.moment import rounded
from lazyrich.web.components.map_picker import Map, Mark, picker, read_pick
from lazyrich.web.page.experiment_page import ExperimentPage

KEY = "single-neuron.map"
TALL = 2.8
"""Width over height."""


def map_of_starts(bench: ExperimentPage[SingleNeuron]) -> None:
    """Draw the map with the page's start, and a sentence on the limits of S at its angle."""
    if not bench.view.shows("map"):
        return
    config = bench.config
    over = FinalDistances(config)
    shown = _map(over)

    def take() -> None:
        picked = read_pick(st.session_state[KEY], shown)
        if picked is not None:
            delta, angle = picked
            stops = config.parameters()
            bench.load(config.changed(delta=stops["delta"].stop(delta), angle=stops["angle"].stop(angle)))

    with st.container(key="map-of-starts"):
        st.markdown("##### Where every start ends: the final kernel distance S(0, ∞)")
        st.caption(_words(config, over))
        picker(shown, at=(config.delta, config.angle), key=KEY, on_pick=take)


def _map(over: FinalDistances) -> Map:
    marks = []
    if over.delta[0] <= over.balanced <= over.delta[-1]:
        marks.append(Mark("δ effective = 0: S = sin²(angle)/(d + 3)", (over.balanced, over.balanced), (0.0, 180.0)))
    if (over.edge == over.edge).any():
        marks.append(Mark(f"{over.changes}: a changes its sign", over.delta, over.edge))
    marks.append(Mark("δ → −∞: S → sin²(angle)", (over.delta[8],), (135.0,)))
    marks.append(Mark("δ → ∞: S → 0", (over.delta[-24],), (90.0,)))
    return Map(
        x=over.delta, y=over.angle, z=over.S, x_title="balance δ of the sizes", y_title="initial angle",
        z_title="S(0, ∞)", x_symbol="δ", y_symbol="angle", z_symbol="S", y_unit="°", y_ticks=(0, 45, 90, 135, 180),
        z_range=(0.0, 1.0), contours=(0.01, 0.1, 0.5, 0.9), marks=marks, aspect=TALL,
        settings=(SingleNeuron.parameters()["delta"], SingleNeuron.parameters()["angle"]),
    )  # fmt: skip


def _words(config: SingleNeuron, over: FinalDistances) -> str:
    limits = over.limits
    words = (
        f"In closed form, at once, for your τ, rates, target and dimension. Click, drag the dot, or use the arrow keys "
        f"to load a start. At {config.angle:g}° S ends at {rounded(float(limits.balanced))} where δ effective is 0, "
        f"whatever the scale, tends to {rounded(float(limits.downstream))} far downstream, where the direction turns "
        "late but all the way, and falls to 0 far upstream, as 1/δ⁴."
    )
    if config.data == "correlated":
        words += " The map is for whitened data; the run above has correlated ones."
    return words

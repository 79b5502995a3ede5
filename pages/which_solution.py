"""Which solution: the one of many that training finds if there are fewer samples than dimensions."""

import streamlit as st

from lazyrich.experiments.implicit_bias import charts
from lazyrich.experiments.implicit_bias.config import PRESETS, ImplicitBias
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
With **fewer samples than dimensions** many functions fit the data. Which one is found depends on the start $\beta_0$
and on the balance $\delta$: for a single linear neuron, training ends at

$$
\arg\min_{X\beta=y}\;\Psi_\delta(\lVert\beta\rVert)-\operatorname{sign}(a)\,w_0\cdot\beta ,
$$

with a potential $\Psi_\delta$ that is like $\lVert\beta\rVert^2$ far upstream, $\lVert\beta\rVert^{3/2}$ at balance,
and $\lVert\beta\rVert$ far downstream. So far upstream the nearest solution to $\beta_0$ is found, and far downstream
one that keeps its direction as far as the data allow (with one sample, exactly).

The pale bed is the prediction, made before any training; each dot is a training to the end. Because $\Psi_\delta$
depends on the length alone, **from a start near zero every balance $\delta\ge0$ gives the same answer**, the shortest
solution: there $w_0$ vanishes with $\beta_0$. For $\delta<0$ it does not, $\lVert w_0\rVert^2\ge|\delta|$, and its
direction counts however small $\beta_0$ is.
"""

bench = ExperimentPage(ImplicitBias, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

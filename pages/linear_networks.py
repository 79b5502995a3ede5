"""Linear networks: wide and deep ones beside their exact flow."""

import streamlit as st

from lazyrich.experiments.linear_network import charts
from lazyrich.experiments.linear_network.config import PRESETS, LinearNetwork
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
A **linear network** $f(x)=W_L\cdots W_1x$ learns a linear map $\beta_*$, whose singular values are its *modes*.
Though the map is linear, learning it is not: the layers share the work, and how they share it is conserved,

$$
\eta_l\,W_{l+1}^\top W_{l+1}-\eta_{l+1}\,W_lW_l^\top = \text{constant}.
$$

With two layers and this matrix equal to $\delta I$, the flow has a closed form: a matrix Riccati equation. It depends
on $|\delta|$ alone if the network is at least as wide as it has inputs ($\delta<0$) or outputs ($\delta>0$). So a wide
linear network is **lazy on both sides**. (A narrower one need not be: with one output, at width 1 it is the single
neuron, rich downstream.) With a large $|\delta|$ all modes are learned
at once and the kernel stays. Only when both layers are small and balanced are the modes learned one after another,
the strong ones first, while the kernel moves: in linear networks, **rapid rich learning needs balance**. From any
other start with two layers, $W^\top W$, $\beta$ and $A^\top A$ obey a closed system whose size does not depend on the
width: that is the flow shown then.

The pale beds are these exact curves, there before training is; the thin lines are training. Loss is half the sum of
squares on whitened inputs, and one step covers flow time equal to the learning rate.
"""

bench = ExperimentPage(LinearNetwork, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

"""Exact solutions: a single linear neuron, whose training theory predicts completely."""

import streamlit as st

from lazyrich.experiments.single_neuron import charts
from lazyrich.experiments.single_neuron.config import PRESETS, SingleNeuron
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.start_map import map_of_starts

EXPLANATION = r"""
A **single linear neuron** $f(x)=a\,(w\cdot x)$ learns a linear function $\beta_*$. It is the smallest network that can
be lazy or rich, and theory says where it is at every moment.

**Left, the weights.** Gradient flow keeps

$$
\delta=\eta_w a^2-\eta_a\lVert w\rVert^2 ,
$$

which is the slider's $\delta=a^2-\lVert w\rVert^2$ when both rates are 1. So the neuron cannot leave the hyperboloid it
starts on: two sheets for $\delta>0$ (upstream), one for $\delta<0$ (downstream), a cone at $0$. Its colour is the loss.
For $\delta<0$ a boundary parts the starts that end with $a>0$ from those that end with $a<0$.

**Middle, the function** $\beta=a\,w$, and how the weights act on the gradient of the loss:
$\dot\beta=-M(\beta)\,\nabla L$. The eigenvalue of $M$ along $\beta$ is $\Omega=\sqrt{\delta^2+4\eta_a\eta_w\lVert\beta
\rVert^2}$ and across it $(\Omega+\delta)/2$. Upstream both are near $\delta$: a straight, lazy path. Downstream the one
across nearly vanishes: first the length fits, then, late, the direction.

**Right, in time:** size $\mu=a\lVert w\rVert$, angle $\varphi=\cos(w,\beta_*)$ and the kernel distance $S$.

The pale beds are the exact solution, drawn at once; the thin lines are training, step by step. Their largest difference
so far stands beside each title. It shrinks in proportion to the learning rate.

Loss is half the sum of squares over $d$ whitened inputs ($X^\top X=I$), and one step covers flow time equal to the
learning rate. Kunin et al., *Get rich quick*, NeurIPS 2024, [arXiv 2406.06158](https://arxiv.org/abs/2406.06158).
"""

bench = ExperimentPage(SingleNeuron, PRESETS, parts=("map",))

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)
map_of_starts(bench)

with st.sidebar:
    bench.presets()
    bench.controls()

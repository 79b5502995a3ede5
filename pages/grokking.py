"""Grokking: modular addition, which networks know by heart long before they can do it."""

import streamlit as st

from lazyrich import charts
from lazyrich.experiments.grokking import PRESETS, Grokking
from lazyrich.web.workbench import Workbench

EXPLANATION = r"""
A two-layer network $f(a,b)=W_2\,\varphi(u_a+v_b)$ learns $(a+b)\bmod p$ from 70 % of all $p^2$ sums. It soon knows
those by heart; the others it gets right only much later: it **groks**. Dividing the first layer's initial weights by
$\alpha$ and multiplying the last layer's leaves the function at the start as it was, yet upstream ($\alpha>1$) the
wait is shorter.

**Where the effect is.** A small start and weight decay. The best $\alpha$ is finite: 16 is slower than 4.

**Where it is not.** Without decay few networks get there, and from $\tau=1$ none does. With AdamW and strong decay
$\alpha$ hardly matters, as the optimiser sets the pace of every weight itself. With cross-entropy upstream is no
better. Half of the sums are too few at $p=23$. Quadratic neurons do best near $\alpha=2$. The buttons on the left show
each.

**What happens inside.** As a network groks each *neuron* takes up one frequency $k$ of $\cos(2\pi ka/p)$: a row of the
spectra becomes one bright cell, while the network as a whole keeps all of them. It is no proof of grokking: neurons can
do so without it. The first layer's relative movement grows with $\alpha$, partly because it starts smaller.

Lines are medians over the seeds, bands reach from the lowest to the highest. Spectra and table show the first seed.
Loss is half the squared distance to the one-hot sum, mean over the training sums; the rates are fixed and equal for all
$\alpha$.
"""

bench = Workbench(Grokking, PRESETS)

bench.chart(charts.grokking, charts.grokking_readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

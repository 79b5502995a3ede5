"""Grokking: modular addition, whose sums networks memorise long before they generalise."""

import streamlit as st

from lazyrich.experiments.grokking import charts
from lazyrich.experiments.grokking.config import PRESETS, Grokking
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
A two-layer network $f(a,b)=W_2\,\varphi(u_a+v_b)$ learns $(a+b)\bmod p$ from a part of all $p^2$ sums (70 % unless
you change it). It soon knows those by heart; the others it gets right only much later: it **groks**. Dividing the first
layer's initial weights by $\alpha$ and multiplying the last layer's leaves the function at the start as it was, yet
with an $\alpha$ above 1, further upstream than the usual start, the wait is shorter.

**Where the effect is.** A small start and weight decay. The best $\alpha$ is finite: 16 is slower than 4.

**Where the balance is.** Not at $\alpha=1$. Of neuron $i$ with readouts $a_i$ and weights $w_i$, gradient flow without
decay keeps $\delta_i=\lVert a_i\rVert^2-\lVert w_i\rVert^2$. At the start its mean is about
$p\,\tau^2(\alpha^2/h-2/\alpha^2)$: below 0 (downstream) until $\alpha=(2h)^{1/4}$, which is 4 at $h=128$. For $z^2$
neurons it is $2\lVert a_i\rVert^2-\lVert w_i\rVert^2$, of mean $2p\,\tau^2(\alpha^4/h-1/\alpha^2)$, 0 at
$\alpha=h^{1/6}$: 2.2. The verdict at step 0 gives the means of this run. The wait is shortest about there, for both
kinds of neurons. That the two fall together is what is seen here; that one causes the other is not shown.

**Where it is not.** Without decay few networks get there, and from $\tau=1$ none does. With AdamW and strong decay
$\alpha$ hardly matters, as the optimiser sets the pace of every weight itself. With cross-entropy a larger $\alpha$ is
no better. Half of the sums are too few at $p=23$. The buttons on the left show each.

**What happens inside.** As a network groks each *neuron* takes up one frequency $k$ of $\cos(2\pi ka/p)$: a row of the
spectra becomes one bright cell, while the network as a whole keeps all of them. It is no proof of grokking: neurons can
do so without it. The first layer's relative movement grows with $\alpha$, partly because it starts smaller.

Lines are medians over the seeds, bands reach from the lowest to the highest. Spectra and table show the first seed.
Loss, unless cross-entropy is chosen, is half the squared distance to the one-hot sum, mean over the training sums; the
rates are fixed and equal for all $\alpha$.
"""

bench = ExperimentPage(Grokking, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

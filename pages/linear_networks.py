"""Linear networks: wide and deep ones beside their exact flow, and what fewer samples than dimensions leave open."""

import streamlit as st

from lazyrich.experiments.implicit_bias import charts as implicit_bias_charts
from lazyrich.experiments.implicit_bias import config as implicit_bias
from lazyrich.experiments.linear_network import charts as linear_network_charts
from lazyrich.experiments.linear_network import config as linear_network
from lazyrich.experiments.linear_or_relu import charts as linear_or_relu_charts
from lazyrich.experiments.linear_or_relu import config as linear_or_relu
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.experiment_switch import choose

WIDE_AND_DEEP = r"""
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

BIAS = r"""
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

RAPID = r"""
The paper's abstract in one picture. Two students start at the same scale and learn from a teacher of their own kind,
one **linear**, one **ReLU**, at every balance $\delta$. Each is trained by gradient flow until nine tenths of its
loss are gone. Above: how far its kernel has moved by then. Below: how long that took.

**Linear:** the kernel moves only around $\delta=0$, where learning is slowest. Far to either side it is lazy and
learns sooner, upstream by far. Rapid rich learning needs balance.

**ReLU:** upstream, learning is as fast, and the kernel moves all the same: the first layer's neurons turn to what the
task needs before the readout has to do anything. Downstream the student is slow, and lazy up to here; what its kernel
does later is on the page Phase portrait.

Lines are medians over the seeds, bands reach from the lowest to the highest. The axes of both students agree. A wide
linear network's kernel has less to move in high dimension (for one neuron at balance, $S\propto 1/(d+3)$), so compare
each student with itself over $\delta$.
"""

see = choose({"linear-network": "Wide and deep", "implicit-bias": "Implicit bias", "linear-or-relu": "Linear or ReLU"})

if see == "linear-network":
    bench = ExperimentPage(linear_network.LinearNetwork, linear_network.PRESETS, parts=("see",))
    bench.chart(linear_network_charts.charts, linear_network_charts.readings)
    bench.actions(WIDE_AND_DEEP)
elif see == "implicit-bias":
    bench = ExperimentPage(implicit_bias.ImplicitBias, implicit_bias.PRESETS, parts=("see",))
    bench.chart(implicit_bias_charts.charts, implicit_bias_charts.readings)
    bench.actions(BIAS)
else:
    bench = ExperimentPage(linear_or_relu.LinearOrRelu, linear_or_relu.PRESETS, parts=("see",))
    bench.chart(linear_or_relu_charts.charts, linear_or_relu_charts.readings)
    bench.actions(RAPID)

with st.sidebar:
    bench.presets()
    bench.controls()

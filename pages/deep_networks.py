"""Deep networks: which layer learns, and what that does to features."""

import streamlit as st

from lazyrich.experiments.deep_map import charts as map_charts
from lazyrich.experiments.deep_map import config as deep_map
from lazyrich.experiments.deep_network import charts
from lazyrich.experiments.deep_network import config as deep_network
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.experiment_switch import choose

EXPLANATION = r"""
Deep networks $f(x)=W_L\,\phi(W_{L-1}\cdots\phi(W_1x))$ with ReLU $\phi$ and no biases start as the **same function**:
$W_1$ is divided by $\alpha$ and $W_L$ multiplied by it, which is exactly the same as learning rates
$(\alpha^2,1,\dots,1,\alpha^{-2})$. The target is $f(x;t)-f(x;0)$, trained on the mean squared error; every network
takes steps of $0.5/\lambda_{\max}$ of its own kernel and rests at 1 % of its first loss. So compare accuracies at
**equal training loss** (the last chart), not only at equal steps.

On 128 inputs that are neither trained nor tested on we count **activation flips**; they grow with $\alpha$ wherever we
measured. The kernel distance $S$ need not: with two layers it peaks at $\alpha=1$.

Parity needs features, and a fast first layer finds them; on digits the gain is a point or two. At large $\tau$ all are
lazy, yet a large $\alpha$ still does better: partly it is faster, partly the first layer's fixed kernel suits the task.

Below "Learning rate of each layer" every layer has a slider of its own: which layer has to be fast is the paper's open
question. Lines are medians over the seeds, bands reach from the lowest to the highest.
"""

MAP = r"""
A network of the same kind for every pair of scale $\tau$ and balance $\alpha$, trained until it rests or its steps are
used up. Further upstream is to the right. Each cell is coloured by what its network came to, and filled in as soon as
it has been trained. Where the training loss stayed high, the others' accuracy is no fair comparison: look at the last
map first.
"""

see = choose({"deep-network": "Over training", "deep-map": "Map of τ and α"})

if see == "deep-network":
    bench = ExperimentPage(deep_network.DeepNetwork, deep_network.PRESETS, parts=("see",))
    bench.chart(charts.charts, charts.readings)
    bench.actions(EXPLANATION)
else:
    bench = ExperimentPage(deep_map.DeepMap, deep_map.PRESETS, parts=("see",))
    bench.chart(map_charts.charts, map_charts.readings)
    bench.actions(MAP)

with st.sidebar:
    bench.presets()
    bench.controls()

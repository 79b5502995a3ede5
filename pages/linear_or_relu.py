"""Linear or ReLU: speed and kernel movement over the balance, for both kinds of student."""

import streamlit as st

from lazyrich.experiments.linear_or_relu import charts
from lazyrich.experiments.linear_or_relu.config import PRESETS, LinearOrRelu
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
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

bench = ExperimentPage(LinearOrRelu, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

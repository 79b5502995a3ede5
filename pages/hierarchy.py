"""Hierarchy: how many examples of a random grammar a network needs before it sees the rules."""

import streamlit as st

from lazyrich.experiments.hierarchy import charts
from lazyrich.experiments.hierarchy.config import PRESETS, Hierarchy
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
A random **grammar** writes each class as a pair of symbols, each of those as another pair, $L$ times over, with $m$
synonyms a symbol. A network sees $P$ strings and must tell the class of new ones. The first layer's weights start
divided by $\alpha$, the last layer's multiplied by it, so every $\alpha$ starts as **the same function**. The larger
$\alpha$, the further upstream, and the fewer strings the same error takes. The best $\alpha$ is finite: at $8$ the
curve no longer improves.

**The rate.** Each network's rate is divided by its own kernel at the start. With one raw rate for all (the switch
"Learning rate by") the shift is smaller, and $\alpha=0.5$ moves its kernel most, because that rate is more than twice
what its own kernel gives.

**How to read it.** Hollow points did not reach training loss $0.02$. Grammars differ widely: compare within a seed.
$S$ compares kernels over all outputs at a few test strings; it grows with $\alpha$ up to 2 at this $\tau$, is about the
same at 4, and need not at other settings. With few synonyms or a single level $\alpha$ hardly matters.

The random hierarchy model is that of Cagnetta, Petrini, Tomasini, Favero and Wyart,
[arXiv 2307.02129](https://arxiv.org/abs/2307.02129). Lines are medians over the seeds, bands reach from the lowest to
the highest.
"""

bench = ExperimentPage(Hierarchy, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

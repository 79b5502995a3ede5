"""Filters: what the first layer of a small CNN looks at, and whether training changes it."""

import streamlit as st

from lazyrich import charts
from lazyrich.experiments.filters import PRESETS, Filters
from lazyrich.web.workbench import Workbench

EXPLANATION = r"""
A small **convolutional network** learns to tell pictures apart. Its first layer's initial filters are divided by
$\alpha$ and its last layer multiplied by it: the same function at the start, but above 1 (upstream) the first layer
learns fast, and its filters become readable; below 1 they stay the noise they started as.

**It is an effect on the filters, not on accuracy:** from $\alpha=1$ up accuracy is the same; $\alpha=0.1$ is slower on
gratings and as good on photographs. What is learned, $W(t)-W(0)$, is Gabor-like at every $\alpha$ (the button ΔW shows
it, with the best Gabor of the one you point at); an upstream start lets it dominate the random part. Only a fast
*first* layer gives readable filters, and the kernel distance does not order $\alpha$ here.

**How readable** is measured in three ways: the share of a filter's spectral energy below a quarter of a cycle per
pixel (0.20 for noise), the $R^2$ of the best Gabor function (for noise 0.21 in grey, 0.13 in colour), and the cosine
with the filter's own start. With shuffled labels the filters of gratings turn from noise to noise; on photographs
part of the smoothness comes from their own statistics.

Rates are fixed for each $\alpha$. Gratings are made on the spot; the photographs come with scikit-learn and
scikit-image. CIFAR-10 can be had from files that whoever runs this app has put there. Lines are medians over the seeds,
bands reach from the lowest to the highest.
"""

bench = Workbench(Filters, PRESETS)

bench.chart(charts.filters, charts.filters_readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

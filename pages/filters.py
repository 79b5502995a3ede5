"""Filters: what the first layer of a small CNN looks at, and whether training changes it."""

import streamlit as st

from lazyrich.experiments.filters import charts
from lazyrich.experiments.filters.config import PRESETS, Filters
from lazyrich.web.page.experiment_page import ExperimentPage

EXPLANATION = r"""
A small **convolutional network** learns to tell pictures apart. Its first layer's initial filters are divided by
$\alpha$ and its last layer multiplied by it: the same function at the start, but the larger $\alpha$, the further
upstream, and the faster the first layer learns against the last. At 3 and 10 its filters become readable; at 0.1 they
stay the noise they started as.

**It is an effect on the filters, not on accuracy:** from $\alpha=1$ up accuracy is about the same; $\alpha=0.1$ is
slower on gratings and as good on photographs. What is learned, $W(t)-W(0)$, is Gabor-like at every $\alpha$ (the button
ΔW shows it, with the best Gabor of the one you point at); a large $\alpha$ lets it dominate the random part.

A *Gabor* is a patch of stripes under a bell-shaped window, the shape that cells of the visual cortex respond to. **How
readable** filters are is measured in three ways: the share of a filter's spectral energy below a quarter of a cycle per
pixel (0.20 for noise), the $R^2$ of the best Gabor function (for noise 0.21 in grey, 0.13 in colour), and the cosine
with the filter's own start. With shuffled labels the filters of gratings turn from noise to noise; on photographs part
of the smoothness comes from their own statistics.

Rates are fixed for each $\alpha$. Gratings are made on the spot; the photographs come with scikit-learn and
scikit-image. CIFAR-10 can be had from files that whoever runs this app has put there. Lines are medians over the seeds,
bands reach from the lowest to the highest.
"""

bench = ExperimentPage(Filters, PRESETS)

bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)

with st.sidebar:
    bench.presets()
    bench.controls()

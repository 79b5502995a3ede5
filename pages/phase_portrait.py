"""The phase portrait: test loss and kernel distance over scale and balance, the paper's Fig. 1(b)."""

import streamlit as st

from lazyrich import charts
from lazyrich.experiments.phase_portrait import PRESETS, PhasePortrait
from lazyrich.web.reference_portrait import reference_portrait
from lazyrich.web.several import choose
from lazyrich.web.workbench import Workbench

EXPLANATION = r"""
Each cell of the map is a student of the playground with its own scale $\tau$ and balance $\delta$ (or any other two of
its parameters), trained by **gradient flow** to the times above the maps, counted in steps of the authors' learning
rate, $0.005/\tau^2$. Coarse cells come first, then finer ones between them; with several seeds a cell is their mean.

A fixed-step sweep of the full grid takes weeks of a core's time; the flow chooses its steps and needs a few hundred
gradients a student. The same from a shell, on all cores or a cluster: `python -m lazyrich phase-portrait --help`.

Grey cells have not been computed yet. Losses are coloured by their logarithm.
"""

see = choose({"reference": "The paper's map", "phase-portrait": "Compute it here"})

if see == "reference":
    reference_portrait()
else:
    bench = Workbench(PhasePortrait, PRESETS)
    bench.chart(charts.phase_portrait(bench.config), ())
    bench.actions(EXPLANATION)
    with st.sidebar:
        bench.presets()
        bench.controls()

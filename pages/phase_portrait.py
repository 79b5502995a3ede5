"""The phase portrait: test loss and kernel distance over scale and balance, the paper's Fig. 1(b)."""

from lazyrich.web.computed_portrait import computed_portrait
from lazyrich.web.reference_portrait import reference_portrait
from lazyrich.web.several import choose

EXPLANATION = r"""
Each cell of the map is a student of the playground with its own scale $\tau$ and balance $\delta$ (or any other two of
its parameters), trained by **gradient flow** to the times that can be chosen, counted in steps of the authors' learning
rate, $0.005/\tau^2$. With several seeds a cell is their mean. A click on a cell says more of it and leads to that
student in the playground: the same task, the same start, the same flow.

A fixed-step sweep of the full grid takes weeks of a core's time; the flow chooses its steps and needs a few hundred
gradients a student. The same from a shell, on all cores or a cluster: `python -m lazyrich phase-portrait --help`.

A portrait that is computed here begins with coarse cells, which are then divided. Those that are still to be divided
are paler and hatched. Stop it when you have seen enough; asked for again, it goes on where it was. Losses are coloured
by their logarithm.
"""

see = choose({"reference": "The paper's map", "phase-portrait": "Compute it here"})

if see == "reference":
    reference_portrait(EXPLANATION)
else:
    computed_portrait(EXPLANATION)

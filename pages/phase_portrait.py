"""The phase portrait: test loss and kernel distance over scale and balance, the paper's Fig. 1(b)."""

from lazyrich.web.page.experiment_switch import choose
from lazyrich.web.page.portrait.computed_portrait import computed_portrait
from lazyrich.web.page.portrait.reference_portrait import reference_portrait

EXPLANATION = r"""
Each cell of the map is a student of the playground with its own scale $\tau$ and balance $\delta$ (or any other two of
its parameters), trained by **gradient flow** to the times that can be chosen, counted in steps of the authors' learning
rate, $0.005/\tau^2$. With several seeds a cell is their mean. A click on a cell says more of it and leads to that
student in the playground: the same task, the same start, the same flow.

A fixed-step sweep of the paper's map takes 100,000 gradients a student, 462 million in all; the flow chooses its steps
and needs a few hundred a student. The same from a shell, on all cores or a cluster: `python -m lazyrich phase-portrait
--help`.

A portrait that is computed here begins with coarse cells, which are then divided. Those that are still to be divided
are paler and hatched. Stop it when you have seen enough; asked for again, it goes on where it was. Losses are coloured
by their logarithm.
"""

STORY = r"""
**Move the training time.** After the first 100 steps small starts upstream ($\delta>0$) have moved their kernel about
as far as they ever will: they are rapid and rich. Near balance it moves within the first 1,000 steps. Downstream it
moves last, and in the end farther than upstream, farthest just below balance. Yet fewer activations flip there and the
test loss stays larger, so a large kernel distance is not by itself a sign of useful features. From $\tau=1$ on the
kernel hardly moves at any time.
"""

see = choose({"reference": "The paper's map", "phase-portrait": "Compute it here"})

if see == "reference":
    reference_portrait(STORY, EXPLANATION)
else:
    computed_portrait(EXPLANATION)

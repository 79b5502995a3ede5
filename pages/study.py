"""Study: two settings compared over seeds, with valid statistics."""

from lazyrich.web.page.study.study_page import study_page

EXPLANATION = r"""
**One run says little.** A and B are trained on the same seeds. A seed draws the task and the start, the same for both
wherever the settings allow it, and the verdict says what is shared. Each dot is one seed: B's number over A's for
losses and errors, their difference for everything else.

**The interval** reaches from one dot to another, as many from the lowest as from the highest. It holds the median of
all seeds there could be in at least 95 % of studies, whatever their distribution, and it leaves out "equal" exactly
when a sign test finds a difference. While runs come in it is a wider one that may be looked at at any time; when all
are there it is the exact one. Below six seeds there is none.

**Fix measure and moment before you look.** The best of many moments always shows a difference. *Still changing* means
that losses fall on where they are compared: then the result says who comes first. *Train on until flat* compares ends,
and `train_loss=0.001` as the moment compares at equal training loss.

**No difference found** is not "no effect": the interval says which effects are left. Runs that fail count as worse.

**Over one setting** draws a measure over its values, with the band of the middle 80 % of seeds, and compares each value
with the first one, pair by pair. There is no verdict before all runs are there, and each interval holds by itself: of
twenty, one may miss.

Stop keeps what is there, and the same question asked again goes on from it. "Open a pair" shows a single seed on its
own page.
"""

study_page(EXPLANATION)

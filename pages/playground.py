"""The playground: two sliders decide whether a network learns lazily or richly, and its neurons show it."""

import streamlit as st

from lazyrich.experiments.phase_portrait.times import student_step
from lazyrich.experiments.student_teacher import charts
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.portrait.portrait_map import map_of_portrait
from lazyrich.web.page.upload_widget import OwnFile

EXPLANATION = r"""
A **student** network $f(x)=\sum_{i=1}^{m} a_i\,\max(0, w_i\cdot x)$ learns from examples that a small **teacher**
network of the same kind made. Each line in the plane is one hidden neuron, drawn at $|a_i|\,w_i$: its direction is what
the neuron looks for, its length how much it counts.

**What it has learned** is beside the plane: the student's function, the teacher's and the training samples, over the
angle of the input. Between kinks it is a piece of a sine. Each neuron makes two kinks, at right angles to it; the ticks
at the lower edge stand at the kinks, as high as the slope changes there, in the colour of the sign, those nearer than
2° taken together. Rich students end with few large ones where the teacher has its own (dotted), lazy ones with many
small ones. Inputs of other lengths are drawn at the mean length, as the function is proportional to it. In more than
two dimensions predictions stand over what is true, on at most 200 test inputs; a circle in the plane is a choice that
says what it leaves out.

*Lazy twin* beside it draws, dashed, what the student would learn if it stayed linear in its weights; it jumps where
neurons of the start switch on and off.

**Two sliders set the start.** Every neuron begins with

$$
|a_i|\,\lVert w_i\rVert=\tau^2,\qquad a_i^2-\lVert w_i\rVert^2=\delta .
$$

Gradient flow keeps each neuron's $\delta_i=\eta_w a_i^2-\eta_a\lVert w_i\rVert^2$ for all time, which is $\delta$ at
equal rates of 1: the balance of the layers that you choose stays. *Conserved quantity* above the charts unfolds one
that shows how well the training steps keep it. With descent it also says how long a step is beside the
longest stable one, $2/\lambda_{\max}$ of the kernel as it is now: near 1 training is about to diverge.

**Lazy or rich** is told by the *neural tangent kernel* (NTK) $K(x,x')=\nabla_\theta f(x)\cdot\eta\,\nabla_\theta
f(x')$: how much a training step on the input $x'$ changes the output at $x$. Its distance from the start,

$$
S(0,t)=1-\frac{\langle K_0,K_t\rangle}{\lVert K_0\rVert\,\lVert K_t\rVert},
$$

is 0 while the network learns like a fixed kernel machine (lazy) and grows as it learns features of its own (rich).

**Upstream** ($\delta>0$) the first layer is small and fast: neurons turn early. **Downstream** ($\delta<0$) the readout
is fast: neurons hardly turn, but many change the sign of $a$. Different learning rates do the same as different sizes:
$\tau$ and $\delta$ *effective*, $\delta_i/\sqrt{\eta_a\eta_w}$, fix the function, and $\sqrt{\eta_a\eta_w}$ only sets
the speed.

**Ended is not converged.** Training ends after the steps that you choose. What a loss does there is told where it ends,
in decades for each decade of time: below 0.1 we say flat. *Train on until flat* takes more steps and gradient flow,
until both losses are flat since a tenth of the time or the training loss is as good as zero. Compare runs at equal
flow time or at their ends, not at equal steps: time is learning rate × steps, and rates differ between pages.

**The lazy twin** is what the network would learn if it stayed linear in its weights: the kernel machine of its start,
on the same data with the same rates, computed exactly. How far apart both functions are and which has the lower test
loss is told under the numbers. S sees the training inputs alone: it can be tiny while the twin generalises quite
differently. With noise in the labels the lazy one may well win when training goes on to the end.

**One seed is an anecdote.** Each of several seeds has a teacher, a start and inputs of its own. Lines are then medians,
bands reach over the middle 80 % of the seeds, and thin lines are the first three: a single run bends more sharply than
the median. The headline counts seeds; the plane is the first seed's.

**Your own data** take the teacher's place: the student learns them from the same start, and the plane has no rays.

**Keep** pins a run beside the next ones: each plane has its own scale, playing goes on to the end of the longest run,
and a table has the numbers of each. Runs are compared at equal flow time, or at equal steps. *Time to a tenth* is when
the training loss is a tenth of its first value: what differs most between upstream and balanced is often not how well a
network learns but when. A small test loss does not say that the neurons are the teacher's, as other neurons can make
the same function: that is *alignment*.

Loss is the mean squared error, and one step covers flow time $\text{base}/\tau^2$. Kunin et al., *Get rich quick*,
NeurIPS 2024, [arXiv 2406.06158](https://arxiv.org/abs/2406.06158), Fig. 1.
"""

own = OwnFile(StudentTeacher)
bench = ExperimentPage(StudentTeacher, PRESETS, trained=own.trained, parts=("map", "upload"))
if bench.in_lesson and not bench.view.shows("upload"):
    own.set_aside()

if own.data:
    bench.chart(
        lambda shown: charts.charts_on_own_data(shown, own.tested),
        lambda shown: charts.readings_on_own_data(shown, own.tested),
    )
else:
    bench.chart(charts.charts, charts.readings)
bench.actions(EXPLANATION)
with st.container(key="step-units"):
    st.caption(student_step(bench.config))

with st.sidebar:
    bench.presets()
    bench.controls(own.sizes)
    map_of_portrait(bench)
    if bench.view.shows("upload"):
        own.draw()

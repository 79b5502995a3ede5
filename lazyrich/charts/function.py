"""The function that a network has learned."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Array, Chart, Place


class Function(Chart):
    """The function of a student with one hidden layer beside its teacher's and the samples, redrawn at each frame.

    The entry `function` of the header's chart data tells the inputs to draw it over, see
    `lazyrich.experiments.student_teacher.learned_function`. The header may have `teacher` as a plane's has, and `twin`,
    directions [x, y] at which the neurons of a lazy twin switch on and off.
    """

    needs: ClassVar[tuple[str, ...]] = ("function",)

    kind: Literal["function"] = "function"

    place: Place = "wide"
    """As in every chart."""

    array: Array
    """(neurons, 2): |a| w of each neuron in the plane."""

    sign: Array
    """(neurons,): the sign of each readout."""

    predicted: str = "predicted"
    """Array (inputs,) of outputs at some inputs, in frames of a run with more than two dimensions."""

    whole: str = "function"
    """Array (places,) of the function, in frames that do not hold all neurons."""

    binned: str = "kinks"
    """Array (bins,) of net changes of its slope, in frames that do not hold all neurons."""

    twin: str = "twin"
    """Array (neurons, 2) of the lazy twin's coefficients, in frames of a run that has one."""

    twin_predicted: str = "twin_predicted"
    """As `predicted`, of the twin."""

    twin_whole: str = "twin_function"
    """As `whole`, of the twin."""

    median: str = "function_median"
    """Array (places,) of the median over seeds, in frames of a run of several in at most two dimensions."""

    low: str = "function_low"
    """As `median`, the lower end of the band."""

    high: str = "function_high"
    """As `median`, the upper end of the band."""

"""All colours, in one place. Safe for colour-blind readers (Okabe and Ito, https://jfly.uni-koeln.de/color/)."""

from typing import Final

POSITIVE: Final = "#0072B2"
"""Readout weight a > 0; also carried by a round marker."""

NEGATIVE: Final = "#D55E00"
"""Readout weight a < 0; also carried by a triangular marker."""

RUNS: Final = ("#0072B2", "#EB9600", "#7A1F6B", "#009C70", "#3B1A00")
"""Identity of a run where several share a chart: the current one first, then the kept ones. They differ in lightness,
to be told apart in grey too."""

RUNS_ON_DARK: Final = ("#1F86C8", "#F2B340", "#A8327A", "#2FB58F", "#FFF0C0")
"""The same on a dark background."""

RUN_DASHES: Final = ("solid", "dash", "longdash", "dashdot", "longdashdot")
"""The dash that each of these draws its lines with, by plotly's name."""

NETWORK_COLOURS: Final = ("#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
"""Networks that train side by side, from the most downstream to the most upstream."""

GHOST: Final = "#9AA0A6"
"""The last run, left pale on the charts."""

SEQUENTIAL: Final = "Viridis"
"""plotly's name of the colours of a number on a map; they grow lighter with it all the way."""

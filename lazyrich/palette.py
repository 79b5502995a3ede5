"""All colours, in one place. Safe for colour-blind readers (Okabe and Ito, https://jfly.uni-koeln.de/color/)."""

from typing import Final

POSITIVE: Final = "#0072B2"
"""Readout weight a > 0; also shown by a round marker."""

NEGATIVE: Final = "#D55E00"
"""Readout weight a < 0; also shown by a triangular marker."""

RUNS: Final = ("#0072B2", "#EB9600", "#7A1F6B", "#009C70", "#3B1A00")
"""Colours of the runs on a shared chart: the current one first, then the kept ones. They differ in lightness, so that
they can be distinguished in grey."""

RUNS_ON_DARK: Final = ("#1F86C8", "#F2B340", "#A8327A", "#2FB58F", "#FFF0C0")
"""The same on a dark background."""

RUN_DASHES: Final = ("solid", "dash", "longdash", "dashdot", "longdashdot")
"""Dash pattern of the lines of each of these runs, by plotly's name."""

NETWORK_COLOURS: Final = ("#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
"""Networks that train side by side, from the most downstream to the most upstream."""

GHOST: Final = "#9AA0A6"
"""The previous run, pale on the charts."""

SEQUENTIAL: Final = "Viridis"
"""plotly's name of the colour scale of maps; its lightness increases with the number throughout."""

"""First-layer filters as pictures that change while their networks train."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Chart, NetworkLabels, Part, Place


class Variant(Part):
    """One picture that can be shown of each filter."""

    array: Array
    """(networks, filters, channels, k, k)."""

    label: str
    """Label of its button."""

    help: str
    """The button's tooltip."""

    fit: Array | None = None
    """The Gabors that fit best, of the shape of the array; all 0 where none does."""


class FilterNumber(Part):
    """A number of each filter."""

    array: Array
    """(networks, filters)."""

    label: str
    """Name of the number."""

    unit: str = ""
    """Text right after the number."""

    of: str | None = None
    """Label of the variant that it describes; if absent, of the first one. The mean of a variant's first number is
    shown above each block."""


class Images(Chart, NetworkLabels):
    """A block of filters for each network of the current run.

    The filter under the pointer is shown enlarged, with its spectrum and its numbers.
    """

    kind: Literal["images"] = "images"

    place: Place = "main"
    """As in every chart."""

    arrays: tuple[Variant, ...]
    """The variants to choose from, the initial one first."""

    numbers: tuple[FilterNumber, ...] = ()
    """The numbers of each filter."""

    ring: float | None = None
    """A spatial frequency in cycles per pixel, drawn as a circle on the spectrum."""

    note: str = ""
    """A sentence below the caption."""

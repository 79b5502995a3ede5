"""The single hidden neuron in normal form: unit learning rates, and a flow in closed form.

theory.md, section 1. With k = (eta_w / eta_a)^(1/4) and g = sqrt(eta_a eta_w), z = (p, q) = (k a, w / k) follows at
u = g t the flow of unit rates, z' = (G - |z|^2 / 2) z with G = [[D / 2, b^T], [b, -D / 2]] and D = p^2 - |q|^2, so that

    z(u) = e^(G u) z0 / sqrt(1 + integral_0^u |e^(G v) z0|^2 dv).

G has the eigenvalues +-Omega / 2 in the plane of the readout and b, Omega = sqrt(D^2 + 4 |b|^2), and -D / 2 across it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lazyrich.theory.inputs import check_vectors, checked_rates

__all__ = ["NormalForm", "Point", "normal_form"]

ROUNDING = 8 * np.finfo(np.float64).eps
"""A start is on the separatrix when the sum that decides its side is this small relative to its terms: a few roundings
of the weights, which no evaluation in float64 can tell from zero."""


class Point(NamedTuple):
    """z(u) in the basis of the normal form.

    Attributes: p (...), q along b (...), and the part of q across b as a multiple (...) of its start.
    """

    p: np.ndarray
    along: np.ndarray
    across: np.ndarray


class NormalForm(NamedTuple):
    """The start of one neuron: z0 = (p, along b_hat + across_vector), with |across_vector| = across.

    `leading` is the coefficient of z0 on the growing eigenvector of G, which alone decides where the flow ends;
    `fading` is that on the shrinking one. Both eigenvectors are written with r = 2 s / (Omega + |D|), between 0 and
    1, in the order (p, along) for D >= 0 and (along, p) for D < 0: growing (1, r) / h and shrinking (-r, 1) / h, h =
    sqrt(1 + r^2). That keeps all digits at any balance, since neither Omega - D nor Omega + D is ever a difference.
    """

    k: float
    g: float
    s: float
    D: float
    Omega: float
    r: float
    p: float
    along: float
    across: float
    unit: np.ndarray
    across_vector: np.ndarray
    leading: float
    fading: float
    on_separatrix: bool

    def at(self, u: np.ndarray) -> Point:
        """Return z at the times u (...) of the normal form."""
        first, second, across, size = self._shape(u)
        first, second, across = first * size, second * size, across * size
        return Point(first, second, across) if self.D >= 0 else Point(second, first, across)

    def direction(self, u: np.ndarray) -> Point:
        """Return z at the times u (...) up to a positive factor for each time, so that it never falls to zero."""
        first, second, across, _ = self._shape(u)
        return Point(first, second, across) if self.D >= 0 else Point(second, first, across)

    def _shape(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return z(u), in the order of the eigenvectors, up to a common positive factor, and that factor."""
        return self._on_the_edge(u) if self.on_separatrix else self._off_the_edge(u)

    def _off_the_edge(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        # divide by e^(Omega u / 2), the fastest growth, so that nothing overflows
        left = np.exp(-self.Omega * u)
        gone, h = -np.expm1(-self.Omega * u), np.hypot(1.0, self.r)
        first0, second0 = (self.p, self.along) if self.D >= 0 else (self.along, self.p)
        first = first0 * left + self.leading / h * gone
        second = second0 * left + self.leading * self.r / h * gone
        # Omega - |D| = 2 s r
        slow = np.exp(-2 * self.s * self.r * u)
        across = np.exp(-(self.Omega + self.D) / 2 * u) if self.D >= 0 else np.sqrt(slow)
        spent = _integral(self.Omega, u)
        spent_across = _integral(abs(self.D), u) * (left if self.D >= 0 else slow)
        grown = (self.leading**2 + self.fading**2 * left) * spent + self.across**2 * spent_across
        return first, second, across, 1 / np.sqrt(left + grown)

    def _on_the_edge(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the same for a start without a component on the growing eigenvector."""
        h = np.hypot(1.0, self.r)
        if self.D >= 0:
            # balanced and pointing away from b, or all zero: straight to the origin; divide by e^(-Omega u / 2)
            still = np.ones_like(u)
            size = np.exp(-self.Omega / 2 * u) / np.sqrt(1 + self.fading**2 * _integral(self.Omega, u))
            return -self.fading * self.r / h * still, self.fading / h * still, 0 * still, size
        # divide by e^(|D| u / 2), the growth of the component across b
        fade = np.exp(-(self.Omega - self.D) / 2 * u)
        left = np.exp(self.D * u)
        grown = self.fading**2 * left * _integral(self.Omega, u) + self.across**2 * _integral(-self.D, u)
        return -self.fading * self.r / h * fade, self.fading / h * fade, np.ones_like(u), 1 / np.sqrt(left + grown)


def normal_form(a0: np.ndarray, w0: np.ndarray, beta: np.ndarray, eta_a: float, eta_w: float) -> NormalForm:
    """Bring a start into normal form.

    Args:
        a0: Readout ().
        w0: First layer (d,).
        beta: Target (d,).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        The start at unit rates, see `NormalForm`.

    Raises:
        ValueError: If shapes do not fit or a rate is not above 0.

    Source: theory.md, section 1.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    check_vectors(a0, w0, beta)
    k, g = (eta_w / eta_a) ** 0.25, eta_a**0.5 * eta_w**0.5
    p, q = float(a0) * k, w0 / k
    s = float(np.linalg.norm(beta))
    # a target of zero has no direction, and needs none
    unit = beta / s if s else np.zeros_like(beta)
    along = float(q @ unit)
    across_vector = q - along * unit
    # subtract once more, so that the remainder is orthogonal to b to the last digit
    across_vector -= (across_vector @ unit) * unit
    size = float(np.linalg.norm(q))
    D = (abs(p) - size) * (abs(p) + size)
    Omega = float(np.hypot(D, 2 * s))
    r = 2 * s / (Omega + abs(D)) if s else 0.0
    h = float(np.hypot(1.0, r))
    first, second = (p, along) if D >= 0 else (along, p)
    leading, fading = (first + r * second) / h, (second - r * first) / h
    p_weight, along_weight = (1.0, r) if D >= 0 else (r, 1.0)
    # D, and with it r, is known to a rounding of p^2 + |q|^2
    doubt = p_weight * abs(p) + along_weight * float(np.abs(q) @ np.abs(unit))
    doubt += r * abs(second) * (p * p + size * size) / (Omega or 1.0)
    on_separatrix = s > 0 and abs(leading) * h <= ROUNDING * doubt
    # on the edge |across|^2 >= -D holds exactly, so a negative D that breaks this is a rounding of zero
    if on_separatrix and (D >= 0 or float(across_vector @ across_vector) < -D / 2):
        D, Omega, r = 0.0, 2 * s, 1.0
        fading, across_vector = (along - p) / 2**0.5, np.zeros_like(q)
    return NormalForm(
        k=k,
        g=g,
        s=s,
        D=D,
        Omega=Omega,
        r=r,
        p=p,
        along=along,
        across=float(np.linalg.norm(across_vector)),
        unit=unit,
        across_vector=across_vector,
        leading=leading,
        fading=fading,
        on_separatrix=on_separatrix,
    )


def _integral(rate: float, u: np.ndarray) -> np.ndarray:
    """Return integral_0^u e^(-rate v) dv at rate >= 0, which is u at rate 0."""
    return -np.expm1(-rate * u) / rate if rate else u

"""The QR code of an address, as a picture."""

from __future__ import annotations

import io

MAX_LENGTH = 1200
"""Largest number of letters of an address in a code; with more, its modules are too fine to scan across a room."""


def qr_code(address: str) -> str:
    """Return the SVG of the QR code of an address, dark on white in any theme, as scanners expect.

    Raises:
        ValueError: With a sentence, for an address that is too long.
    """
    import segno

    if len(address) > MAX_LENGTH:
        raise ValueError(
            f"This address has {len(address):,} letters, and a QR code that a phone reads across a room holds at most "
            f"{MAX_LENGTH:,}: drop kept runs, or share the link."
        )
    file = io.BytesIO()
    segno.make_qr(address, error="l").save(file, kind="svg", scale=4, light="white", xmldecl=False, title="QR code")
    return file.getvalue().decode()

"""A page with two map controls: a wide one in closed form, and a narrow one with a gap, in the sidebar.

`streamlit run tests/browser/apps/picker.py` shows it.
"""

import numpy as np
import streamlit as st
from starlette.routing import Route

WIDE, NARROW = "wide", "narrow"
STEEPEST = 170
"""Largest angle that this page accepts."""


def maps(mirrored=False):
    """Return S(0, infinity) of a single neuron, and the logarithm of a product, which is missing where it is too large.

    mirrored: reverses the columns of the first map.
    """
    from lazyrich.theory import final_kernel_distance
    from lazyrich.web.components.map_picker import Map, Mark

    delta, angle = np.linspace(-10, 10, 161), np.linspace(0, 180, 91)
    S = final_kernel_distance(0.01, np.cos(np.radians(angle))[:, None], delta)
    S = S[:, ::-1] if mirrored else S
    tau, balance = np.geomspace(0.01, 10, 31), np.linspace(-2, 2, 21)
    product = np.log10(tau) * np.ones((21, 1)) + balance[:, None]
    product[(tau > 1) & (balance[:, None] > 1.01)] = np.nan
    return {
        WIDE: Map(
            x=delta, y=angle, z=S, x_title="balance δ", y_title="initial angle", z_title="S(0, ∞)", x_symbol="δ",
            y_symbol="angle", z_symbol="S", y_unit="°", y_ticks=(0, 45, 90, 135, 180), contours=(0.1, 0.5, 0.9),
            marks=(Mark("balanced", (0, 0), (0, 180)), Mark("S → sin² φ", (-9.5,), (100,))),
        ),
        NARROW: Map(
            x=tau, y=balance, z=product, x_title="scale τ", y_title="balance δ", z_title="log τ + δ", x_symbol="τ",
            y_symbol="δ", z_symbol="sum", x_log=True, z_range=(-3, 2),
        ),
    }  # fmt: skip


def page() -> None:
    """Both maps, and the value that Python received from the browser, as text."""
    from lazyrich.web.components.map_picker import picker, read_pick

    shown = maps(st.session_state.get("mirrored", False))
    state = st.session_state.setdefault("at", {WIDE: (1.0, 90.0), NARROW: (0.1, 0.0)})
    counts = st.session_state.setdefault("counts", {"picks": 0, "refused": 0})

    def begin_again():
        st.session_state.update({"at": {WIDE: (1.0, 90.0), NARROW: (0.1, 0.0)}, "mirrored": False})
        counts.update({"picks": 0, "refused": 0})

    def take(name):
        picked = read_pick(st.session_state[f"map-{name}"], shown[name])
        if picked and picked[1] > STEEPEST:
            picked = None
        counts["picks" if picked else "refused"] += 1
        state[name] = picked or state[name]

    with st.sidebar:
        picker(shown[NARROW], state[NARROW], key="map-narrow", on_pick=lambda: take(NARROW))
        st.checkbox("Mirrored", key="mirrored")
        st.button("Back", on_click=lambda: state.update({WIDE: (1.0, 90.0), NARROW: (0.1, 0.0)}))
        st.button("Outside", on_click=lambda: state.update({WIDE: (12.0, 90.0)}))
        st.button("Begin again", on_click=begin_again)
    picker(shown[WIDE], state[WIDE], key="map-wide", on_pick=lambda: take(WIDE))
    for name in (WIDE, NARROW):
        st.text(f"{name}: {state[name]}")
    st.text(f"picks {counts['picks']}, refused {counts['refused']}")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    page()
else:
    from lazyrich.web.components import assets

    served = Route(f"{assets.base_path()}/lazyrich/static/{{version}}/{{name:path}}", assets.serve)
    app = st.App(__file__, routes=[served])

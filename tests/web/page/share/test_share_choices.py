"""The choices of the dialog Share in Streamlit's own test runner: the address shows the ticked parts."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lazyrich.web.page.share.page_view import PageView


def choices() -> None:
    """The choices of the dialog on a page of their own, whose view is kept in the session."""
    import streamlit as st

    from lazyrich.web.page.share.dialog import Offer, _choose

    charts = {"plane": "Neurons", "loss": "Loss"}
    offer = Offer("mine", "Mine", charts, {"tau": "τ", "delta": "δ", "seed": "Seed"}, link=str)
    st.session_state["view"] = _choose(offer)


def test_the_address_shows_the_ticked_parts_in_the_order_of_the_page() -> None:
    app = AppTest.from_function(choices).run()

    def chosen() -> PageView:
        assert not app.exception
        return app.session_state["view"]

    assert chosen() == PageView()
    app.toggle(key="mine.every").set_value(False).run()
    assert chosen() == PageView("page", frozenset(), ())
    app.button_group(key="mine.controls").set_value(["seed", "tau"]).run()
    assert chosen() == PageView("page", frozenset({"tau", "seed"}), ())
    app.button_group(key="mine.kind").set_value("figure").run()
    assert chosen().kind == "figure" and not app.toggle and "for a frame on a course page" in app.caption[0].value
    app.button_group(key="mine.charts").set_value(["loss", "plane"]).run()
    assert chosen() == PageView("figure", frozenset({"tau", "seed"}), ("plane", "loss"))


def shared() -> None:
    """A page with the button Share, whose address is as long as the test says."""
    import streamlit as st

    from lazyrich.web.page.share.dialog import Offer, share_button

    long, note = st.session_state["long"], st.session_state["note"]
    share_button(
        lambda: Offer("mine", "Mine", {"loss": "Loss"}, {}, lambda view: "http://a/?" + "x" * long, note), "go"
    )


@pytest.mark.parametrize(("long", "note"), [(20, ""), (20, "Others see drawn data."), (5000, "")])
def test_an_address_is_offered_as_link_and_frame_and_as_a_picture_where_a_phone_can_read_it(
    long: int, note: str
) -> None:
    app = AppTest.from_function(shared)
    app.session_state["long"], app.session_state["note"] = long, note
    app.run()
    assert not app.code
    app.button(key="go").click().run()
    assert not app.exception and app.code[0].value == "http://a/?" + "x" * long
    assert app.code[1].value.startswith("<iframe src=")
    captions = [caption.value for caption in app.caption]
    assert (note in captions) == bool(note) and bool(app.get("download_button")) == (long < 1000)
    assert any("QR" in caption or "phone" in caption for caption in captions) == (long > 1000)

"""Presets of a page: a button for each, the sentence of the current one, and their settings for previews."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.experiments.common.preset import Preset
from lazyrich.serving.progress import about, estimate
from lazyrich.web.server.wiring import pool

OWN_SETTING: Final = "Your own setting. A button above goes back to a known one."

CHARACTERS: Final = 42
"""Approximate number of characters in a line of the sidebar."""

MAX_LINES: Final = 8
"""Largest number of lines for which the style sheet has a height."""


def showing(presets: Sequence[Preset[Any]], config: Config) -> Preset[Any] | None:
    """Return the preset with this config, if there is one."""
    return next((preset for preset in presets if preset.config == config), None)


def draw_presets(
    presets: Sequence[Preset[Any]], config: Config, trained: Config, key: str, on_take: Callable[[Preset[Any]], None]
) -> None:
    """Draw the buttons and, below them, the sentence of the current preset and the time of training.

    Args:
        presets: In the order of their buttons.
        config: Settings of the page.
        trained: Config that is trained for them, perhaps on a visitor's own data.
        key: Key of the buttons.
        on_take: Called with the preset whose button was clicked, before the page runs again.
    """
    names = {preset.name: preset for preset in presets}
    shown = showing(presets, config)
    st.session_state[key] = shown.name if shown else None

    def take() -> None:
        # Clicking the chosen button again deselects it; load the same preset again.
        on_take(names[st.session_state[key] or (shown.name if shown else presets[0].name)])

    st.pills("Start from", list(names), key=key, on_change=take, label_visibility="collapsed")
    look = shown.observation if shown else OWN_SETTING
    if shown and trained.own:
        # the sentence of a preset describes its own, drawn task
        look = f"The settings of “{shown.name}” on your own data."
    # As high as the longest sentence, so that sliders do not move under the pointer when the sentence changes.
    longest = max(len(text) for text in (*(preset.observation for preset in presets), OWN_SETTING))
    with st.container(key=f"preset-look-{min(math.ceil(longest / CHARACTERS), MAX_LINES)}"):
        st.caption(look)
    st.caption(f"Training takes {about(estimate(trained, pool().limits.run_frames))}.")


def offered(presets: Sequence[Preset[Any]], config: Config, own_data: bool, key: str) -> dict[str, Any]:
    """Return the presets for which the browser may request a preview when they are clicked.

    Returns:
        "buttons": selector of the buttons; "names" of the presets and of the one "shown"; "settings": name of a preset
        -> its settings, for presets that change nothing but settings of previews. It is empty for a visitor's own data,
        as their sizes differ from the presets'.
    """
    shown = showing(presets, config)
    parameters = config.parameters()
    settings = {}
    for preset in presets:
        there, wanted = (one.model_dump(mode="json") for one in (config, preset.config))
        differing = {name for name in wanted if wanted[name] != there[name]}
        if all(parameters[name].preview for name in differing):
            settings[preset.name] = {name: wanted[name] for name in wanted if parameters[name].preview}
    return {
        "buttons": f".st-key-{key.replace('.', '-')} button",
        "names": [preset.name for preset in presets],
        "shown": shown.name if shown else None,
        "settings": {} if own_data else settings,
    }

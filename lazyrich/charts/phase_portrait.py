"""The charts of a phase portrait that is being computed: a map at each of its times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lazyrich.experiments.phase_portrait import PhasePortrait

Chart = dict[str, Any]


def phase_portrait(config: PhasePortrait) -> tuple[Chart, ...]:
    """What the page shows of a portrait with these times."""
    times = [f"{steps:,} steps" for steps in config.at]
    heat = {
        "kind": "heat", "x": "x", "y": "y", "x_title": config.x, "y_title": config.y, "labels": times,
        "arms": False, "upward": True,
    }  # fmt: skip
    return (
        heat | {"id": "kernel", "title": "Kernel distance S", "array": "kernel_distance", "place": "middle"},
        heat | {"id": "test", "title": "Test loss", "array": "test_loss", "place": "right", "log": True},
    )

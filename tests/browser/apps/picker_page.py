"""The page of picker.py in a test: its server, its two maps, and the positions of boxes on it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from harness.server import ROOT, Server, free_port


class AppServer(Server):
    """`streamlit run` of a page of the tests."""

    def __init__(self, app: Path, log: Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = log
        command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true"]
        command += [f"--server.port={self.port}", "--server.address=127.0.0.1"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=out,
                stderr=subprocess.STDOUT,
            )


class Picker:
    """One of the two maps of a page, with its dot and its numbers."""

    def __init__(self, page: Page, name: str):
        self.page, self.name = page, name
        self.node = page.locator(f".st-key-map-{name}").get_by_test_id("picker")
        self.surface = self.node.get_by_role("application")
        self.surface.wait_for(timeout=30_000)

    @property
    def at(self) -> tuple[float, float]:
        return tuple(float(self.node.get_attribute(f"data-{name}")) for name in "xy")

    @property
    def box(self) -> dict[str, float]:
        return self.surface.bounding_box()

    @property
    def dot(self) -> tuple[float, float]:
        """Return the dot's centre, as shares of the plot area from its lower left corner."""
        boxes = self.node.evaluate(
            """node => ['.dot', '.surface'].map((selector) => {
                const { x, y, width, height } = node.querySelector(selector).getBoundingClientRect();
                return { x, y, width, height };
            })"""
        )
        return place_in(*boxes)

    def pixel(self, right: float, up: float) -> tuple[float, float]:
        box = self.box
        return box["x"] + right * box["width"], box["y"] + (1 - up) * box["height"]

    def on_page(self) -> tuple[float, float]:
        """Return the dot's value in Python, as the page prints it."""
        return ast.literal_eval(self._line().inner_text().split(": ")[1])

    def settles(self, x: float, y: float) -> None:
        """Wait until the dot has this value in Python and in the browser."""
        expect(self._line()).to_have_text(f"{self.name}: ({x}, {y})")
        self.shows(x, y)

    def shows(self, x: float, y: float) -> None:
        """Wait until the dot has this value in the browser."""
        expect(self.node).to_have_attribute("data-x", f"{x:g}")
        expect(self.node).to_have_attribute("data-y", f"{y:g}")

    def _line(self) -> Locator:
        return self.page.get_by_test_id("stText").filter(has_text=f"{self.name}:")


def counts(page: Page, picks: int, refused: int = 0) -> None:
    expect(page.get_by_text(f"picks {picks}, refused {refused}")).to_be_visible()


def place_in(dot, box):
    """Return the centre of a dot in a box, as shares of the box from its lower left corner."""
    x, y = dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2
    return (x - box["x"]) / box["width"], 1 - (y - box["y"]) / box["height"]


def within(box, frame):
    """Whether a box on the page lies within another, to a pixel."""
    return (
        box["x"] >= frame["x"] - 1
        and box["y"] >= frame["y"] - 1
        and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1
    )


def apart(one, other):
    """Whether two boxes on the page do not overlap, to a pixel."""
    return (
        min(one["x"] + one["width"], other["x"] + other["width"]) <= max(one["x"], other["x"]) + 1
        or min(one["y"] + one["height"], other["y"] + other["height"]) <= max(one["y"], other["y"]) + 1
    )

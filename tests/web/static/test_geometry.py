"""Geometry of pictures as numbers: layouts, projections, spectra."""

from __future__ import annotations

import numpy as np
import pytest

from harness.node import evaluate


@pytest.mark.parametrize("size", [(366, 366), (366, 549), (425, 433), (590, 433), (900, 300), (280, 900)])
def test_filters_are_as_large_as_the_place_allows_and_each_is_found_where_it_is(size: tuple[int, int]) -> None:
    layouts = evaluate(
        """
            const {HEADING, ImagesLayout} = await import(`${STATIC}/charts/images/images_layout.js`);
            const size = argument;
            return [1, 2, 3, 4, 5, 6].map((networks) => {
                const layout = new ImagesLayout([networks, 16, 1, 7, 7], size, 1);
                const pick = (_, i) => ({network: Math.floor(i / 16), filter: i % 16});
                const picks = Array.from({length: 16 * networks}, pick);
                const corners = picks.map((pick) => layout.at(pick));
                const last = layout.cell - 1;
                const found = corners.map(({x, y}) => [[0, 0], [last, last], [last + 1.5, 0], [0, -2]]
                    .map(([right, down]) => layout.find(x + right, y + down)));
                return [corners.map(({x, y}) => [x, y]), found, layout.cell];
            });
        """,
        list(size),
    )
    for networks, (corners, found, cell) in enumerate(layouts, start=1):
        at = np.array(corners)
        assert at.min() >= 0
        assert (at.max(axis=0) + cell <= size).all()
        apart = np.abs(at[:, None] - at[None]).max(axis=-1) + cell * np.eye(len(at))
        assert apart.min() >= cell, "filters overlap"
        for i, (first, last, beside, above) in enumerate(found):
            assert first == last == {"network": i // 16, "filter": i % 16}
            assert beside is None
            assert above is None
        # 3 px between filters and at the edges, 20 px between blocks, 27 px for a heading: in any number of columns
        widest = []
        for columns in range(1, networks + 1):
            rows = -(-networks // columns)
            wide = (size[0] - 6 - 20 * (columns - 1)) / columns
            high = (size[1] - 6 - 20 * (rows - 1)) / rows - 27
            widest.append((min(wide, high) - 9) / 4)
        assert cell == int(max(widest))


@pytest.mark.parametrize("networks", [1, 3, 4, 6])
def test_each_arrow_leads_to_the_nearest_filter_on_that_side_or_nowhere(networks: int) -> None:
    corners, beside = evaluate(
        """
            const {ImagesLayout} = await import(`${STATIC}/charts/images/images_layout.js`);
            const layout = new ImagesLayout([argument, 16, 1, 7, 7], [400, 400], 1);
            const pick = (_, i) => ({network: Math.floor(i / 16), filter: i % 16});
            const picks = Array.from({length: 16 * argument}, pick);
            return [picks.map((pick) => layout.at(pick)).map(({x, y}) => [x, y]), picks.map((pick) =>
                [[1, 0], [-1, 0], [0, 1], [0, -1]].map((way) => layout.beside(pick, ...way)))];
        """,
        networks,
    )
    at = np.array(corners)
    for i, ways in enumerate(beside):
        for (axis, sign), to in zip([(0, 1), (0, -1), (1, 1), (1, -1)], ways, strict=True):
            ahead = sign * (at[:, axis] - at[i, axis])
            there = np.flatnonzero((at[:, 1 - axis] == at[i, 1 - axis]) & (ahead > 0))
            nearest = int(there[ahead[there].argmin()]) if len(there) else i
            assert 16 * to["network"] + to["filter"] == nearest


def test_the_spectrum_is_the_fourier_transform_among_zeros() -> None:
    filters = np.random.default_rng(0).normal(size=(2, 3, 7, 7)).astype(np.float32)
    seen = evaluate(
        """
            const {spectrum} = await import(`${STATIC}/charts/images/spectrum.js`);
            return [...spectrum(Float32Array.from(argument), 147, [3, 7])];
        """,
        [float(value) for value in filters.ravel()],
    )
    transform = np.fft.fftshift(np.fft.fft2(filters[1].astype(float), s=(21, 21)), axes=(-2, -1))
    expected = np.sqrt((np.abs(transform) ** 2).sum(axis=0))
    assert np.reshape(seen, (21, 21)) == pytest.approx(expected, rel=1e-9)


def test_the_body_of_revolution_fits_from_every_side() -> None:
    outside = evaluate(
        """
        const {Camera, Projection} = await import(`${STATIC}/charts/space/projection.js`);
        const outside = [];
        for (const size of [[480, 480], [330, 330], [700, 400]]) for (let k = 0; k < 200; k++) {
            const camera = new Camera();
            camera.orbit(k * 0.7, (k % 40) * 0.08 - 1.6);
            const seen = new Projection({x: [-2, 2], y: [-2, 2], z: [-1, 1]}, camera, size);
            for (let j = 0; j < 36; j++) for (const z of [-1, 0.2, 1]) {
                const at = seen.at(2 * Math.cos(j), 2 * Math.sin(j), z);
                if (!(at.x >= 0 && at.y >= 0 && at.x <= size[0] && at.y <= size[1])) outside.push([k, j, z, at]);
            }
        }
        return outside;""",
    )
    assert outside == []


def test_straight_lines_stay_straight_and_depths_are_ordered() -> None:
    bend, order = evaluate(
        """
        const {Camera, Projection} = await import(`${STATIC}/charts/space/projection.js`);
        const seen = new Projection({x: [-2, 2], y: [-2, 2], z: [-1, 1]}, new Camera(), [480, 480]);
        const line = [0, 0.25, 0.5, 1].map((s) => seen.at(-1.5 + 3 * s, 1 - 2 * s, -0.8 + s));
        const [a, b] = [line[0], line[3]];
        const bend = Math.max(...line.map((p) => Math.abs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x))));
        // the camera stands on the side of both first axes
        return [bend, [seen.at(2, 2, 0).near, seen.at(0, 0, 0).near, seen.at(-2, -2, 0).near]];""",
    )
    assert bend < 1e-6
    assert order[0] > order[1] > order[2] > 0


@pytest.mark.parametrize("reach", [0.0123, 0.85, 1.0, 1.31, 47.2, 101.0])
def test_the_floor_has_a_round_radius_that_holds_the_range(reach: float) -> None:
    low, high = evaluate(
        """
        const {roundRange} = await import(`${STATIC}/charts/space/space_axes.js`);
        const range = [-argument, argument];
        return roundRange({x: range, y: range, z: range}).x;""",
        reach,
    )
    assert low == -high
    assert reach * (1 - 1e-6) <= high <= 1.1 * reach
    assert float(f"{high:.2g}") == high

"""A chart of a path in space by itself on a page of live_chart_server."""

CONE = """
    const around = Array.from({length: 41}, (_, j) => 2 * Math.PI * j / 40);
    const rings = Array.from({length: 21}, (_, i) => i / 20);
    const grid = (f) => rings.map((r) => around.map((angle) => f(r * Math.cos(angle), r * Math.sin(angle), r)));
    const sheet = (side) => ({
        x: grid((x) => x), y: grid((x, y) => y), z: grid((x, y, r) => side * r),
        colour: grid((x, y, r) => ((side * r * x - 1) ** 2 + (side * r * y) ** 2) / 2),
    });
    const range = {x: [-1.05, 1.05], y: [-1.05, 1.05], z: [-1.05, 1.05]};
"""

SCENE = (
    CONE
    + """
    const {SpaceChart} = await import("/static/charts/space/space.js");
    const {RunLog} = await import("/static/stream/run_log.js");
    // a spiral up the cone
    const frames = Array.from({length: 60}, (_, k) => [k, k / 10, ...[0, 1].map((c) =>
        (0.3 + k / 100) * (c ? Math.sin : Math.cos)(2 - k / 60)), 0.3 + k / 100]);
    const log = new RunLog("one");
    log.open({columns: ["step", "time", "u", "v", "a"], arrays: [], expected: 60, config: {}, chart_data: {
        sheets: [sheet(1), sheet(-1)], space_range: range, space_lines: [],
        space_points: [{label: "minimum", role: "minimum", x: 1, y: 0, z: 1}],
    }});
    log.append({status: "finished", message: "", remedy: {}, progress: 1, first: 0, count: 60,
        verdicts: frames.map(() => "")}, Float32Array.from(frames.flat()));
    const theme = {key: "light", text: "rgb(0, 0, 0)", muted: "rgb(90, 90, 90)", line: "rgb(160, 160, 160)",
        grid: "rgb(230, 230, 230)", background: "rgb(255, 255, 255)", font: "sans-serif", dark: false};
    window.scene = (upTo) => {
        const current = {log, upTo, key: "current", label: "one", colour: "#ff0000"};
        return {current, kept: [], ghost: null, runs: [current], theme, colours: {ghost: "#9aa0a6"}};
    };
    document.body.innerHTML = "<div class='live-run'></div>";
    const chart = new SpaceChart({kind: "space", id: "space", title: "Space", columns: ["u", "v", "a"],
        axes: ["u", "v", "a"]});
    document.querySelector(".live-run").append(chart.node);
    chart.frame.style = "position: relative; width: 400px; height: 400px";
    chart.plot.style = "position: absolute; inset: 0";
    chart.describe(window.scene(-1));
    chart.build({}, window.scene(-1));
    window.chart = chart;
    window.red = () => {
        const {data} = chart.layer.line.getImageData(0, 0, 400, 400);
        let red = 0;
        for (let i = 0; i < data.length; i += 4) red += data[i] > 200 && data[i + 1] < 60 && data[i + 3] > 60;
        return red;
    };
"""
)

// Actions of a visitor on a live chart. Its buttons, its keys and the controls beside the charts all call these.

import { SETTLE_AFTER } from "../stream/frame_loop.js";

/** @import { Settings, SliderSetting } from "../stream/messages.d.ts" */
/** @import { Keys } from "./keyboard.js" */
/** @import { LiveRun } from "./live_run.js" */
/** @typedef {ReturnType<typeof actionsOn>} Actions */

/**
 * The actions on a live chart, by name.
 *
 * @param {LiveRun} live
 */
export function actionsOn(live) {
  const { runs, player, loop } = live;

  /** @param {number} by */
  function step(by) {
    live.preview.yieldToRun();
    seek(player.cursor + by);
  }

  // While a preview is shown nothing plays that could be paused, so this starts the run.
  function toggle() {
    const wasPreview = live.preview.yieldToRun();
    if (!player.playing) player.play(runs.timeline);
    else if (!wasPreview) player.pause();
    live.updateText();
    loop.schedule();
    loop.settleAfter(SETTLE_AFTER);
  }

  /** @param {number} frame */
  function seek(frame) {
    live.preview.yieldToRun();
    player.seek(frame, runs.timeline);
    loop.schedule("paint");
  }

  /** @param {() => void} change */
  function speed(change) {
    change();
    live.updateText();
  }

  function stop() {
    if (!runs.current.log.ended) live.source.stop(runs.current.id);
  }

  // Request a stopped or failed run again; play one that trains or has finished from its start.
  function again() {
    const { status } = runs.current.log;
    if (!live.source.recorded && (status === "stopped" || status === "failed")) live.requestAgain();
    live.preview.yieldToRun();
    player.restart(live.reducedMotion.matches);
    live.repaint();
  }

  function seed() {
    const { header } = runs.current.log;
    if (header && !("seed" in header.config)) return; // nothing is drawn at random
    live.preview.choices.seed();
    live.request("new_seed");
  }

  /** @param {string} name */
  function preset(name) {
    live.preview.choices.preset(name);
    live.send("preset", { name, at: performance.now() });
  }

  /** @param {boolean} on */
  function sameScale(on) {
    live.view.grid.scale(on);
    live.refit();
  }

  /** @param {"time" | "step"} column */
  function along(column) {
    runs.along = column;
    player.clampCursor(runs.timeline);
    live.view.grid.each((chart) => chart.overTime && chart.rescale());
    live.refit();
  }

  function dismissGhost() {
    runs.dismissGhost();
    live.view.grid.each((chart) => (chart.mayShrink = true));
    loop.schedule("fit");
    live.repaint();
  }

  return {
    toggle,
    step,
    seek,
    first: () => seek(0),
    last: () => seek(runs.timeline.count - 1),
    scrubbed: () => loop.settleAfter(SETTLE_AFTER),
    speed: (/** @type {number} */ value) => speed(() => (player.speed = value)),
    changeSpeed: (/** @type {1 | -1} */ by) => speed(() => player.changeSpeed(by)),
    stop,
    again,
    seed,
    preset,
    /** @type {(name: string, setting: SliderSetting) => void} */
    slide: (name, setting) => live.send("slide", { ...setting, name }),
    onward: () => live.request("onward"),
    remedy: (/** @type {Settings} */ settings) => live.send("remedy", settings),
    dismissGhost,
    drop: (/** @type {string} */ id) => live.send("drop", { id, at: performance.now() }),
    sameScale,
    along,
    /** @type {(id: string, open: boolean) => void} */
    unfold: (id, open) => live.unfold(id, open),
  };
}

/**
 * The keys for these actions.
 *
 * @param {Actions} act
 * @param {boolean} recorded without a server, which some actions need
 * @returns {Keys}
 */
export function keysFor(act, recorded) {
  const stride = (/** @type {KeyboardEvent} */ event) => (event.shiftKey ? 10 : 1);
  return {
    " ": act.toggle,
    ArrowLeft: (event) => act.step(-stride(event)),
    ArrowRight: (event) => act.step(stride(event)),
    Home: act.first,
    End: act.last,
    "+": () => act.changeSpeed(1),
    "=": () => act.changeSpeed(1),
    "-": () => act.changeSpeed(-1),
    r: act.again,
    ...(recorded ? {} : { s: act.stop, n: act.seed }),
  };
}

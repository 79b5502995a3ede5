// The states of a live chart: every event in every state against tables written here by hand, and the player against
// two flags.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { PREVIEW } from "../../lazyrich/web/static/preview/states.js";
import { Player } from "../../lazyrich/web/static/stream/player.js";
import { CONNECTION, DRAWING, Machine, PLAYBACK } from "../../lazyrich/web/static/stream/states.js";
import { random } from "./support/logs.js";
import { part } from "./support/part.js";

/** @import { Table } from "../../lazyrich/web/static/stream/states.js" */
/** @import { Timeline } from "../../lazyrich/web/static/stream/timeline.js" */

/** @type {[name: string, table: Table<string, string>, written: string][]} */
const TABLES = [
  [
    "drawing",
    DRAWING,
    `
          show     load   fail    remove
  new     loading  -      -       gone
  loading loading  ready  broken  gone
  ready   ready    -      -       gone
  broken  broken   -      -       gone
  gone    gone     gone   gone    gone
  `,
  ],
  [
    "playback",
    PLAYBACK,
    `
            play     pause   seek    end    restart  follow
  playing   playing  paused  paused  ended  playing  following
  following playing  paused  paused  ended  playing  following
  paused    playing  paused  paused  -      playing  following
  ended     playing  ended   paused  -      playing  following
  `,
  ],
  [
    "line",
    CONNECTION,
    `
          answer  lose     outlast  refuse
  new     open    lost     -        -
  open    open    lost     -        -
  lost    open    lost     cut      unknown
  cut     open    cut      -        unknown
  unknown open    unknown  unknown  unknown
  `,
  ],
  [
    "preview",
    PREVIEW,
    `
           hold  choose    release   undo      end
  own      held  standing  own       own       own
  held     held  standing  standing  own       own
  standing held  standing  standing  standing  own
  `,
  ],
];

for (const [place, [name, table, written]] of TABLES.entries()) {
  const [events, ...rows] = written
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));

  test(`${name}: each event leads where the table says, or is an error that changes nothing`, () => {
    assert.deepEqual(
      Object.keys(table),
      rows.map(([state]) => state),
    );
    for (const [state, ...nexts] of rows) {
      for (const [i, event] of events.entries()) {
        const machine = new Machine(table, state);
        if (nexts[i] === "-") {
          assert.throws(() => machine.dispatch(event), { message: RegExp(`is ${state} has no ${event}; it has`) });
          assert.equal(machine.state, state);
        } else {
          assert.equal(machine.dispatch(event), nexts[i] !== state);
          assert.equal(machine.state, nexts[i]);
        }
      }
      assert.ok(Object.keys(table[state]).every((event) => events.includes(event)));
    }
  });

  test(`${name}: the picture for contributors has all transitions between two states`, () => {
    const guide = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
    const pictures = [...guide.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1]);
    const picture = pictures[4 + place]; // after four of the server
    const drawn = [...picture.matchAll(/^ *(\w+ --> \w+: \w+)$/gm)].map((match) => match[1]);
    const expected = [];
    for (const [state, legal] of Object.entries(table))
      for (const [event, next] of Object.entries(legal))
        if (next !== state) expected.push(`${state} --> ${next}: ${event}`);
    assert.deepEqual(drawn.sort(), expected.sort());
  });
}

test("a player goes as two flags say, whatever the visitor and the training do", () => {
  for (let seed = 0; seed < 300; seed++) {
    const next = random(seed);
    const player = new Player();
    const log = { count: 0, settled: false, chartData: {} };
    /** @type {Timeline} */
    const timeline = part(log); // the same object, whose numbers change
    let [playing, follow, cursor, now] = [true, false, -1, 0];
    const last = () => log.count - 1;
    const events = {
      frames: () => {
        if (!log.settled) log.count += Math.floor(3 * next());
      },
      settle: () => (log.settled = true),
      tick: () => {
        // 60 of them a second, so each moves by one frame at this speed
        now += 1000 / 60;
        const ended = player.ended;
        player.advance(now, timeline);
        if (playing && last() > cursor) cursor = follow ? last() : cursor + 1;
        const ends = playing && log.settled && cursor === last();
        if (ends) playing = false;
        assert.equal(player.ended, ends || (ended && !playing));
      },
      toggle: () => {
        if (player.playing) player.pause();
        else player.play(timeline);
        if (!playing && log.settled && cursor >= last()) cursor = -1;
        if (!playing) follow = false;
        playing = !playing;
      },
      seek: () => {
        const frame = Math.floor(next() * 12) - 1;
        player.seek(frame, timeline);
        if (log.count === 0) return; // there is nowhere to go
        cursor = Math.max(0, Math.min(frame, last()));
        playing = false;
      },
      restart: () => {
        follow = next() < 0.5;
        player.restart(follow);
        [playing, cursor] = [true, -1];
      },
    };
    /** @type {(keyof typeof events)[]} */
    const often = ["frames", "tick", "tick", "tick", "toggle", "seek"];
    for (let i = 0; i < 60; i++) {
      /** @type {(keyof typeof events)[]} */
      const some = next() < 0.1 ? ["settle", "restart"] : often;
      const event = some[Math.floor(some.length * next())];
      events[event]();
      assert.deepEqual([player.playing, player.cursor], [playing, cursor], `seed ${seed}, event ${i}: ${event}`);
    }
  }
});

// The states of a live chart: every event in every state against tables written here by hand, and the player against
// two flags.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { PREVIEW } from "../../lazyrich/web/static/preview/states.js";
import { Player } from "../../lazyrich/web/static/stream/player.js";
import { DRAWING, LINE, Machine, PLAYBACK } from "../../lazyrich/web/static/stream/states.js";

const TABLES = [
  [
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
    LINE,
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
    PREVIEW,
    `
           hold  choose    release   undo      end
  own      held  standing  own       own       own
  held     held  standing  standing  own       own
  standing held  standing  standing  standing  own
  `,
  ],
];

const NAMES = new Map([
  [DRAWING, "drawing"],
  [PLAYBACK, "playback"],
  [LINE, "line"],
  [PREVIEW, "preview"],
]);

for (const [table, written] of TABLES) {
  const [events, ...rows] = written
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));

  test(`${NAMES.get(table)}: each event leads where the table says, or is an error that changes nothing`, () => {
    assert.deepEqual(
      Object.keys(table),
      rows.map(([state]) => state),
    );
    for (const [state, ...nexts] of rows) {
      for (const [i, event] of events.entries()) {
        const machine = new Machine(table, state);
        if (nexts[i] === "-") {
          assert.throws(() => machine.happen(event), { message: RegExp(`is ${state} has no ${event}; it has`) });
          assert.equal(machine.state, state);
        } else {
          assert.equal(machine.happen(event), nexts[i] !== state);
          assert.equal(machine.state, nexts[i]);
        }
      }
      assert.ok(Object.keys(table[state]).every((event) => events.includes(event)));
    }
  });

  test(`${NAMES.get(table)}: the picture for contributors has all transitions between two states`, () => {
    const guide = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
    const pictures = [...guide.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1]);
    const picture = pictures[4 + TABLES.findIndex(([other]) => other === table)]; // after four of the server
    const drawn = [...picture.matchAll(/^ *(\w+ --> \w+: \w+)$/gm)].map((match) => match[1]);
    const expected = [];
    for (const [state, legal] of Object.entries(table))
      for (const [event, next] of Object.entries(legal))
        if (next !== state) expected.push(`${state} --> ${next}: ${event}`);
    assert.deepEqual(drawn.sort(), expected.sort());
  });
}

// A generator of numbers in [0, 1), the same ones in every run.
function numbers(seed) {
  let state = seed;
  return () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test("a player goes as two flags say, whatever the visitor and the training do", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = numbers(seed);
    const player = new Player();
    const log = { count: 0, settled: false, chartData: {} };
    let [playing, follow, cursor, now] = [true, false, -1, 0];
    const last = () => log.count - 1;
    const events = {
      frames: () => {
        if (!log.settled) log.count += Math.floor(3 * random());
      },
      settle: () => (log.settled = true),
      tick: () => {
        // 60 of them a second, so each moves by one frame at this speed
        now += 1000 / 60;
        const ended = player.ended;
        player.advance(now, log);
        if (playing && last() > cursor) cursor = follow ? last() : cursor + 1;
        const ends = playing && log.settled && cursor === last();
        if (ends) playing = false;
        assert.equal(player.ended, ends || (ended && !playing));
      },
      toggle: () => {
        if (player.playing) player.pause();
        else player.play(log);
        if (!playing && log.settled && cursor >= last()) cursor = -1;
        if (!playing) follow = false;
        playing = !playing;
      },
      seek: () => {
        const frame = Math.floor(random() * 12) - 1;
        player.seek(frame, log);
        cursor = Math.max(Math.min(0, last()), Math.min(frame, last()));
        playing = false;
      },
      restart: () => {
        follow = random() < 0.5;
        player.restart(follow);
        [playing, cursor] = [true, -1];
      },
    };
    const often = ["frames", "tick", "tick", "tick", "toggle", "seek"];
    for (let i = 0; i < 60; i++) {
      const seldom = random() < 0.1 ? ["settle", "restart"] : often;
      const event = seldom[Math.floor(seldom.length * random())];
      events[event]();
      assert.deepEqual([player.playing, player.cursor], [playing, cursor], `seed ${seed}, event ${i}: ${event}`);
    }
  }
});

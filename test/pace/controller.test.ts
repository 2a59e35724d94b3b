import fc from "fast-check";
import { expect, test } from "vitest";
import { aloneBatchMs, levels } from "../../src/core/pace/thresholds.ts";
import { noOrders, play, quiet, recorded, replay, statesOf, visited } from "./play.ts";

const MB = 1024 * 1024;
const follower = (bytes: number | null, seconds: number | null = null) => [{ name: "standby", bytes, seconds }];

test("with nobody there batches are long, and nothing rests", () => {
  const decisions = play([{ ms: 20_000, sees: quiet }]);
  expect(statesOf(decisions)).toEqual(["full speed"]);
  expect(decisions.every(({ alone, batchMs, rests }) => alone && batchMs === aloneBatchMs && rests === 0)).toBe(true);
});

test("idle, a burst and idle again, as a server showed it: fast, beside others, fast", () => {
  const looks = recorded("idle-burst-idle");
  const decisions = replay(looks.map((sample) => ({ sample, orders: noOrders })));
  expect(statesOf(decisions)).toEqual(["full speed", "steady", "full speed"]);
  const began = looks.find(({ busy }) => busy !== 0)?.at ?? 0;
  const slower = decisions.find(({ state }) => state === "steady")?.at ?? 0;
  // Three looks.
  expect(slower - began).toBeLessThan(1_500);
});

test("who polls once in ten seconds is no traffic; who is there at three looks in a row is", () => {
  const poll = [
    { ms: 9_800, sees: quiet },
    { ms: 200, sees: visited },
  ] as const;
  expect(statesOf(play([...poll, ...poll, ...poll]))).toEqual(["full speed"]);
  expect(
    statesOf(
      play([
        { ms: 10_000, sees: quiet },
        { ms: 600, sees: visited },
      ]),
    ),
  ).toEqual(["full speed", "steady"]);
});

test("others whom the role may not see are taken for people at work", () => {
  const decisions = play([{ ms: 30_000, sees: { busy: null, active: null, waiting: null, waitingForUs: null } }]);
  expect(statesOf(decisions)).toEqual(["steady"]);
  expect(decisions.at(-1)).toMatchObject({ alone: false, batchMs: 150, rests: 0 });
});

test("who waits for the run slows it, level by level, and once nobody does it is as fast as before, with patience", () => {
  const decisions = play([
    { ms: 2_000, sees: visited },
    { ms: 4_000, sees: { ...visited, waiting: 1, waitingForUs: 1 } },
    { ms: 16_000, sees: visited },
  ]);
  expect(statesOf(decisions)).toEqual(["steady", "slowed: waiting for us", "steady"]);
  const rests = decisions.map((each) => each.rests).filter((rest, place, all) => rest !== all[place - 1]);
  expect(rests).toEqual([0, 1, 2, 4, 9, 4, 2, 1, 0]);
  const slowest = decisions.filter(({ rests }) => rests === 9);
  // At least three seconds of good looks before it is faster again.
  expect((slowest.at(-1)?.at ?? 0) - 6_000).toBeGreaterThanOrEqual(2_600);
});

test("one look with somebody who waits changes nothing, and few who wait for others neither", () => {
  const blink = [
    { ms: 200, sees: { ...visited, waiting: 1, waitingForUs: 1 } },
    { ms: 1_000, sees: visited },
  ] as const;
  expect(statesOf(play([...blink, ...blink, ...blink]))).toEqual(["steady"]);
  expect(statesOf(play([{ ms: 10_000, sees: { ...visited, waiting: 2 } }]))).toEqual(["steady"]);
  expect(statesOf(play([{ ms: 10_000, sees: { ...visited, waiting: 3 } }]))).toEqual(["steady", "slowed: waiting"]);
});

test("between bad and good nothing changes: no level is gained, none is lost", () => {
  const decisions = play(
    [
      { ms: 3_000, sees: { ...visited, answerMs: 20 } },
      { ms: 20_000, sees: { ...visited, answerMs: 5 } },
    ],
    { known: { answerMs: 2 } },
  );
  const late = decisions.filter(({ at }) => at > 6_000);
  expect(new Set(late.map(({ rests }) => rests)).size).toBe(1);
  expect(late.at(-1)).toMatchObject({ state: "slowed", because: { signal: "answer" } });
});

test("others' sessions and the run share the processors where those are known, else they are compared with before", () => {
  const busy = { ...visited, busy: 4, active: 1 };
  const share = (processors: number | undefined, crowd?: number) =>
    play([{ ms: 10_000, sees: busy }], { known: { processors, crowd } }).at(-1);
  expect(share(8)).toMatchObject({ state: "steady" });
  expect(share(2)).toMatchObject({ state: "slowed", because: { signal: "load" } });
  // 1 + 1/2 of 2 is at the limit, 1 + 1/3 below it.
  expect(share(2)?.rests).toBe(1);
  expect(share(undefined)).toMatchObject({ state: "steady" });
  const crowded = { ...visited, busy: 4, active: 5 };
  expect(play([{ ms: 5_000, sees: crowded }], { known: { crowd: 1 } }).at(-1)).toMatchObject({
    because: { signal: "load" },
  });
  expect(play([{ ms: 5_000, sees: crowded }], { known: { crowd: 3 } }).at(-1)).toMatchObject({ state: "steady" });
});

test("a vacuum of the table slows by one level, forced checkpoints by two, and no further", () => {
  const vacuum = play([{ ms: 10_000, sees: { ...visited, vacuuming: true } }]);
  expect(vacuum.at(-1)).toMatchObject({ state: "slowed", rests: levels[1].rests });
  const checkpoints = play([
    { ms: 1_000, sees: visited },
    { ms: 20_000, sees: { ...visited, requestedCheckpoints: 1 } },
    { ms: 30_000, sees: { ...visited, requestedCheckpoints: 1 } },
  ]);
  expect(Math.max(...checkpoints.map(({ rests }) => rests))).toBe(levels[2].rests);
  expect(checkpoints.at(-1)).toMatchObject({ state: "steady" });
});

test("a replica that falls behind slows from half of the limit on, holds beyond it, and lets go at half of it again", () => {
  const behind = (bytes: number) => ({ ms: 3_000, sees: { followers: follower(bytes) } });
  const decisions = play([behind(0), behind(40 * MB), behind(70 * MB), behind(40 * MB), behind(10 * MB), behind(0)]);
  expect(statesOf(decisions.filter(({ at }) => at < 14_000))).toEqual([
    "full speed",
    "slowed: replica",
    "paused: replica",
    "slowed: replica",
  ]);
  const at = (ms: number) => decisions.find((each) => each.at >= ms);
  expect(at(8_800)?.because?.reason).toBe("replica 70 MB behind");
  expect(at(11_000)?.state).toBe("paused");
  expect(at(12_200)?.state).toBe("slowed");
});

test("a replica that was behind before holds nothing, unless a limit was given", () => {
  const sees = { followers: follower(900 * MB, 7_200) };
  expect(statesOf(play([{ ms: 5_000, sees }]))).toEqual(["full speed"]);
  expect(play([{ ms: 5_000, sees }], { known: { lag: { bytes: 64 * MB } } }).at(-1)?.state).toBe("paused");
  expect(play([{ ms: 5_000, sees }], { known: { lag: { seconds: 5 } } }).at(-1)?.because?.reason).toBe(
    "replica 7200 s behind",
  );
  expect(statesOf(play([{ ms: 5_000, sees }], { known: { lag: "off" } }))).toEqual(["full speed"]);
  expect(statesOf(play([{ ms: 5_000, sees: { followers: follower(null) } }]))).toEqual(["full speed"]);
});

test("an archiver that fails slows the run, and WAL that gathers for it holds it; failures from before do not count", () => {
  const archiver = { backlogBytes: 16 * MB, failures: 7, failing: true };
  const first = { archiver };
  const sees = (changes: Partial<typeof archiver>) => [{ ms: 10_000, sees: { archiver: { ...archiver, ...changes } } }];
  expect(statesOf(play(sees({}), { first }))).toEqual(["full speed"]);
  expect(play(sees({ failures: 9 }), { first }).at(-1)).toMatchObject({
    state: "slowed",
    rests: levels[4].rests,
    because: { signal: "archiver", reason: "archiving fails (2 times since the run began)" },
  });
  expect(play(sees({ backlogBytes: 200 * MB }), { first }).at(-1)?.state).toBe("slowed");
  expect(play(sees({ backlogBytes: 2_000 * MB }), { first }).at(-1)?.state).toBe("paused");
});

test("persons hold a run whatever its pace, and a condition that cannot be asked any more does as well", () => {
  for (const mode of ["auto", "full", "gentle"] as const) {
    const held = (orders: Parameters<typeof play>[0][number]["orders"]) =>
      play([{ ms: 1_000, sees: quiet, ...(orders === undefined ? {} : { orders }) }], { mode }).at(-1);
    expect(held({ bySignal: true })?.because?.signal).toBe("SIGUSR2");
    expect(held({ byFlag: true })?.because?.signal).toBe("flag");
    expect(held({ condition: true })?.because?.signal).toBe("--pause-when");
    expect(held({ condition: { failed: "42P01" } })?.because?.reason).toBe("--pause-when cannot be asked (42P01)");
    expect(held({ condition: false })?.state).not.toBe("paused");
  }
});

test("at full speed nothing but persons and a limit that was given is looked at", () => {
  const sees = {
    ...visited,
    waitingForUs: 5,
    waiting: 9,
    answerMs: 500,
    followers: follower(900 * MB),
    vacuuming: true,
  };
  expect(statesOf(play([{ ms: 10_000, sees }], { mode: "full", first: quiet }))).toEqual(["full speed"]);
  const known = { lag: { bytes: 64 * MB } };
  expect(play([{ ms: 10_000, sees }], { mode: "full", first: quiet, known }).at(-1)?.state).toBe("paused");
});

test("gently it yields from the beginning, with nobody there too, and slows down further where it is felt", () => {
  const decisions = play([{ ms: 30_000, sees: quiet }], { mode: "gentle" });
  expect(statesOf(decisions)).toEqual(["steady"]);
  expect(decisions.at(-1)).toMatchObject({ rests: levels[3].rests, batchMs: levels[3].batchMs, alone: false });
  const felt = play([{ ms: 3_000, sees: { ...visited, waitingForUs: 1 } }], { mode: "gentle" });
  expect(felt.at(-1)).toMatchObject({ state: "slowed", rests: levels[4].rests });
});

test("whatever is seen, a decision is one of the levels, and good times bring every run back to its speed", () => {
  const count = fc.option(fc.nat(20));
  const stretch = fc.record({
    ms: fc.integer({ min: 200, max: 5_000 }),
    sees: fc.record({
      answerMs: fc.double({ min: 0.1, max: 900, noNaN: true }),
      busy: count,
      active: count,
      waiting: count,
      waitingForUs: count,
      vacuuming: fc.option(fc.boolean()),
      requestedCheckpoints: fc.nat(3),
      followers: fc.option(fc.nat(200)).map((megabytes) => follower(megabytes === null ? null : megabytes * MB)),
    }),
  });
  const speeds = [...levels, { batchMs: aloneBatchMs, rests: 0 }];
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 8 }), fc.option(fc.constantFrom(2, 8)), (stretches, processors) => {
      const good = {
        ms: 60_000,
        sees: { ...quiet, requestedCheckpoints: stretches.at(-1)?.sees.requestedCheckpoints ?? 0 },
      };
      const known = { processors: processors ?? undefined };
      const decisions = play([...stretches, good], { first: quiet, known });
      for (const { batchMs, rests, state, because } of decisions) {
        expect(speeds).toContainEqual({ batchMs, rests });
        expect(because === undefined).toBe(state === "full speed" || state === "steady");
      }
      expect(decisions.at(-1)?.state).toBe("full speed");
    }),
  );
});

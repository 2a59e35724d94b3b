import { expect, test } from "vitest";
import { estimateMs } from "../../src/core/rehearse/estimate.ts";
import { judgeLimits } from "../../src/core/rehearse/limits.ts";
import { blockedBy, modeNamed, nameOfMode, stopsTraffic } from "../../src/core/rehearse/lock-modes.ts";
import { findStamps } from "../../src/core/rehearse/stamps.ts";

const step = (name: string, mode: string, heldMs: number, rewrites: readonly string[] = []) => ({
  run: "migrate" as const,
  migration: "m",
  name,
  rewrites,
  holds: [{ table: "public.calls", mode, heldMs }],
});

test("a lock counts against the limit only where traffic waits for it", () => {
  const steps = [
    step("batches", "RowExclusiveLock", 900),
    step("index", "ShareUpdateExclusiveLock", 900),
    step("check", "ShareRowExclusiveLock", 40.4),
  ];
  expect(judgeLimits({ maxLockMs: 50 }, { steps, runs: [] })).toEqual([
    { name: "max-lock", limit: 50, measured: 40, held: true, by: [] },
  ]);
  expect(judgeLimits({ maxLockMs: 39 }, { steps, runs: [] })).toEqual([
    { name: "max-lock", limit: 39, measured: 40, held: false, by: ["migrate: m, check (40 ms)"] },
  ]);
});

test("a forward run is as long as it is, or as it is expected to be on the target; a way back is no forward run", () => {
  const runs = [
    { name: "migrate" as const, durationMs: 100, estimateMs: 900 },
    { name: "drop" as const, durationMs: 300, estimateMs: null },
    { name: "rollback" as const, durationMs: 5000, estimateMs: 5000 },
  ];
  expect(judgeLimits({ maxDurationMs: 500 }, { steps: [], runs })).toEqual([
    { name: "max-duration", limit: 500, measured: 900, held: false, by: ["migrate (900 ms)"] },
  ]);
});

test("no limit is judged that nobody asked for", () => {
  expect(judgeLimits({}, { steps: [step("a", "AccessExclusiveLock", 9e9, ["public.calls"])], runs: [] })).toEqual([]);
});

test("what works on rows takes as much longer as there are more of them, and what changes the catalog does not", () => {
  const pair = (copy: number, target: number, bytes = 0) => ({
    copy: { rows: copy, bytes },
    target: { rows: target, bytes: bytes * 3 },
  });
  expect(estimateMs(105, [pair(100, 1000)], { readsRows: true })).toBe(1005);
  expect(estimateMs(105, [pair(100, 1000)], { readsRows: false })).toBe(105);
  expect(estimateMs(105, [pair(100, 50), pair(10, 40)], { readsRows: true })).toBe(405);
  // Never analysed: by bytes.
  expect(estimateMs(105, [pair(0, 0, 8192)], { readsRows: true })).toBe(305);
  expect(estimateMs(105, [], { readsRows: true })).toBe(105);
});

test("of the modes that a file names, the strongest counts", () => {
  expect(modeNamed("ACCESS EXCLUSIVE on contacts, then SHARE UPDATE EXCLUSIVE")).toBe("AccessExclusiveLock");
  expect(modeNamed("ROW EXCLUSIVE on calls")).toBe("RowExclusiveLock");
  expect(modeNamed("SHARE ROW EXCLUSIVE on calls")).toBe("ShareRowExclusiveLock");
  expect(modeNamed("ACCESS SHARE on calls")).toBeUndefined();
  expect(modeNamed("none on your tables")).toBeUndefined();
  expect(nameOfMode("ShareLock")).toBe("SHARE");
  expect([blockedBy("AccessExclusiveLock"), blockedBy("ShareLock")]).toEqual(["reads and writes", "writes"]);
  expect(["RowExclusiveLock", "ShareLock", "AccessExclusiveLock"].map(stopsTraffic)).toEqual([false, true, true]);
});

test("a trigger that writes the time, or counts, stamps a column; one that writes anything else does not", () => {
  const stamps = (source: string, routine = "touch", args = "", condition: string | null = null) =>
    findStamps([{ table: "public.t", name: "touch", routine, source, args, condition }]).map(({ column }) => column);
  expect(stamps("begin new.updated_at := now(); return new; end")).toEqual(["updated_at"]);
  expect(stamps("begin NEW.updated_at = CURRENT_TIMESTAMP; return new; end")).toEqual(["updated_at"]);
  expect(stamps("begin new.at := timezone('utc', now()); return new; end")).toEqual(["at"]);
  expect(stamps('begin new."Updated" := clock_timestamp(); return new; end')).toEqual(["Updated"]);
  expect(stamps("begin new.version := old.version + 1; return new; end")).toEqual(["version"]);
  expect(stamps("begin new.version := coalesce(old.version, 0) + 1; return new; end")).toEqual(["version"]);
  expect(stamps("", "moddatetime", "updated_at\\000")).toEqual(["updated_at"]);
  expect(stamps("begin new.email := lower(new.email); return new; end")).toEqual([]);
  expect(stamps("begin new.score := old.other + 1; return new; end")).toEqual([]);
  expect(stamps("begin new.total := old.total + 10; return new; end")).toEqual([]);
  expect(stamps("begin -- new.email := now();\n /* new.name := now(); */ return new; end")).toEqual([]);
  expect(stamps("begin if new.name = 'now()' then null; end if; return new; end")).toEqual([]);
});

test("what a trigger writes under a condition tells of something that happened, and is no stamp", () => {
  const stamps = (body: string, condition: string | null = null) =>
    findStamps([
      {
        table: "public.t",
        name: "touch",
        routine: "touch",
        args: "",
        condition,
        source: `begin ${body} return new; end`,
      },
    ]).map(({ column }) => column);
  for (const body of [
    "if new.status = 'gone' then new.deleted_at := now(); end if;",
    "if new.status is distinct from old.status then new.ended_at := now(); end if;",
    "if tg_op = 'UPDATE' then if new.done then new.done_at := now(); end if; end if;",
    "if new.live then null; else new.gone_at := now(); end if;",
    "if old.* is distinct from new.* then null; else new.same_at := now(); end if;",
    "case new.status when 'gone' then new.deleted_at := now(); else null; end case;",
    "if new.status = old.status then return new; end if; new.deleted_at := now();",
    "if new.status = 'live' then return new; end if; new.deleted_at := now();",
    "begin perform 1 / new.n; exception when others then new.failed_at := now(); end;",
    "new.expires_at := now() - new.kept_for;",
  ]) {
    expect([body, stamps(body)]).toEqual([body, []]);
  }
  expect(stamps("new.deleted_at := now();", "((new.status = 'gone'::text))")).toEqual([]);
  for (const body of [
    "if row(new.*) is distinct from row(old.*) then new.updated_at = now(); end if;",
    "if new is distinct from old then new.updated_at := now(); end if;",
    "if (old.* is distinct from new.*) then new.updated_at := now(); end if;",
    "if tg_op = 'UPDATE' and new.updated_at is not distinct from old.updated_at then new.updated_at := now(); end if;",
    "if new.status = 'gone' then new.status := 'x'; end if; new.updated_at := now();",
    "new.updated_at := now() at time zone 'utc';",
    "declare n integer := 1; begin new.updated_at := current_timestamp::timestamp with time zone; end;",
  ]) {
    expect([body, stamps(body)]).toEqual([body, ["updated_at"]]);
  }
  expect(stamps("new.updated_at := now();", "(old.* IS DISTINCT FROM new.*)")).toEqual(["updated_at"]);
});

import { expect, test } from "vitest";
import {
  listOtherDatabase,
  listSurroundingDifferences,
  listWorkDifferences,
} from "../../src/core/plan-document/differences.ts";
import type { PlanDocument, Work } from "../../src/core/plan-document/document.ts";
import { type Begun, isOwnDoing, nothingBegun, wordsOf } from "../../src/core/plan-document/own-doing.ts";
import { readPlanText, seal } from "../../src/core/plan-document/seal.ts";

const one = { name: "1_one", phase: 1 as const, effects: { callsLinked: 100, namesReplaced: 0 }, steps: [] };
const two = { name: "2_two", phase: 1 as const, effects: { contactsMerged: 7 }, steps: [] };

const document: PlanDocument = seal({
  command: "migrate" as const,
  at: "2026-02-09T17:00:00.000Z",
  target: { host: "db", port: 5432, database: "app", user: "deploy" },
  options: {
    to: null,
    phase3: false,
    only: null,
    with: [],
    force: null,
    onUnfixablePhone: "abort" as const,
    replaceView: false,
    reads: "warn" as const,
    allow: {},
    userTriggers: "refuse" as const,
    trustRoles: [],
  },
  tool: "0.2.0",
  server: 170004,
  database: { name: "app", oid: 5, systemIdentifier: "71", tables: { "public.calls": 10 } },
  engine: { version: 2, digest: "d", installed: null },
  story: [
    { name: "1_one", checksum: "a", state: "pending" as const },
    { name: "2_two", checksum: "b", state: "pending" as const },
  ],
  pending: [one, two],
  held: [{ name: "3_drop", codes: ["soak"], reasons: ["too early"] }],
  overridden: [],
  catchUp: null,
  catalog: {
    "table public.calls": "owner app",
    "index public.i": "CREATE INDEX i",
    "index public.own": "CREATE INDEX own",
  },
  sizes: [],
  look: {
    unfixableContacts: 0,
    obstacles: [],
    cautions: [],
    notTried: [],
    triggers: [],
    view: { former: null, further: [], madeAgain: [] },
    contactRoles: [],
    rolesWithoutContacts: [],
  },
});
const { pending, held, overridden, catchUp } = document;
const work: Work = { pending, held, overridden, catchUp };
const differences = (now: Partial<Work>, tolerance = 10, begun: Begun = nothingBegun) =>
  listWorkDifferences(document, { ...work, ...now }, { begun, tolerance });
const withCount = (callsLinked: number, namesReplaced = 0): Partial<Work> => ({
  pending: [{ ...one, effects: { callsLinked, namesReplaced } }, two],
});

test.each([
  [110, 10, true],
  [111, 10, false],
  [90, 10, true],
  [89, 10, false],
  [100, 0, true],
  [101, 0, false],
  [0, 100, true],
  [250, 150, true],
])("%i rows for a hundred that were planned, with %i per cent: let through is %s", (rows, tolerance, passes) => {
  expect(differences(withCount(rows), tolerance).length === 0).toBe(passes);
});

test("a count of zero does not move, and what was held stays held", () => {
  expect(differences(withCount(100, 1), 100_000)).toEqual([
    "1_one: namesReplaced: 1 rows, planned were 0, 100000 % may differ",
  ]);
  const drop = { name: "3_drop", phase: 3 as const, effects: { valuesArchived: 5 }, steps: [] };
  expect(differences({ pending: [one, two, drop], held: [] })).toEqual([]);
  expect(differences({ pending: [one, two, { ...drop, name: "4_other" }] })).toEqual([
    "4_other would run as well, and is not in the plan",
  ]);
  expect(differences({ pending: [two], held: [{ name: "1_one", codes: [], reasons: ["a", "b"] }] })).toEqual([
    "1_one would not run: a; b",
  ]);
});

test("another database is told by name, oid or server; a server that may not be asked is no difference", () => {
  const { database } = document;
  expect(listOtherDatabase(document, database)).toEqual([]);
  expect(listOtherDatabase(document, { ...database, systemIdentifier: null })).toEqual([]);
  expect(listOtherDatabase(document, { ...database, systemIdentifier: "72" })).toHaveLength(1);
  expect(listOtherDatabase(document, { ...database, name: "other", oid: 6 })).toHaveLength(1);
  expect(listOtherDatabase(document, { ...database, oid: 6 })).toHaveLength(1);
});

test("tool, server, engine, files, tables and catalog each are a difference of their own", () => {
  const told = listSurroundingDifferences(
    document,
    {
      ...document,
      tool: "0.3.0",
      server: 180001,
      engine: { ...document.engine, digest: "e" },
      story: [
        { name: "1_one", checksum: "c", state: "applied" },
        { name: "4_new", checksum: "d", state: "pending" },
      ],
      database: { ...document.database, tables: { "public.calls": 11 } },
      catalog: {
        "table public.calls": "owner eve",
        "index public.i": "CREATE INDEX i",
        "index public.j": "CREATE INDEX j",
      },
    },
    nothingBegun,
  );
  expect(told).toEqual([
    "ssot 0.2.0 made the plan, this is ssot 0.3.0",
    "PostgreSQL 17 was planned for, this is PostgreSQL 18",
    "the engine that this ssot brings is another one than planned",
    "migration 1_one: its file was changed",
    "migration 1_one: was pending, and is applied, not by this plan",
    "migration 2_two: its file is gone",
    "migration 4_new: its file was added",
    "table public.calls was made anew: its oid is 11, and was 10",
    "index public.j was added: CREATE INDEX j",
    "index public.own is gone: was CREATE INDEX own",
    "table public.calls was changed: was owner app; is owner eve",
  ]);
});

const begun: Begun = {
  names: ["1_one"],
  words: new Set(wordsOf("create index calls_new on public.calls; create view public.shown as select; -- calls notes")),
  ownWords: new Set(wordsOf("alter table pages")),
  journal: ["replaced_index", "shown"],
  undoWords: new Set(wordsOf("create index calls_old on public.calls")),
  backward: false,
  prefixes: ["warn_deprecated_writes", "ssot_"],
};

test.each([
  ["index public.calls_new", "added", true],
  ["index public.calls_new", "gone", false],
  ["index public.calls_old", "gone", true],
  ["index public.calls_old", "added", false],
  ["index public.replaced_index", "changed", true],
  ["index public.replaced_index_calls_2026", "added", true],
  ["trigger warn_deprecated_writes_x on public.calls", "added", true],
  ["trigger ssot_erase_deleted on public.calls", "added", true],
  ["view public.shown", "added", true],
  ["grant on public.shown to app", "added", true],
  ["index public.theirs", "added", false],
  ["table public.calls", "changed", false],
  ["grant on public.calls to eve", "added", false],
  ["column public.calls.notes", "changed", false],
  ["function public.theirs(a integer)", "changed", false],
  ["table public.pages", "changed", true],
] as const)("once a migration has begun, %s that is %s is its own doing: %s", (object, change, own) => {
  const planned = document.catalog;
  expect(isOwnDoing(object, { planned, change }, begun)).toBe(own);
  expect(isOwnDoing(object, { planned, change }, nothingBegun)).toBe(false);
});

test("what is taken back brings back and takes away in the other order", () => {
  const back = { ...begun, backward: true };
  const planned = document.catalog;
  expect(isOwnDoing("index public.calls_old", { planned, change: "added" }, back)).toBe(true);
  expect(isOwnDoing("index public.calls_new", { planned, change: "gone" }, back)).toBe(true);
  expect(isOwnDoing("index public.calls_new", { planned, change: "added" }, back)).toBe(false);
});

test("a sealed document is read again as it was, and any other value in it breaks the seal", () => {
  expect(readPlanText(JSON.stringify(document), "plan.json")).toEqual(document);
  for (const edit of [
    { ...document, at: "2026-02-09T17:00:00.001Z" },
    { ...document, pending: [] },
    { ...document, options: { ...document.options, trustRoles: ["eve"] } },
    { ...document, further: 1 },
  ])
    expect(() => readPlanText(JSON.stringify(edit), "plan.json")).toThrow("plan.json was edited");
});

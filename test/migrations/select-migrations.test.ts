import { expect, test } from "vitest";
import type { MigrationState } from "../../src/migrations/history.ts";
import { foundationsOf, selectForRollback } from "../../src/migrations/select-migrations.ts";
import type { Migration } from "../../src/model/migration.ts";

const some = { path: "", checksum: "", replaces: [], up: [], down: [] };
const migrations: readonly Migration[] = [
  { ...some, name: "1_link", phase: 1 },
  { ...some, name: "2_mark", phase: 1 },
  { ...some, name: "3_search", phase: 1, optional: "search" },
  { ...some, name: "4_drop", phase: 3, drops: "2_mark" },
  { ...some, name: "5_later", phase: 1 },
  { ...some, name: "6_latest", phase: 1 },
];

/** Applied in this order, an hour between. */
function statesAfter(...order: readonly string[]): readonly MigrationState[] {
  return migrations.map(({ name, phase }) => {
    const place = order.indexOf(name);
    if (place < 0) return { name, phase, state: "pending", appliedAt: null };
    return { name, phase, state: "applied", appliedAt: new Date(place * 3_600_000) };
  });
}

const taken = (states: readonly MigrationState[], options: { to?: string; all?: boolean } = {}) =>
  selectForRollback(migrations, states, { all: options.to === undefined, ...options }).map(({ name }) => name);

test.each([
  ["1_link", "2_mark", "4_drop", "5_later", "6_latest"],
  ["1_link", "2_mark", "5_later", "4_drop", "6_latest"],
  ["1_link", "2_mark", "5_later", "6_latest", "4_drop"],
  ["1_link", "2_mark", "3_search", "5_later", "4_drop"],
  ["1_link", "2_mark", "4_drop", "5_later", "3_search"],
])("applied as %s, %s, %s, %s, %s: taken back the other way round", (...order) => {
  expect(taken(statesAfter(...order))).toEqual(order.toReversed());
  expect(taken(statesAfter(...order), { all: false })).toEqual(order.slice(-1));
});

test("a month that began again does not put a deprecation above what stands on it", () => {
  const states = statesAfter("1_link", "5_later", "2_mark");
  expect(taken(states)).toEqual(["5_later", "2_mark", "1_link"]);
});

test("--to leaves what was applied before that migration, whatever the names", () => {
  const dropLast = statesAfter("1_link", "2_mark", "5_later", "4_drop");
  expect(taken(dropLast, { to: "5_later" })).toEqual(["4_drop"]);
  expect(taken(dropLast, { to: "4_drop" })).toEqual([]);
  expect(taken(dropLast, { to: "2_mark" })).toEqual(["4_drop", "5_later"]);
  expect(taken(statesAfter("1_link", "2_mark", "4_drop", "5_later"), { to: "4_drop" })).toEqual(["5_later"]);
});

test("what was begun and not finished goes first", () => {
  const states = statesAfter("1_link", "2_mark", "4_drop").map((state): MigrationState => {
    return state.name === "3_search" ? { ...state, state: "partial", interrupted: "migrate" } : state;
  });
  expect(taken(states)).toEqual(["3_search", "4_drop", "2_mark", "1_link"]);
});

test("Phase 1 waits for the file before it, a drop for all before it, and nobody for a drop or an optional one", () => {
  const needs = migrations.map((migration) => foundationsOf(migrations, migration).map(({ name }) => name));
  expect(needs).toEqual([[], ["1_link"], ["2_mark"], ["1_link", "2_mark"], ["2_mark"], ["5_later"]]);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { deprecate } from "../../src/core/deprecate/deprecate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { type Interrupted, type Interruption, interruptEverywhere } from "../crash/interruptions.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { tell } from "../support/draw.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

// Partitioned, under a key of two columns; one column that may not be null, one whose late rows are derived, and an index.
const setup = `
  create table public.users (id bigint primary key, name text not null);
  create table public.pages (site text not null, number integer not null, author_id bigint, title text, author_name text, state text not null default 'new',
    primary key (site, number)) partition by list (site);
  create table public.pages_a partition of public.pages for values in ('a');
  create table public.pages_rest partition of public.pages default;
  create index on public.pages (author_name);
  insert into public.users select n, 'User ' || n from generate_series(1, 50) as n;
  insert into public.pages select ('{a,b,c}'::text[])[n % 3 + 1], n, n % 50 + 1, 'Page ' || n, case when n % 5 > 0 then 'User ' || n % 50 + 1 end, 'state ' || n % 4
    from generate_series(1, 1500) as n`;

const folder = mkdtempSync(join(tmpdir(), "ssot-strain-"));
const told = { directory: folder, batchSize: 100, waitSeconds: 30 };
let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  const source = await createTestDatabase({ template: "empty" });
  await source.sql.unsafe(setup);
  await deprecate({
    target: targetOf(source.url),
    names: ["pages.author_name", "pages.state"],
    reason: "kept elsewhere",
    replacedBy: undefined,
    owner: undefined,
    quiet: undefined,
    notBefore: undefined,
    allow: {},
    derive: { author_name: "(select u.name from public.users as u where u.id = t.author_id)" },
    acceptsLoss: false,
    story: [],
    into: folder,
    newConfiguration: undefined,
    now: new Date(),
  });
  await migrate(migrateOptions(source.url, told));
  await source.sql`update ssot.ledger set run_on = run_on - interval '40 days'`;
  clones = await cloneable(source);
});
afterAll(async () => {
  await clones?.drop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  database = await clones.clone();
});
afterEach(() => database.drop());

const outside = () => snapshotDatabase(database.sql, { ignoreSchemas: ["ssot"] });
const drop = (interrupted: Partial<Interrupted> = {}) =>
  migrate(migrateOptions(database.url, { ...told, phase3: true, ...interrupted }));
const takeBack = (interrupted: Partial<Interrupted> = {}) =>
  rollback(rollbackOptions(database.url, { ...told, all: false, ...interrupted }));

test.each<Interruption>(["abort", "record", "terminate"])(
  "a drop and its way back, interrupted at every step (%s), end as if they had not been",
  async (how) => {
    const before = await outside();
    const everywhere = (start: (interrupted: Interrupted) => Promise<unknown>) =>
      interruptEverywhere(
        how,
        database.sql,
        start,
        async () => {},
        () => true,
      );
    expect((await everywhere(drop)).length).toBeGreaterThanOrEqual(4);
    const [left] = await database.sql`select count(*)::integer as n from pg_attribute
      where attrelid = 'public.pages'::regclass and attname in ('author_name', 'state') and not attisdropped`;
    expect(left).toEqual({ n: 0 });
    expect((await everywhere(takeBack)).length).toBeGreaterThanOrEqual(5);
    expect(differences(before, await outside())).toEqual([]);
  },
);

test("a drop that was interrupted at any step can be taken back", async () => {
  const before = await outside();
  const places = await interruptEverywhere(
    "abort",
    database.sql,
    drop,
    async () => {
      await takeBack();
      expect(differences(before, await outside())).toEqual([]);
    },
    () => true,
  );
  expect(places.length).toBeGreaterThanOrEqual(4);
});

/** One application over its own connection, that keeps what it was told is done. */
async function work(url: string, lane: number, until: () => boolean) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const done = new Map<number, string | null>();
  const failures: string[] = [];
  let longest = 0;
  for (let n = 0; !until(); n += 1) {
    const number = 10_000 + lane * 100_000 + n;
    const began = performance.now();
    try {
      await sql`insert into public.pages (site, number, author_id, title) values ('a', ${number}, ${(n % 50) + 1}, 'first')`;
      done.set(number, "first");
      if (n % 3 === 0) {
        await sql`update public.pages set title = 'second' where site = 'a' and number = ${number}`;
        done.set(number, "second");
      }
      if (n % 7 === 0) {
        await sql`delete from public.pages where site = 'a' and number = ${number}`;
        done.set(number, null);
      }
    } catch (error) {
      failures.push(String(error));
    }
    longest = Math.max(longest, performance.now() - began);
    await sleep(5);
  }
  await sql.end();
  return { done, failures, longest };
}

test("while applications write, no write is lost, and every value comes back or is derived", async () => {
  const before =
    await database.sql`select site, number, title, author_name, state from public.pages order by site, number`;
  let isOver = false;
  const lanes = [1, 2, 3, 4].map((lane) => work(database.url, lane, () => isOver));
  await sleep(300);
  // Applications leave the columns out by now; what they get by default counts as nobody's write.
  await drop();
  await sleep(300);
  await takeBack();
  await sleep(300);
  isOver = true;
  const ended = await Promise.all(lanes);
  expect(ended.flatMap(({ failures }) => failures)).toEqual([]);
  tell(
    `a stranger's table under traffic: ${ended.reduce((n, { done }) => n + done.size, 0)} rows written, longest wait ${Math.max(...ended.map(({ longest }) => longest)).toFixed(0)} ms`,
  );
  const rows = await database.sql<
    { number: number; title: string; author_name: string | null; state: string; name: string }[]
  >`
    select p.number, p.title, p.author_name, p.state, u.name from public.pages as p left join public.users as u on u.id = p.author_id where p.number >= 10000`;
  const there = new Map(rows.map((row) => [row.number, row.title]));
  for (const { done } of ended)
    for (const [number, title] of done) expect(there.get(number) ?? null, `row ${number}`).toBe(title);
  expect(
    rows.filter(({ author_name: author, state, name }) => ![name, null].includes(author) || state !== "new"),
  ).toEqual([]);
  expect(rows.some(({ author_name: author }) => author !== null)).toBe(true);
  expect(
    await database.sql`select site, number, title, author_name, state from public.pages where number < 10000 order by site, number`,
  ).toEqual(before);
});

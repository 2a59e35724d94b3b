import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { snapshotOutside } from "../crash/equal-databases.ts";
import { holdAt, installPoints, listPoints, untilHeld } from "../crash/hold-points.ts";
import { cases } from "../export/plain-case.ts";
import { plainFiles, routes } from "../export/routes.ts";
import type { Clones } from "../promises/clones.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let clones: Clones;
let original: string;
let migrated: string;

beforeAll(async () => {
  clones = (await cases.dirty?.()) ?? expect.unreachable();
  const database = await clones.clone();
  original = await snapshotDatabase(database.sql);
  await migrate(migrateOptions(database.url));
  migrated = await readState(database);
  await database.drop();
});

afterAll(() => clones.drop());

let database: TestDatabase;

// Only a table of 64 MB has portions of its own accord, each a fiftieth of it.
beforeEach(async () => {
  database = await clones.clone();
  onTestFinished(() => database.drop());
  await setPortion(5);
});

const setPortion = (rows: number) => database.sql.unsafe(`alter database ${database.name} set ssot.portion = ${rows}`);

/** All that is outside the tool's schema, but for the setting that makes the portions small. */
async function readState(of: TestDatabase): Promise<string> {
  const lines = (await snapshotOutside(of)).split("\n");
  return lines.filter((line) => !line.includes("ssot.portion")).join("\n");
}

/** How often somebody has vacuumed calls, as the server counts it. */
async function countVacuums(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select vacuum_count::integer as n from pg_catalog.pg_stat_all_tables where relid = 'public.calls'::regclass`;
  return row?.n ?? 0;
}

test("in portions, with calls vacuumed between, the rows end the same, and are taken back to the same", async () => {
  const { url } = database;
  await migrate(migrateOptions(url));
  const afterMigrate = await countVacuums();
  expect(afterMigrate).toBeGreaterThan(3);
  expect(await readState(database)).toBe(migrated);

  await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate(migrateOptions(url, { phase3: true }));
  const afterDrop = await countVacuums();
  expect(afterDrop).toBeGreaterThan(afterMigrate + 3);
  await rollback(rollbackOptions(url, { all: false, to: "20260209000400" }));
  const afterPhase3 = await countVacuums();
  expect(afterPhase3).toBeGreaterThan(afterDrop + 3);

  const { rolledBack } = await rollback(rollbackOptions(url));
  expect(rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
  expect(await countVacuums()).toBeGreaterThan(afterPhase3 + 3);
  // All rows are as they were; the columns that went and came stand at the end of the table.
  const rows = (snapshot: string): string[] => snapshot.split("\n").filter((line) => line.startsWith("row "));
  expect(rows(await snapshotDatabase(database.sql))).toEqual(rows(original));
});

test("a call that was linked twice is taken back twice, the last link first", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  // Its contact gets another number, somebody else has the old one, and the link is gone.
  const [call] = await sql<{ id: string; contact: string; number: string }[]>`
    select c.id, c.contact_id as contact, k.phone as number
    from ssot.journal as j join public.calls as c using (id) join public.contacts as k on k.id = c.contact_id
    where j.task = 'calls.contact_id' and j.old is null
      and not exists (select from ssot.journal as p where p.task = 'contacts.phone' and p.id = k.id)
    order by j.seq limit 1`;
  if (call === undefined) throw new Error("no call was linked");
  await sql`update public.contacts set phone = '+12125550199' where id = ${call.contact}`;
  await sql`
    insert into public.contacts (org_id, name, phone)
    select org_id, 'Somebody Else', ${call.number} from public.contacts where id = ${call.contact}`;
  await sql`update public.calls set contact_id = null where id = ${call.id}`;
  expect(await migrate(migrateOptions(url))).toMatchObject({ caughtUp: expect.any(Number) });
  expect(await sql`select seq from ssot.journal where task = 'calls.contact_id' and id = ${call.id}`).toHaveLength(2);
  const { rolledBack } = await rollback(rollbackOptions(url, { batchSize: 1 }));
  expect(rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
  expect(await sql`select contact_id from public.calls where id = ${call.id}`).toEqual([{ contact_id: null }]);
});

test("an export has no portions: VACUUM is refused inside a transaction", async () => {
  const files = await plainFiles();
  await routes["all files in one transaction"]?.(database, files);
  expect(await countVacuums()).toBe(0);
  expect(await readState(database)).toBe(migrated);
});

test("where somebody else vacuums calls, the run goes on without, and tells nothing", async () => {
  // Each portion waits for as long as an autovacuum needs to give way.
  await setPortion(1000);
  const first = "20260209000100";
  const { sql, url } = database;
  const rehearsal = await clones.clone();
  await installPoints(rehearsal.sql);
  const points = await listPoints(rehearsal.sql, async (progress) => {
    await migrate(migrateOptions(rehearsal.url, { to: first, progress }));
  });
  await rehearsal.drop();
  await installPoints(sql);
  const letGo = await holdAt(
    sql,
    points.find(({ name }) => name.endsWith("link_calls: update task")) ?? expect.unreachable(),
  );
  const warnings: string[] = [];
  const steps: string[] = [];
  const run = migrate(
    migrateOptions(url, {
      to: first,
      lockTries: 100,
      progress: { onStep: (_, step) => steps.push(step), onWarning: (message) => warnings.push(message) },
    }),
  );
  await untilHeld(sql, run);
  const vacuum = await sql.reserve();
  await vacuum`begin`;
  await vacuum`lock table public.calls in share update exclusive mode`;
  await letGo();
  await vi.waitUntil(() => steps.includes("idx_calls_contact_id"), 20_000);
  await vacuum`commit`;
  vacuum.release();
  await run;
  expect(await countVacuums()).toBe(0);
  // The points of this test are event triggers, which are told of.
  expect(warnings.filter((message) => !message.startsWith("not tried beforehand"))).toEqual([]);
});

test("rows take their turn by stretch, then line, then page, up to the last page and line there can be", async () => {
  await migrate(migrateOptions(database.url));
  const pages = [0, 1, 2047, 2048, 4095, 4096, 8191, 8192, 4_294_967_293, 4_294_967_294];
  const lines = [1, 2, 291, 65_535];
  for (const stretch of [2048, 2500, 8192]) {
    const places = pages.flatMap((page) => lines.map((line) => ({ stretch: Math.floor(page / stretch), line, page })));
    const written = places.map(({ page, line }) => `(${page},${line})`);
    const inTurn = await database.sql<{ place: string }[]>`
      select place::text from unnest(${written}::tid[]) as place order by ssot.turn(ssot.lies_at(place), ${stretch})`;
    const sorted = places.sort((a, b) => a.stretch - b.stretch || a.line - b.line || a.page - b.page);
    expect(inTurn.map(({ place }) => place)).toEqual(sorted.map(({ page, line }) => `(${page},${line})`));
  }
});

import { afterAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { alignColumns } from "../../src/report/table.ts";
import { differences } from "../crash/differences.ts";
import { refusalOf } from "../faults/refusal.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Situation, situations } from "./situation.ts";

const told: (readonly string[])[] = [["what was there", "outcome", "after the rollback"]];

afterAll(() => void process.stderr.write(`\n${alignColumns(told).join("\n")}\n\n`));

test.each(draw("situations", situations, ({ what }) => what, 0.2))("$what: $outcome", async (situation) => {
  const database = await createTestDatabase();
  try {
    await loadSeedCase(database.sql);
    await withRole(database.sql, "login password 'situation'", async (role) => {
      const own = (text: string): string => text.replaceAll("{role}", role);
      if (situation.runsAs === "owner") await database.sql.unsafe(own(ownership(database.name)));
      await database.sql.unsafe(own(situation.sql));
      const url = new URL(database.url);
      if (situation.runsAs !== undefined) Object.assign(url, { username: role, password: "situation" });
      if (situation.outcome === "refused") await holdRefusal(database, url.href, situation);
      else await holdRoundTrip(database, url.href, situation, own);
    });
    const { what, outcome } = situation;
    const end = { refused: "never touched", kept: "as before", beside: "as before", replaced: "back as before" };
    told.push([what, outcome, situation.lost === undefined ? end[outcome] : "gone: it was of no use"]);
  } finally {
    await database.drop();
  }
});

async function holdRefusal(
  database: TestDatabase,
  url: string,
  { message, runsAs, replaceView }: Situation,
): Promise<void> {
  const error = await refusalOf(database, () => migrate(migrateOptions(url, { replaceView })));
  expect(error.message).toContain(message);
  expect(exitCodeOf(error)).toBe(3);
  if (error.code !== "PREFLIGHT" || runsAs !== undefined) return;
  const { obstacles } = await plan(migrateOptions(url, { replaceView }));
  expect(obstacles.map(({ what }) => what).join("\n")).toContain(message);
}

async function holdRoundTrip(
  { sql }: TestDatabase,
  url: string,
  { outcome, journaled, after, lost, replaceView }: Situation,
  own: (text: string) => string,
): Promise<void> {
  const before = await snapshotDatabase(sql);
  if (lost !== undefined) await sql.unsafe(lost);
  const { applied } = await migrate(migrateOptions(url, { replaceView }));
  expect(applied.map(({ name }) => name)).toEqual(phase1);
  if (after !== undefined) expect(await sql.unsafe(`select ${own(after)} as holds`)).toEqual([{ holds: true }]);
  if (journaled !== undefined) {
    const [kind, name] = journaled;
    const rows = await sql`
      select o.outcome from ssot.object as o
      where o.stage operator(pg_catalog.=) 'former' and o.kind operator(pg_catalog.=) ${kind} and o.name operator(pg_catalog.=) ${name}`;
    expect(rows).toEqual([{ outcome }]);
  }
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
}

/** Gives every table to the role, and what a run needs besides. */
function ownership(database: string): string {
  return `
    grant create on database ${database} to {role};
    grant usage, create on schema public to {role};
    do $$ declare t regclass; begin
      for t in select oid from pg_catalog.pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') loop
        execute format('alter table %s owner to {role}', t);
      end loop;
    end $$`;
}

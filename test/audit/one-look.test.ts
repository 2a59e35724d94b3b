import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { recordReaders } from "../../src/core/audit/record-readers.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { type RecordedDatabase, type RecordingClones, startRecordingClones } from "../support/recording-server.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { verifyOptions } from "../verify/healthy-case.ts";

let clones: RecordingClones;
let database: RecordedDatabase;

beforeAll(async () => {
  clones = await startRecordingClones();
});
beforeEach(async () => {
  database = await clones.clone();
});
afterAll(() => clones?.stop());

const mark = "20260209000400_mark_deprecated";
const read = "select caller_name from public.calls where vapi_call_id = 'vapi-seed-01'";

const commands: readonly (readonly [name: string, run: (url: string) => Promise<unknown>])[] = [
  ["audit record", (url) => recordReaders({ ...migrateOptions(url), replicas: [], allow: {} })],
  ["audit deprecated", (url) => auditDeprecated({ target: targetOf(url), since: new Date(0), limit: 1 })],
  [
    "audit deprecated --reads require",
    (url) => auditDeprecated({ target: targetOf(url), since: new Date(0), limit: 1, asks: { reads: "require" } }),
  ],
  ["status", (url) => status({ target: targetOf(url), directory: migrationsDirectory() })],
  ["verify phase3", async (url) => verify(await verifyOptions(url, { suites: ["phase3"] }))],
  ["migrate", (url) => migrate(migrateOptions(url))],
  ["migrate --dry-run --phase 3", (url) => plan({ ...migrateOptions(url), phase3: true })],
  ["migrate --phase 3, refused", (url) => migrate(migrateOptions(url, { phase3: true })).catch(() => {})],
];

test.each(commands)("%s reads the counters once", async (_, run) => {
  const { sql, url } = database;
  await sql.unsafe(`alter database ${sql.options.database} set pg_stat_statements.track = 'all'`);
  await sql.unsafe(read);
  await run(url);
  // What reads them, within our routine.
  const [row] = await sql<{ looks: number }[]>`
    select coalesce(sum(s.calls), 0)::integer as looks from pg_stat_statements as s join pg_database as d on d.oid = s.dbid
    where d.datname = current_database() and not s.toplevel and s.query like '%told as materialized%pg_stat_statements%'`;
  expect(row?.looks).toBe(1);
});

test("a look that is older than the last one kept changes nothing", async () => {
  const { sql } = database;
  const kept = () =>
    sql`select r::text from ssot.reader as r union all select s::text from ssot.reader_sample as s order by 1`;
  await sql.unsafe(read);
  const [old] = await sql<{ verdicts: string }[]>`
    select jsonb_build_object('here', ssot.recorded_statements(${mark}))::text as verdicts`;
  await sql.unsafe(read);
  await sql`select ssot.record_readers(${mark})`;
  const before = await kept();
  expect(before.length).toBeGreaterThan(1);
  await sql`select ssot.record_readers(${mark}, ${old?.verdicts ?? ""}::text::jsonb)`;
  expect(await kept()).toEqual(before);
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AuditReport, auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { recordReaders } from "../../src/core/audit/record-readers.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { columnsLeft } from "../promises/drop-case.ts";
import { type RecordedDatabase, type RecordingClones, startRecordingClones } from "../support/recording-server.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
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

/** What the application sends, as its role. */
async function asApp(...statements: readonly string[]): Promise<void> {
  await database.sql.begin(async (own) => {
    await own.unsafe("set local role app");
    for (const statement of statements) await own.unsafe(statement);
  });
}

const byApp = ({ readers }: AuditReport) => readers.filter(({ role }) => role === "app");

const read = "select caller_name from public.calls where vapi_call_id = 'vapi-seed-01'";

function audit(asks: Parameters<typeof auditDeprecated>[0]["asks"] = {}): Promise<AuditReport> {
  return auditDeprecated({ target: targetOf(database.url), since: new Date(Date.now() - 86_400_000), limit: 20, asks });
}

const record = (allow: Readonly<Record<string, string | null>> = {}) =>
  recordReaders({ ...migrateOptions(database.url), replicas: [], allow });

async function reasonsOf(): Promise<readonly string[]> {
  return (await audit()).phase3.reasons.map(({ message }) => message);
}

/** By a second route: what psql sees, without what the grammar says. */
async function blockers(): Promise<readonly string[]> {
  const rows = await database.sql<
    { message: string }[]
  >`select b.message from ssot.phase3_blockers() as b where b.code = 'reader'`;
  return rows.map(({ message }) => message);
}

const refusal = (changes: Parameters<typeof migrateOptions>[1] = {}) =>
  migrate(migrateOptions(database.url, { phase3: true, ...changes })).then(
    () => "dropped",
    (error: Error) => error.message,
  );

test("a known reader stops the drop, and audit, gate, dry run, status and verify say the same", async () => {
  expect(await reasonsOf()).toEqual([]);
  const before = await snapshotDatabase(database.sql);
  await database.sql`select pg_stat_statements_reset()`;
  await asApp(read);
  const [reason, ...others] = await reasonsOf();
  expect(others).toEqual([]);
  expect(reason).toMatch(
    /^calls\.caller_name: read by role app, last seen 20\d\d-\d\d-\d\d: select caller_name from public\.calls where vapi_call_id = \?$/,
  );
  expect(await refusal()).toContain(reason);
  const { held } = await plan({ ...migrateOptions(database.url), phase3: true });
  expect(held).toMatchObject([{ reasons: [reason] }]);
  const { migrations } = await status({ target: targetOf(database.url), directory: migrationsDirectory() });
  expect(migrations.at(-1)?.heldBecause).toEqual([reason]);
  const { suites } = await verify(await verifyOptions(database.url, { suites: ["phase3"] }));
  expect(suites[0]?.checks.find(({ id }) => id === "readers")).toMatchObject({
    status: "fail",
    rows: [{ role: "app", calls: 1, names: "caller_name", how: "reads" }],
  });
  expect(await blockers()).toEqual([reason?.replace("read by", "read (as far as its words tell) by")]);
  expect(await snapshotDatabase(database.sql)).toBe(before);
  expect(await columnsLeft(database)).toEqual(["caller_name", "from_number"]);
});

test("the drop's own file refuses a reader that nobody recorded before, and keeps nothing of it", async () => {
  await asApp(read);
  const refused = database.sql`select ssot.refuse_closed_gate(${mark}, false, '{}')`;
  await expect(refused).rejects.toMatchObject({ code: "SS003", message: expect.stringContaining("by role app") });
  expect(await database.sql`select from ssot.reader where role_name = 'app'`).toHaveLength(0);
});

test("--force overrides a reader, and is recorded; an excused role does not close the gate", async () => {
  await asApp(read);
  expect(await refusal({ asks: { allow: { app: "2000-01-01" } } })).toContain("by role app");
  expect(await refusal({ asks: { allow: { somebody: null } } })).toContain("by role app");
  const excused = await audit({ allow: { app: null } });
  expect(excused.phase3).toMatchObject({ ready: true });
  expect(byApp(excused)).toMatchObject([{ role: "app", weight: "excused" }]);
  await record({ app: "2999-12-31" });
  expect(await reasonsOf()).toEqual([]);
  expect(await blockers()).toEqual([]);
  await record({ app: "2000-01-01" });
  expect(await refusal()).toContain("by role app");
  expect(await refusal({ force: { reason: "they were told" } })).toBe("dropped");
  const rows = await database.sql`select forced from ssot.run where forced is not null`;
  expect(rows).toEqual([{ forced: "they were told" }]);
  await rollback(rollbackOptions(database.url, { all: false }));
  expect(await reasonsOf()).toHaveLength(1);
});

test("an excused role's writes do not close the gate either", async () => {
  await asApp("update public.calls set caller_name = 'Ada' where vapi_call_id = 'vapi-seed-01'");
  expect(await reasonsOf()).toMatchObject([expect.stringContaining("was written")]);
  await record({ app: null });
  expect(await refusal()).toBe("dropped");
});

test("whole rows are told, and are a reason where that is asked for", async () => {
  await asApp(
    "select * from public.calls limit 1",
    "select to_jsonb(c) ->> 'caller_name' from public.calls as c limit 1",
  );
  const told = await audit();
  expect(told.phase3.ready).toBe(true);
  expect(
    byApp(told)
      .map(({ how, weight }) => `${how} ${weight}`)
      .toSorted(),
  ).toEqual(["dynamic told", "select * told"]);
  const required = await audit({ reads: "require" });
  expect(required.phase3.reasons.filter(({ code }) => code === "reader")).toHaveLength(2);
  expect(await refusal({ asks: { reads: "require" } })).toContain("read with all columns by role app");
  expect(await refusal()).toBe("dropped");
});

test("what was counted before migration 4 and has not grown since is no reason; what grew is one", async () => {
  const { sql } = database;
  await asApp(read);
  await sql`delete from ssot.reader`;
  await sql`delete from ssot.reader_sample`;
  await sql`select ssot.swear_in(${mark})`;
  expect(await reasonsOf()).toEqual([]);
  expect(byApp(await audit())).toMatchObject([{ role: "app", weight: "past", lastSeen: null }]);
  await record();
  expect(await reasonsOf()).toEqual([]);
  await asApp(read.replace("01", "02"));
  expect(await reasonsOf()).toHaveLength(1);
  await record();
  expect(await reasonsOf()).toHaveLength(1);
});

test("a reader is remembered after the counters forgot it, until it was quiet for long enough", async () => {
  const { sql } = database;
  await asApp(read);
  await record();
  await sql`select pg_stat_statements_reset()`;
  expect(await reasonsOf()).toHaveLength(1);
  await record();
  expect(await blockers()).toHaveLength(1);
  await sql`update ssot.reader set last_seen = last_seen - interval '32 days', seen_after = seen_after - interval '32 days'`;
  expect(await reasonsOf()).toEqual([]);
  await asApp(read);
  expect(await reasonsOf()).toHaveLength(1);
});

test("what was counted in a window that began before the quiet time is undated, and ends with the first quiet time of samples", async () => {
  const { sql } = database;
  await asApp(read);
  await sql`delete from ssot.reader_sample`;
  await sql`select pg_sleep(1.2)`;
  await sql`update ssot.deprecated_column set quiet = '1 second', not_before = null`;
  expect(await reasonsOf()).toMatchObject([expect.stringContaining("undated: counted between")]);
  await record();
  await sql`select pg_sleep(1.2)`;
  expect(await reasonsOf()).toEqual([]);
  await record();
  expect(await blockers()).toEqual([]);
});

test("our own commands accuse nobody, whatever they have sent", async () => {
  const { url, sql } = database;
  await sql`select pg_stat_statements_reset()`;
  const target = targetOf(url);
  for (const _ of [1, 2]) {
    await doctor({ target });
    await plan({ ...migrateOptions(url), phase3: true });
    await status({ target, directory: migrationsDirectory() });
    await verify(await verifyOptions(url, { record: true }));
    await audit();
    await record();
    await migrate(migrateOptions(url));
  }
  const { readers, phase3 } = await audit({ reads: "require" });
  expect(readers.filter(({ weight }) => weight !== "past")).toEqual([]);
  expect(phase3.reasons.filter(({ code }) => code === "reader")).toEqual([]);
});

test("nobody is taken for one of us by a comment, or by the name of our schema", async () => {
  await asApp(
    "select /* ssot.verify */ caller_name from public.calls limit 1",
    "select c.caller_name from public.calls as c where 'ssot.x' <> 'y' limit 1 -- ssot.",
  );
  expect(await reasonsOf()).toHaveLength(2);
});

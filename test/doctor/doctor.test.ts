import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { type DoctorReport, doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { listOpenTransactions } from "../../src/db/queries/traffic.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

const examine = (url = database.url): Promise<DoctorReport> => doctor({ target: targetOf(url) });
const find = ({ checks }: DoctorReport, id: string) => checks.find((check) => check.id === id);

test("a database in good order has no problem before and after the migration, and is left as it was", async () => {
  for (const round of [1, 2]) {
    const before = await snapshotDatabase(database.sql);
    const report = await examine();
    expect(report.checks.filter(({ status }) => status === "problem")).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ id }) => id)).toEqual([
      ...["connection", "version", "pooler", "extensions", "clock"],
      ...["tables", "privileges", "indexes", "names", "cautions", "triggers", "readers", "code", "trial"],
      ...["replication", "transactions", "disk", "wal"],
    ]);
    expect(report.checks.filter(({ detail }) => detail.includes("could not be looked at"))).toEqual([]);
    expect(await snapshotDatabase(database.sql)).toBe(before);
    if (round === 1) await migrate(migrateOptions(database.url));
  }
});

/** The one check that a piece of SQL turns, once it was found fine. */
async function turned(id: string, statements: string) {
  expect(find(await examine(), id)?.status).toBe("fine");
  await database.sql.unsafe(statements);
  return find(await examine(), id);
}

test("a trigger that only changes its row is a warning, one that may tell somebody a problem", async () => {
  await database.sql.unsafe(
    "create function public.touch() returns trigger language plpgsql as 'begin return new; end'",
  );
  const harmless = await turned(
    "triggers",
    "create trigger touch before update on public.calls for each row execute function public.touch()",
  );
  expect(harmless).toMatchObject({ status: "warning", detail: expect.stringContaining("public.calls.touch") });
  await database.sql.unsafe(
    "create trigger tell after update on public.messages for each row execute function public.touch()",
  );
  const loud = find(await examine(), "triggers");
  expect(loud).toMatchObject({ status: "problem", detail: expect.stringContaining("public.messages.tell") });
  expect(loud?.detail).not.toContain("public.calls.touch");
  expect(loud?.remedy).toContain("--user-triggers fire");
});

test("an invalid index is named, with the statement that repairs it", async () => {
  const found = await turned(
    "indexes",
    `create index broken on public.messages (body);
     update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.broken'::regclass`,
  );
  expect(found).toMatchObject({ status: "warning", remedy: "reindex index concurrently public.broken" });
  await database.sql.unsafe(`
    create index idx_calls_contact_id on public.calls (contact_id);
    update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.idx_calls_contact_id'::regclass;
    drop index public.broken`);
  expect(find(await examine(), "indexes")?.remedy).toBe("ssot migrate builds them again");
});

test("a missing column and a name that is taken are problems", async () => {
  expect(await turned("tables", "alter table public.contacts drop column lead_score")).toMatchObject({
    status: "problem",
    detail: "column public.contacts.lead_score is missing",
  });
  expect(await turned("names", "create table public.calls_with_caller_names ()")).toMatchObject({
    status: "problem",
    detail: "public.calls_with_caller_names is no view",
  });
  expect((await examine()).ok).toBe(false);
});

test("a role that may read calls but not contacts is named with the grant that it lacks", async () => {
  await withRole(database.sql, "", async (role) => {
    const found = await turned("readers", `grant select on public.calls to ${role}`);
    expect(found).toMatchObject({ status: "warning", remedy: `grant select on public.contacts to ${role}` });
  });
});

test("whoever holds calls is told after a minute, and costs the answers that need the table, not the report", async () => {
  const client = await database.sql.reserve();
  try {
    await client`begin`;
    await client`lock table public.calls in access exclusive mode`;
    const report = await examine();
    expect(find(report, "transactions")?.status).toBe("fine");
    expect(find(report, "disk")).toMatchObject({ status: "warning", detail: expect.stringContaining("lock timeout") });
    expect(find(report, "privileges")?.status).toBe("fine");
    const open = await listOpenTransactions(database.sql, 0);
    expect(open.filter(({ holdsTables }) => holdsTables)).toEqual([
      { who: expect.stringMatching(/^pid \d+/), seconds: expect.any(Number), prepared: false, holdsTables: true },
    ]);
  } finally {
    await client`rollback`;
    client.release();
  }
});

test("an idle replication slot is a warning that names it", async () => {
  const [level] = await database.sql`select current_setting('wal_level') as name`;
  expect(level?.name).toBe("replica");
  const slot = `slot_${database.name}`;
  await database.sql`select pg_create_physical_replication_slot(${slot}, true)`;
  try {
    expect(find(await examine(), "wal")).toMatchObject({ status: "warning", detail: expect.stringContaining(slot) });
  } finally {
    await database.sql`select pg_drop_replication_slot(${slot})`;
  }
});

test("a role without any right gets a whole report, with what it may not do", async () => {
  for (const round of [1, 2]) {
    await withRole(database.sql, "login password 'nobody'", async (role) => {
      const url = new URL(database.url);
      url.username = role;
      url.password = "nobody";
      const report = await examine(url.href);
      expect(report.checks).toHaveLength(18);
      expect(report.checks.filter(({ detail }) => detail.includes("could not be looked at"))).toEqual([]);
      const privileges = find(report, "privileges");
      expect(privileges?.status).toBe("problem");
      for (const lack of ["does not own public.calls", "may not create in schema public"]) {
        expect(privileges?.detail).toContain(lack);
      }
      expect(find(report, "transactions")?.detail).toContain("not visible to this role");
    });
    if (round === 1) await migrate(migrateOptions(database.url));
  }
});

test("the command gives the report as JSON and as lines, exit 0 or 1 by its problems, and 3 when nobody answers", async () => {
  const call = (...args: string[]) => callSsot(["doctor", "--database-url", database.url, ...args]);
  const good = await call("--json");
  expect(good.exitCode).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ command: "doctor", ok: true });
  for (const check of JSON.parse(good.stdout).checks) {
    expect(Object.keys(check)).toEqual(["id", "title", "status", "detail", "remedy"]);
  }
  await database.sql`alter table public.calls drop column phone_number`;
  const bad = await call();
  expect(bad.exitCode).toBe(1);
  expect(bad.stdout).toContain("tables        problem  column public.calls.phone_number is missing");
  expect(bad.stdout).toMatch(/1 problem would stop a run\.[^\n]*\n?[^\n]*Nothing was changed\.\n$/);
  expect(bad.stdout.split("\n").filter((line) => line.length > 80 && !line.includes(database.name))).toEqual([]);
  const url = new URL(database.url);
  url.port = "9";
  expect((await callSsot(["doctor", "--database-url", url.href])).exitCode).toBe(3);
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOfReport, type VerifyReport, verify } from "../../src/core/verify.ts";
import { exitCodeOf, SsotError } from "../../src/model/errors.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { makeHealthy, statusesOf, verifyOptions } from "./healthy-case.ts";

let database: TestDatabase;

// What the gate asks beside who writes.
const evidence = `ssot.phase3_readers(text, jsonb), ssot.unobserved_reads(text, jsonb), ssot.reader_looks(text, jsonb), ssot.recorded_statements(text, boolean),
  ssot.reader_state(text, text, jsonb, jsonb, boolean), ssot.lost_statements(text, text, jsonb), ssot.row_sources(text), ssot.reading_views(text),
  ssot.is_excused(text, text, jsonb), ssot.statement_shape(text), ssot.statement_fingerprint(text), ssot.is_dump(text, oid[]),
  ssot.judge_by_words(text, text[], text[]), ssot.row_key(regclass)`;

afterEach(() => database.drop());

function checkOf({ suites }: VerifyReport, id: string) {
  const found = suites.flatMap((suite) => suite.checks.filter((check) => `${suite.id}.${check.id}` === id)).at(0);
  if (found === undefined) throw new Error(`there is no check ${id}`);
  return found;
}

async function errorOf(work: Promise<unknown>): Promise<SsotError> {
  const error = await work.then(
    () => new Error("expected an error"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SsotError)) throw error;
  return error;
}

async function migrateEmpty(fill = ""): Promise<VerifyReport> {
  database = await createTestDatabase();
  await database.sql.unsafe(fill);
  await migrate(migrateOptions(database.url));
  return verify(await verifyOptions(database.url));
}

test("an empty database has nothing to look at, which is no accusation", async () => {
  const report = await migrateEmpty();
  const open = [...statusesOf(report)].filter(([, status]) => status !== "pass" && status !== "skip");
  expect(open).toEqual([]);
  expect(exitCodeOfReport(report, "fail")).toBe(0);
  expect(exitCodeOfReport(report, "warn")).toBe(0);
  for (const id of [
    "coverage.inbound",
    "dashboard.list",
    "integrity.real-names",
    "live-names.latest",
    "history.fixed",
  ]) {
    expect(checkOf(report, id)).toMatchObject({
      status: "skip",
      population: 0,
      actual: "there was nothing to look at",
      hint: null,
    });
  }
});

test("a look at nothing needs a look where the last good recorded run saw something", async () => {
  database = await makeHealthy();
  await database.sql`delete from public.calls where call_direction = 'outbound'`;
  const report = await verify(await verifyOptions(database.url, { suites: ["coverage"] }));
  expect(checkOf(report, "coverage.outbound")).toMatchObject({ status: "warn", population: 0 });
  expect(exitCodeOfReport(report, "fail")).toBe(0);
});

test("a role that may not make temporary tables gets the probes skipped, with the reason", async () => {
  database = await createTestDatabase();
  const { sql, name } = database;
  await migrate(migrateOptions(database.url));
  await withRole(sql, "login password 'probe'", async (role) => {
    const [owner] = await sql<{ role: string }[]>`select current_user as role`;
    await sql.unsafe(
      `grant ${owner?.role} to ${role}; revoke temporary on database ${name} from public, ${owner?.role}`,
    );
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: "probe" });
    const { suites, counts } = await verify(await verifyOptions(url.href, { suites: ["auto-create"] }));
    expect(counts.error).toBe(0);
    expect(suites.flatMap(({ checks }) => checks.map(({ actual }) => actual)).join()).toContain(
      "this role may not make temporary tables",
    );
  });
});

test("a database without any inbound call says so", async () => {
  const report = await migrateEmpty(`
    insert into public.organizations (id, name, email) values ('a0000000-0000-4000-8000-000000000001', 'One', 'one@example.com');
    insert into public.contacts (id, org_id, name, phone) values ('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001', 'Maya', '+14155550101');
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, contact_id) values
      ('a0000000-0000-4000-8000-000000000001', 'one', 'outbound', '+14155550101', 'c0000000-0000-4000-8000-000000000001')`);
  expect(checkOf(report, "coverage.inbound")).toMatchObject({
    status: "skip",
    population: 0,
    actual: "there was nothing to look at",
  });
  expect(checkOf(report, "coverage.outbound")).toMatchObject({ status: "pass", population: 1 });
});

test("a database that was never migrated fails, and each skipped check names the one that says so", async () => {
  database = await createTestDatabase();
  const report = await verify(await verifyOptions(database.url));
  expect(exitCodeOfReport(report, "fail")).toBe(1);
  expect(checkOf(report, "schema.migrations")).toMatchObject({ status: "fail", actual: "0 applied" });
  expect(report.counts.error).toBe(0);
  const failed = new Set([...statusesOf(report)].filter(([, status]) => status === "fail").map(([id]) => id));
  for (const { actual } of report.suites.flatMap(({ checks }) => checks.filter(({ status }) => status === "skip"))) {
    const named = /see (\S+)$/.exec(actual)?.[1];
    if (named !== undefined) expect(failed).toContain(named);
  }
});

test("a suite that finds its objects missing brings the check that fails for it", async () => {
  database = await createTestDatabase();
  const report = await verify(await verifyOptions(database.url, { suites: ["live-names"] }));
  expect(exitCodeOfReport(report, "fail")).toBe(1);
  expect(report.suites.map(({ id }) => id)).toEqual(["schema", "live-names"]);
  expect(checkOf(report, "schema.migrations").status).toBe("fail");
});

test("a run that could ask nothing is no success", async () => {
  database = await makeHealthy();
  const report = await verify(await verifyOptions(database.url, { suites: ["deprecation-trigger"], readOnly: true }));
  expect(report.counts).toEqual({ pass: 0, fail: 0, warn: 0, skip: 6, error: 0 });
  expect(report.ok).toBe(false);
  expect(exitCodeOfReport(report, "fail")).toBe(3);
});

test("a server that is away, a wrong password and a wrong database end in 3", async () => {
  database = await createTestDatabase({ template: "empty" });
  const base = await verifyOptions(database.url);
  const away = await errorOf(verify({ ...base, target: { ...base.target, port: 1 } }));
  const missing = await errorOf(verify({ ...base, target: { ...base.target, database: "nobody" } }));
  const foreign = await errorOf(verify(base));
  expect([away, missing, foreign].map(({ code }) => code)).toEqual(["UNREACHABLE", "REFUSED_LOGIN", "PREFLIGHT"]);
  expect([away, missing, foreign].map(exitCodeOf)).toEqual([3, 3, 3]);
  expect(foreign.message).toContain("table public.calls is missing");
});

test("a role that may not look into schema ssot cannot ask, and is told whose it is", async () => {
  database = await makeHealthy();
  await withRole(database.sql, "login password 'reader'", async (role) => {
    await database.sql.unsafe(`grant select on all tables in schema public to ${role}`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: "reader" });
    const error = await errorOf(verify(await verifyOptions(url.href)));
    expect(error.code).toBe("PREFLIGHT");
    expect(error.message).toContain("schema ssot");
  });
});

test("a role from which row level security hides rows gets no verdict instead of a green one about nothing", async () => {
  database = await makeHealthy();
  await withRole(database.sql, "login password 'reader'", async (role) => {
    await database.sql.unsafe(`
      grant usage on schema ssot to ${role};
      grant select on all tables in schema public, ssot to ${role};
      grant execute on function ssot.is_placeholder(text), ssot.view_is_ours(), ssot.live_witness(text), ssot.phase3_blockers(text, jsonb),
        ssot.phase3_dependents(text, jsonb), ssot.phase3_bodies(text), ssot.phase3_writers(text, jsonb), ssot.tracked_dependents(text), ssot.triggers_that_go(text), ssot.witness_triggers(text),
        ssot.deprecation(text), ssot.witness_problems(text), ssot.migration_title(text), ssot.column_pattern(text[]),
        ssot.as_pattern(text), ssot.calls_view(), ssot.judge_view(), ssot.view_text(), ssot.view_columns(text[]),
        ssot.stands_on_view(oid, text[]), ssot.row_key(regclass), ${evidence} to ${role}`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: "reader" });
    const report = await verify(await verifyOptions(url.href, { readOnly: true, suites: ["coverage", "integrity"] }));
    expect(checkOf(report, "coverage.inbound").status).toBe("error");
    expect(checkOf(report, "coverage.inbound").actual).toContain("row-level security");
    expect(exitCodeOfReport(report, "fail")).toBe(3);
  });
});

test("after Phase 3 everything is asked that still can be, and passes", async () => {
  database = await makeHealthy();
  await migrate(migrateOptions(database.url, { phase3: true }));
  const report = await verify(await verifyOptions(database.url));
  expect([...statusesOf(report)].filter(([, status]) => status === "fail" || status === "error")).toEqual([]);
  expect(exitCodeOfReport(report, "fail")).toBe(0);
  expect(checkOf(report, "schema.columns-dropped").status).toBe("pass");
  expect(checkOf(report, "integrity.one-name")).toMatchObject({ status: "pass", actual: "the column is gone" });
  expect(checkOf(report, "schema.triggers").status).toBe("skip");
  await database.sql`alter table public.calls add column caller_name text`;
  await database.sql`alter table ssot.dropped_call_columns rename to lost`;
  const again = await verify(await verifyOptions(database.url));
  expect(checkOf(again, "schema.columns-dropped").status).toBe("fail");
  expect(checkOf(again, "schema.archive").status).toBe("fail");
});

test("before Phase 3 is due its suite is skipped with the date", async () => {
  database = await makeHealthy();
  await database.sql`update ssot.ledger set run_on = now() at time zone 'UTC' where name like '%mark_deprecated'`;
  const report = await verify(await verifyOptions(database.url, { suites: ["phase3", "schema"] }));
  const skipped = report.suites.find(({ id }) => id === "phase3")?.checks ?? [];
  expect(skipped.map(({ status }) => status)).toEqual(skipped.map(() => "skip"));
  expect(skipped[0]?.actual).toMatch(/^not due before 20\d\d-\d\d-\d\d$/);
  await database.sql`create view public.callers as select c.caller_name from public.calls as c`;
  const announced = await verify(await verifyOptions(database.url, { suites: ["phase3"] }));
  const { status, actual } = checkOf(announced, "phase3.dependents");
  expect(status).toBe("warn");
  expect(actual).toMatch(/^not due before 20\d\d-\d\d-\d\d; today it would be broken: /);
  expect(exitCodeOfReport(announced, "fail")).toBe(0);
});

test("a check that cannot run hides none of the others, and one that takes too long is no success", async () => {
  database = await makeHealthy();
  // The comparison of numbers becomes an error for one row, so that the shared scan of contacts cannot be counted.
  await database.sql.unsafe(
    `create or replace function ssot.is_placeholder(name text) returns boolean language plpgsql immutable as
     $$ begin raise exception 'the name is %', name; end $$`,
  );
  const report = await verify(await verifyOptions(database.url, { suites: ["integrity", "security"] }));
  const broken = checkOf(report, "integrity.real-names");
  expect(broken.status).toBe("error");
  expect(broken.actual).toBe("could not run: PostgreSQL refused something (SQLSTATE P0001)");
  expect(checkOf(report, "integrity.tenant-links").status).toBe("pass");
  expect(checkOf(report, "security.view-join").status).toBe("pass");
  expect(exitCodeOfReport(report, "fail")).toBe(3);
  await database.sql.unsafe("grant select on public.calls_with_caller_names to anon");
  const worse = await verify(await verifyOptions(database.url, { suites: ["integrity", "security"] }));
  expect(worse.counts.error).toBeGreaterThan(0);
  expect(exitCodeOfReport(worse, "fail")).toBe(1);
});

test("a scan that takes too long is not tried again claim by claim", async () => {
  database = await makeHealthy();
  await database.sql.unsafe(
    `create or replace function ssot.is_placeholder(name text) returns boolean language plpgsql stable as
     $$ begin perform pg_sleep(0.5); return false; end $$`,
  );
  const sent: string[] = [];
  const report = await verify(
    await verifyOptions(database.url, {
      suites: ["auto-create", "integrity"],
      timeoutSeconds: 1,
      onSql: (text) => sent.push(text),
    }),
  );
  expect(checkOf(report, "integrity.real-names").actual).toBe("could not run: it took longer than one check may take");
  expect(checkOf(report, "auto-create.contacts").status).toBe("error");
  expect(checkOf(report, "integrity.tenant-links").status).toBe("pass");
  expect(sent.filter((text) => text.includes("ssot.is_placeholder(v.name)"))).toHaveLength(1);
});

test("a run that may not be recorded is refused before it asks", async () => {
  database = await makeHealthy();
  await withRole(database.sql, "login bypassrls password 'reader'", async (role) => {
    await database.sql.unsafe(`
      grant usage on schema ssot to ${role};
      grant select on all tables in schema public, ssot to ${role};
      grant execute on function ssot.is_placeholder(text), ssot.view_is_ours(), ssot.live_witness(text), ssot.phase3_blockers(text, jsonb),
        ssot.phase3_dependents(text, jsonb), ssot.phase3_bodies(text), ssot.phase3_writers(text, jsonb), ssot.tracked_dependents(text), ssot.triggers_that_go(text), ssot.witness_triggers(text),
        ssot.deprecation(text), ssot.witness_problems(text), ssot.migration_title(text), ssot.column_pattern(text[]),
        ssot.as_pattern(text), ssot.calls_view(), ssot.judge_view(), ssot.view_text(), ssot.view_columns(text[]),
        ssot.stands_on_view(oid, text[]), ssot.row_key(regclass), ${evidence} to ${role}`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: "reader" });
    expect((await errorOf(verify(await verifyOptions(url.href, { record: true })))).code).toBe("PREFLIGHT");
    // The documented rights of a reader suffice for everything but probes.
    const report = await verify(await verifyOptions(url.href, { readOnly: true }));
    const open = [...statusesOf(report)].filter(([, status]) => status === "fail" || status === "error");
    expect(open).toEqual([]);
  });
});

test("settings of the database that change how values and definitions read change no verdict", async () => {
  database = await makeHealthy();
  await database.sql.unsafe(`
    alter database ${database.name} set datestyle = 'German';
    alter database ${database.name} set quote_all_identifiers = on;
    alter database ${database.name} set row_security = off`);
  const report = await verify(await verifyOptions(database.url));
  expect([...statusesOf(report)].filter(([, status]) => status === "fail" || status === "error")).toEqual([]);
});

test("a table that somebody holds costs an answer of a second, not a queue in front of live traffic", async () => {
  database = await makeHealthy();
  const held = database.sql.begin(async (tx) => {
    await tx`lock table public.contacts in access exclusive mode`;
    await sleep(4000);
  });
  await sleep(200);
  const report = await verify(await verifyOptions(database.url, { suites: ["schema", "auto-create"] }));
  await held;
  expect(checkOf(report, "auto-create.contacts")).toMatchObject({
    status: "error",
    actual: "could not run: a lock on the table could not be had within a second",
  });
  expect(checkOf(report, "schema.triggers").status).toBe("pass");
  expect(exitCodeOfReport(report, "fail")).toBe(3);
});

test("a session that is lost half-way ends in errors, not in passes", async () => {
  database = await makeHealthy();
  const kill = async (id: string) => {
    if (id !== "integrity") return;
    await database.sql`
      select pg_terminate_backend(a.pid) from pg_stat_activity as a
      where a.datname = current_database() and a.application_name = 'ssot'`;
  };
  const killed: Promise<void>[] = [];
  const report = await verify(await verifyOptions(database.url, { onSuite: (id) => killed.push(kill(id)) }));
  await Promise.all(killed);
  expect(report.counts.error).toBeGreaterThan(0);
  expect(report.ok).toBe(false);
  expect(exitCodeOfReport(report, "fail")).toBe(3);
});

test("order and outcome of two runs are equal", async () => {
  database = await makeHealthy();
  const once = await verify(await verifyOptions(database.url));
  const twice = await verify(await verifyOptions(database.url));
  expect([...statusesOf(twice)]).toEqual([...statusesOf(once)]);
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type CallOptions, type CallResult, callSsot } from "./call-ssot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterEach(() => database.drop());

const phase1 = [
  "20260209000100_backfill_contact_ids",
  "20260209000200_validate_contact_names",
  "20260209000300_create_calls_view",
  "20260209000400_mark_deprecated",
];
const drop = "20260309000000_drop_deprecated_columns";

test("a dry run tells in JSON what the run then does, and changes nothing", async () => {
  const dry = await json(["migrate", "--dry-run"]);
  expect(dry).toMatchObject({ command: "migrate", dryRun: true, applied: [], held: [{ name: drop }] });
  expect(dry.pending.map(({ name }: { name: string }) => name)).toEqual(phase1);
  expect(Object.keys(dry.pending[0].steps[0]).toSorted()).toEqual([
    "blocks",
    "lock",
    "name",
    "rows",
    "sql",
    "transactional",
  ]);
  expect(await isMigrated()).toBe(false);

  const run = await json(["migrate"]);
  expect(run).toMatchObject({ command: "migrate", dryRun: false, pending: [], held: [{ name: drop }] });
  expect(run.applied.map(({ name }: { name: string }) => name)).toEqual(phase1);
  expect(run.applied[0]).toMatchObject({ phase: 1, durationMs: expect.any(Number), effects: { callsLinked: 6 } });
  const effects = (list: readonly { effects: unknown }[]) => list.map((migration) => migration.effects);
  expect(effects(run.applied)).toEqual(effects(dry.pending));
});

test("status tells in JSON where everything stands", async () => {
  const before = await json(["status"]);
  expect(before.migrations.map(({ state }: { state: string }) => state)).toEqual([
    "pending",
    "pending",
    "pending",
    "pending",
    "optional",
    "held",
  ]);
  await ssot(["migrate"]);
  const after = await json(["status"]);
  expect(after).toMatchObject({ command: "status" });
  expect(after.migrations[0]).toEqual({
    name: phase1[0],
    phase: 1,
    state: "applied",
    appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    heldBecause: [],
    due: false,
  });
  expect(after.migrations.at(-1).heldBecause.length).toBeGreaterThan(0);
  expect(after.deprecated.map(({ column }: { column: string }) => column)).toEqual(["caller_name", "from_number"]);
});

test("status --exit-code is 1 while something is pending", async () => {
  expect(await ssot(["status"])).toMatchObject({ exitCode: 0 });
  expect(await ssot(["status", "--exit-code"])).toMatchObject({ exitCode: 1 });
  await ssot(["migrate"]);
  expect(await ssot(["status", "--exit-code"])).toMatchObject({ exitCode: 0 });
});

test("a rollback tells in JSON what it put back, and its dry run tells the same before", async () => {
  await ssot(["migrate"]);
  const dry = await json(["rollback", "--all", "--dry-run"]);
  expect(dry).toMatchObject({ command: "rollback", dryRun: true, rolledBack: [] });
  expect(dry.pending.map(({ name }: { name: string }) => name)).toEqual(phase1.toReversed());
  expect(await isMigrated()).toBe(true);
  const run = await json(["rollback", "--all", "--yes"]);
  expect(run).toMatchObject({ command: "rollback", dryRun: false });
  const counts = { restored: { callsLinked: 6 }, kept: {}, unrestorable: {}, lost: { indexes: 2 } };
  expect(run.rolledBack.at(-1)).toEqual({ name: phase1[0], durationMs: expect.any(Number), ...counts });
  expect(dry.pending.at(-1)).toEqual({
    name: phase1[0],
    ...counts,
    columns: [{ column: "calls.contact_id", kind: "callsLinked", restored: 6, kept: 0, unrestorable: 0 }],
    steps: expect.arrayContaining(["unlink_calls"]),
  });
  expect(dry.stays).toEqual({ schema: false, originals: 0 });
  expect(await isMigrated()).toBe(false);
});

test("rollback asks: off a terminal it needs --yes, on one an answer", async () => {
  await ssot(["migrate"]);
  const silent = await ssot(["rollback"]);
  expect(silent.exitCode).toBe(2);
  expect(silent.stderr).toContain("expected --yes");
  const refused = await ssot(["rollback", "--all"], { answers: "\n", columns: 80 });
  expect(refused.exitCode).toBe(130);
  expect(refused.stderr).toMatch(/20260209000100 {2}backfill_contact_ids .*\n {6}restored {2}6 links of calls\n/);
  expect(refused.stderr).toMatch(/\n {6}lost .*2 start dates of deprecations\n/);
  expect(refused.stderr).toContain(`Take this back in ${database.name} on `);
  expect(await isMigrated()).toBe(true);
  expect(await ssot(["rollback", "--all"], { answers: "yes\n", columns: 80 })).toMatchObject({ exitCode: 0 });
  expect(await isMigrated()).toBe(false);
  const nothing = await ssot(["rollback"], { answers: "", columns: 80 });
  expect(nothing.exitCode).toBe(0);
  expect(nothing.stdout).toContain("Nothing is applied that could be taken back.");
});

test.each(["migrate", "rollback"])("%s --to an unknown migration names those that exist", async (command) => {
  const { exitCode, stderr } = await ssot([command, "--to", "19990101000000", "--yes"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("error USAGE: there is no migration 19990101000000");
  expect(stderr).toContain(phase1[2]);
  expect(await isMigrated()).toBe(false);
});

test("without a terminal the width is that of COLUMNS, and a page's where it is none", async () => {
  const widest = async (COLUMNS: string): Promise<number> => {
    const { stdout } = await callSsot(["migrate", "--help"], { env: { COLUMNS } });
    return Math.max(...stdout.split("\n").map((line) => line.length));
  };
  const usual = await widest("");
  expect(usual).toBeGreaterThan(70);
  expect(usual).toBeLessThanOrEqual(80);
  expect(await widest("60")).toBeLessThanOrEqual(60);
  expect(await widest("120")).toBeGreaterThan(100);
  expect([await widest("0"), await widest("-5"), await widest("wide")]).toEqual([usual, usual, usual]);
});

test("a closed gate is exit 6, and gives every reason", async () => {
  await ssot(["migrate"]);
  const { exitCode, stdout } = await ssot(["migrate", "--phase", "3", "--json"]);
  expect(exitCode).toBe(6);
  expect(JSON.parse(stdout).error).toEqual({
    code: "GATE",
    message: expect.stringContaining("not before"),
    hint: expect.stringContaining("--force"),
  });
});

test("a dry run with --force shows the drop that would run, and the command that runs it", async () => {
  await ssot(["migrate"]);
  const force = ["--phase", "3", "--force", "--reason", "it's agreed"];
  const dry = await ssot(["migrate", "--dry-run", ...force]);
  expect(dry.stdout).not.toContain("held");
  expect(dry.stdout).toContain("--phase 3 --force --reason 'it'\\''s agreed'");
  expect((await ssot(["status"])).stdout).toContain("held");
  expect((await ssot(["migrate", ...force])).exitCode).toBe(0);
  expect((await ssot(["status"])).stdout).not.toContain("held");
});

test("global options stand before or after the command's name", async () => {
  const now = () => new Date("2026-02-13T17:04:05.000Z");
  const before = await callSsot(["--json", "--database-url", database.url, "status"], { now });
  const after = await callSsot(["status", "--database-url", database.url, "--json"], { now });
  expect(before.exitCode).toBe(0);
  expect(before.stdout).toBe(after.stdout);
});

test("a dry run ends with the command that does what it showed", async () => {
  const options = ["--to", "20260209000200", "--on-unfixable-phone", "quarantine", "--user-triggers", "fire"];
  const { stdout } = await ssot(["migrate", "--dry-run", ...options]);
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(new RegExp(`Apply with: ssot migrate ${options.join(" ")} $`));
});

test("stdout holds the report alone, stderr the rest, and --quiet nothing", async () => {
  const dry = await ssot(["migrate", "--dry-run", "-v"]);
  expect(dry.stdout).toMatch(/^target {2}/);
  expect(dry.stdout).toContain("step link_calls, commits by itself, 6 rows");
  expect(dry.stdout).toContain("call ssot.map_loose_numbers(true);");
  expect(dry.stdout).toMatch(/Apply with: ssot migrate\n$/);
  const loud = await ssot(["migrate", "--to", "20260209000100"]);
  expect(loud.stderr).toMatch(/^target {2}/);
  expect(loud.stderr).toContain("  20260209000100_backfill_contact_ids\n");
  expect(loud.stdout).not.toContain("20260209000100_backfill_contact_ids");
  const quiet = await ssot(["migrate", "--quiet"]);
  expect(quiet.stderr).toBe("");
  expect(quiet.stdout).toMatch(/Prove it with: ssot verify --record\n$/);
  const verbose = await ssot(["rollback", "--all", "--yes", "-q", "-v"]);
  expect(verbose.stderr).toContain("set local lock_timeout = 1100");
});

test("colours are for terminals, and for those who want them", async () => {
  const escapeCharacter = String.fromCharCode(27);
  const colored = async (args: readonly string[], options: CallOptions) =>
    (await ssot(args, options)).stdout.includes(escapeCharacter);
  expect(await colored(["status"], {})).toBe(false);
  expect(await colored(["status"], { columns: 80 })).toBe(true);
  expect(await colored(["status", "--no-color"], { columns: 80 })).toBe(false);
  expect(await colored(["status"], { columns: 80, env: { NO_COLOR: "1" } })).toBe(false);
  expect(await colored(["status"], { columns: 80, env: { TERM: "dumb" } })).toBe(false);
  expect(await colored(["status"], { env: { FORCE_COLOR: "1" } })).toBe(true);
  expect(await colored(["status", "--json"], { columns: 80 })).toBe(false);
});

test.each([80, 120])("nothing is wider than a terminal of %i columns", async (columns) => {
  const texts = [];
  for (const args of [["status"], ["migrate", "--dry-run"], ["migrate"], ["status"], ["rollback", "--all", "--yes"]]) {
    const { stdout } = await ssot([...args, "--no-color"], { columns });
    texts.push(...stdout.split("\n"));
  }
  expect(texts.filter((line) => line.length > columns)).toEqual([]);
});

test("an interrupt stops a migration at a safe point, says what it left, and the next run goes on", async () => {
  // Whoever holds a lock on calls keeps migration 4 waiting.
  const holder = await database.sql.reserve();
  await holder`begin`;
  await holder`lock table public.calls in row exclusive mode`;
  let interrupt: (signal: "SIGINT" | "SIGTERM") => void = () => {};
  const running = ssot(["migrate"], {
    onStart: (send) => {
      interrupt = send;
    },
  });
  await untilTrue(async () => {
    const rows = await database.sql`
      select from pg_catalog.pg_locks as l join pg_catalog.pg_stat_activity as a on a.pid = l.pid
      where not l.granted and a.application_name = 'ssot' and a.datname = current_database()`;
    return rows.length > 0;
  });
  interrupt("SIGINT");
  const { exitCode, stderr, stdout, ended } = await running;
  expect({ exitCode, stdout, ended }).toEqual({ exitCode: 130, stdout: "", ended: undefined });
  expect(stderr).toContain("stopping at a safe point");
  expect(stderr.replaceAll(/\s+/g, " ")).toMatch(/error INTERRUPTED: interrupted in .* hint: To go on: ssot migrate/);
  const half = await ssot(["status", "--exit-code"]);
  expect(half.exitCode).toBe(1);
  expect(half.stdout).toContain("migrate was interrupted");
  expect(half.stdout).toMatch(/Go on with: ssot migrate\n$/);
  await holder`commit`;
  holder.release();
  expect(await ssot(["migrate"])).toMatchObject({ exitCode: 0 });
});

test("a changed migration file is exit 4, and nothing is run", async () => {
  await ssot(["migrate"]);
  await database.sql`update ssot.run set checksum = 'another' where name = ${phase1[0] ?? ""}`;
  const { exitCode, stderr } = await ssot(["migrate"]);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("error MIGRATION_CHANGED:");
  const { stdout } = await ssot(["status"]);
  expect(stdout).toContain("Restore the files");
});

function ssot(args: readonly string[], options: CallOptions = {}): Promise<CallResult> {
  return callSsot([...args, "--database-url", database.url], options);
}

/** The one document on stdout. */
async function json(args: readonly string[]) {
  const { stdout } = await ssot([...args, "--json"]);
  return JSON.parse(stdout);
}

async function isMigrated(): Promise<boolean> {
  const [row] = await database.sql<{ present: boolean }[]>`select to_regnamespace('ssot') is not null as present`;
  return row?.present === true;
}

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 400; look += 1) {
    if (await check()) return;
    await sleep(25);
  }
  throw new Error("waited too long");
}

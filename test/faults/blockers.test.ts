import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql, { unfixable: true });
});

afterEach(() => database.drop());

const ssot = (...args: readonly string[]) => callSsot([...args, "--database-url", database.url], { columns: 80 });
const dryRun = async (...args: readonly string[]) =>
  JSON.parse((await ssot("migrate", "--dry-run", "--json", ...args)).stdout);

/** A view of our name with a column that ours has not, and an AFTER trigger whose function belongs to the role. */
async function putInTheWay(role: string): Promise<void> {
  await database.sql.unsafe(`
    create view public.calls_with_caller_names as select c.*, 'x'::text as mood from public.calls as c;
    create schema of_theirs authorization ${role};
    create function of_theirs.tell() returns trigger language plpgsql as 'begin return null; end';
    alter function of_theirs.tell() owner to ${role};
    create trigger tell after update on public.contacts for each row execute function of_theirs.tell()`);
}

test("all that stops a run is told at once, and the one command that answers it runs", async () => {
  const { sql } = database;
  await sql`delete from public.appointments where contact_id = ${dirtyContactId(802)}`;
  await withRole(sql, "nologin", async (role) => {
    await putInTheWay(role);
    const before = await snapshotDatabase(sql);
    const { answers, blockers } = await dryRun();
    expect(answers).toEqual([
      "--user-triggers fire",
      `--trust-role ${role}`,
      "--on-unfixable-phone quarantine",
      "--replace-view",
    ]);
    expect(blockers.every(({ option }: { option: string | null }) => answers.includes(option))).toBe(true);
    const { stdout } = await ssot("migrate", "--dry-run", "--no-color");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const end = stdout.slice(stdout.indexOf("stop  "));
    expect(end.replaceAll(/ \\\n +/g, " ")).toContain(`ssot migrate ${answers.join(" ")}\n`);
    expect(end).not.toContain("Apply with");
    expect(await snapshotDatabase(sql)).toBe(before);

    const words = answers.flatMap((answer: string) => answer.split(" "));
    expect(await dryRun(...words)).toMatchObject({ blockers: [], answers: [] });
    const run = await ssot("migrate", ...words);
    expect([run.exitCode, run.stderr]).toEqual([0, expect.any(String)]);
    await ssot("rollback", "--all", "--yes", "--user-triggers", "fire", "--trust-role", role);
    await sql.unsafe("drop trigger tell on public.contacts; drop schema of_theirs cascade");
  });
});

test("any answer left out stops the run, and the dry run then asks for that one alone", async () => {
  const { sql } = database;
  await sql`delete from public.appointments where contact_id = ${dirtyContactId(802)}`;
  await withRole(sql, "nologin", async (role) => {
    await putInTheWay(role);
    const all = ["--user-triggers fire", `--trust-role ${role}`, "--on-unfixable-phone quarantine", "--replace-view"];
    const before = await snapshotDatabase(sql);
    for (const left of all) {
      const words = all.filter((answer) => answer !== left).flatMap((answer) => answer.split(" "));
      expect((await dryRun(...words)).answers).toEqual([left]);
      expect([left, (await ssot("migrate", ...words)).exitCode]).toEqual([left, left.startsWith("--on") ? 4 : 3]);
    }
    expect(await snapshotDatabase(sql)).toBe(before);
    await sql.unsafe("drop trigger tell on public.contacts; drop schema of_theirs cascade");
  });
});

test("contacts that rows need are not said to be set aside: they have to be mended first", async () => {
  const { answers, blockers } = await dryRun();
  expect(answers).toEqual([]);
  expect(blockers).toEqual([
    { what: "3 contacts have a number that cannot be read", option: null },
    { what: expect.stringMatching(/^1 rows of public\.appointments \(.*need contacts/), option: null },
  ]);
  const { stdout } = await ssot("migrate", "--dry-run", "--no-color");
  expect(stdout).toContain("2 things stop ssot migrate, and have to be mended first.");
});

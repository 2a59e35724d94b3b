import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Stranger, strangers, unfit, unfitTables } from "./strangers.ts";
import { makeProject, type Project } from "./wiki.ts";

const role = `stranger_${randomBytes(4).toString("hex")}`;

async function open(setup: string): Promise<Project> {
  const database = await createTestDatabase({ template: "empty" });
  await database.sql.unsafe(setup.replaceAll("{role}", role));
  return makeProject(database);
}

/** As if the mark and what was seen since lay further back. */
async function letTimePass({ database: { sql } }: Project): Promise<void> {
  await sql`update ssot.column_audit set detected_at = detected_at - interval '40 days'`;
  await sql`update ssot.deprecated_write set written_at = written_at - interval '40 days'`;
  await sql`update ssot.ledger set run_on = run_on - interval '40 days'`;
}

async function columnsOf({ database: { sql } }: Project, { columns }: Stranger): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::integer as n from pg_attribute as a join pg_class as c on c.oid = a.attrelid join pg_namespace as s on s.oid = c.relnamespace
    where not a.attisdropped and format('%s.%I.%I', s.nspname, c.relname, a.attname) in (
      select regexp_replace(case when x ~ '^[^.]+[.][^.]+$' then 'public.' || x else x end, '^"([^"]+)"', '\\1') from unnest(${[...columns]}::text[]) as x)`;
  return row?.n ?? -1;
}

describe.each(draw("strangers' schemas", strangers, ({ what }) => what, 0.3))("$what", (stranger) => {
  let project: Project;
  let before: string;
  const ends = async (exitCode: number, ...args: readonly string[]): Promise<string> => {
    const ended = await project.ssot(...args);
    expect(ended.exitCode, `${args.join(" ")}\n${ended.stdout}${ended.stderr}`).toBe(exitCode);
    return `${ended.stdout}${ended.stderr}`.replace(/\s+/g, " ");
  };
  const snapshot = () => snapshotDatabase(project.database.sql);

  beforeAll(async () => {
    project = await open(stranger.setup);
    before = await snapshot();
  });
  afterAll(async () => {
    await project.end();
    if (stranger.setup.includes("{role}")) {
      const other = await createTestDatabase({ template: "empty" });
      await other.sql.unsafe(`drop role if exists "${role}"`);
      await other.drop();
    }
  });

  test("it is written, marked and witnessed", async () => {
    await ends(0, "deprecate", ...stranger.columns, "--reason", "kept elsewhere", ...(stranger.options ?? []));
    expect(await snapshot()).toBe(before);
    expect(readdirSync(join(project.folder, "db/ssot"))).toHaveLength(2);
    await ends(0, "migrate", "--yes");
    for (const statement of stranger.write) await project.database.sql.unsafe(statement);
    const seen = await project.database.sql<{ seen: string; n: number }[]>`
      select seen, count(*)::integer as n from ssot.column_audit group by seen order by seen`;
    expect(Object.fromEntries(seen.map((row) => [row.seen, row.n]))).toEqual(stranger.seen);
    await ends(0, "verify");
  });

  test("its gate waits for the month, for writers and for what stands on it", async () => {
    const { inTheWay } = stranger;
    expect(await ends(6, "migrate", "--phase", "3", "--yes")).toMatch(/was written in the last month/);
    await letTimePass(project);
    if (inTheWay !== undefined) {
      const after = await snapshot();
      const refused = await project.ssot("migrate", "--phase", "3", "--yes");
      expect(refused.exitCode).not.toBe(0);
      expect(`${refused.stdout}${refused.stderr}`.replace(/\s+/g, " ")).toMatch(inTheWay.reason);
      expect(await snapshot()).toBe(after);
      await project.database.sql.unsafe(inTheWay.mend);
    }
    await ends(0, "migrate", "--phase", "3", "--yes");
    expect(await columnsOf(project, stranger)).toBe(0);
    await ends(0, "verify");
  });

  test("it comes back as it was, with its values", async () => {
    if (stranger.late !== undefined) await project.database.sql.unsafe(stranger.late.insert);
    await ends(0, "rollback", "--yes");
    expect(await columnsOf(project, stranger)).toBe(stranger.columns.length);
    if (stranger.late !== undefined) {
      const rows = await project.database.sql.unsafe(stranger.late.read);
      expect([...rows]).toEqual(stranger.late.rows);
    }
    await ends(0, "verify");
    await ends(0, "rollback", "--all", "--yes");
    await project.database.sql.unsafe(stranger.undo);
    expect(await snapshot()).toBe(before);
  });
});

describe("what cannot be deprecated is refused by name when the files are written", () => {
  let project: Project;
  beforeAll(async () => {
    project = await open(unfitTables);
  });
  afterAll(() => project.end());
  afterEach(() => expect(readdirSync(join(project.folder, "db/ssot"))).toEqual([]));

  test.each(unfit)("$what", async ({ column, says }) => {
    const { exitCode, stderr } = await project.ssot("deprecate", column, "--reason", "gone");
    expect(exitCode).toBe(3);
    expect(stderr.replace(/\s+/g, " ")).toMatch(says);
  });

  test.each([
    { args: ["things"], says: /expected TABLE.COLUMN/ },
    { args: ["things.note", "parent.note"], says: /columns of one table/ },
    { args: ["things.note", "things.NOTE"], says: /named twice/ },
  ])("$args is no list of columns", async ({ args, says }) => {
    const { exitCode, stderr } = await project.ssot("deprecate", ...args, "--reason", "gone");
    expect(exitCode).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toMatch(says);
  });

  test.each([
    { options: ["--quiet", "soon"], says: /expected an interval/ },
    { options: ["--derive", "nothing(t)"], says: /nothing/ },
    { options: ["--derive", "other=1"], says: /other is none of the columns/ },
    { options: ["--loss", "accept"], says: /nothing is lost/ },
  ])("$options is refused", async ({ options, says }) => {
    const { exitCode, stderr } = await project.ssot("deprecate", "things.note", "--reason", "gone", ...options);
    expect(exitCode).toBe(3);
    expect(stderr.replace(/\s+/g, " ")).toMatch(says);
  });
});

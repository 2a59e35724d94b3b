import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLines } from "../../src/core/fleet/read-lines.ts";
import { SsotError } from "../../src/model/errors.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { countAttacks } from "../support/attacks.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const url = "postgres://app:hunter2secret@db.example.com/acme";
const nowhere = "postgres://app:hunter2secret@127.0.0.1:1/acme";
const secret = "hunter2secret";

countAttacks("list");

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase({ template: "empty" });
  folder = mkdtempSync(join(tmpdir(), "ssot-lists-"));
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

test("a line is a name, a URL, and what belongs to it; # begins a comment, but not inside a URL", () => {
  const text = `# customers\r\n\nacme ${url}\t# the first\n  beta\t${url}#x replica=${url}/r copy=embedded  \n`;
  expect(readLines(text, {})).toEqual([
    { name: "acme", url, replica: undefined, copy: undefined, place: "line 3" },
    { name: "beta", url: `${url}#x`, replica: `${url}/r`, copy: "embedded", place: "line 4" },
  ]);
});

test("a variable is a URL, its beginning, or a part that is percent-encoded", () => {
  const environment = { ACME: url, PW: "p@ss/w:rd", EMPTY: "" };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so a list says it
  const [acme, beta] = readLines("acme ${ACME}\nbeta postgres://app:${PW}@host/db$1", environment);
  expect(acme?.url).toBe(url);
  expect(beta?.url).toBe("postgres://app:p%40ss%2Fw%3Ard@host/db$1");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so a list says it
  expect(refusalOf("acme ${ACME}\nbeta ${MISSING}\ngamma postgres://${EMPTY}@h/${MISSING_TOO}", environment)).toMatch(
    /line 2: the environment has no MISSING\n.*line 3: the environment has no EMPTY, MISSING_TOO$/s,
  );
});

test.each([
  ["a URL in the name's place", `${url}`, "line 1: where its name is expected stands something like a URL"],
  ["no URL", "acme", "line 1: it has no URL"],
  ["something else behind", `acme ${url} standby=${url}`, "something else than replica= and copy="],
  ["replica twice", `acme ${url} replica=${url} replica=${url}`, "it has replica= twice"],
  ["a name of 300 letters", `${"a".repeat(300)} ${url}`, "more than 63 characters"],
  ["an escape", `ac\u001b[31mme ${url}`, "other characters than letters"],
  ["a slash", `../acme ${url}`, "other characters than letters"],
  ["a dot in front", `.acme ${url}`, "other characters than letters"],
  ["an order to a runner", `::error::x ${url}`, "other characters than letters"],
  ["a name twice", `acme ${url}\nbeta ${url}\nACME ${url}`, "line 3: the name of line 1 again, acme"],
  ["nothing", "# nobody\n\n", "lists no target"],
])("a list with %s is refused, and nothing of it is repeated", (_, text, message) => {
  const told = refusalOf(text, {});
  expect(told).toContain(message);
  expect(told).not.toContain(secret);
  expect(told).not.toContain("\u001b");
});

test("all lines that cannot be used are told at once, and no database is asked", async () => {
  const list = write(`acme ${nowhere}\nbeta mysql://x\ngamma ${nowhere.replace("acme", "a/b@c")}\n`);
  const { exitCode, stderr, stdout } = await callSsot(["fleet", "status", "--targets", list, "--json"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("beta (line 2)");
  expect(stderr).toContain("gamma (line 3)");
  expect(stderr).not.toContain("acme (line 1)");
  expect(stdout + stderr).not.toContain(secret);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "CONFIGURATION" } });
});

test("no password leaves a fleet: of a URL, a password file, a name, or what a server says", async () => {
  const told = write(`x-${secret} ${nowhere}\n`);
  const named = await callSsot(["fleet", "status", "--targets", told, "--json"]);
  expect(named.exitCode).toBe(2);
  expect(named.stderr).toContain("names of targets repeat a password");
  expect(named.stdout + named.stderr).not.toContain(secret);

  const passwords = write(`127.0.0.1:*:*:app:${secret}\n`);
  chmodSync(passwords, 0o600);
  const { hostname, port } = new URL(database.url);
  const kept = write(`acme postgres://app@127.0.0.1:1/x\nbeta postgres://app@${hostname}:${port}/${database.name}\n`);
  const failed = await callSsot(["fleet", "status", "--targets", kept], { env: { PGPASSFILE: passwords } });
  expect(failed.exitCode).toBe(3);
  expect(failed.stdout).toContain("REFUSED_LOGIN");
  expect(failed.stdout + failed.stderr).not.toContain(secret);

  // A server that says what it was told.
  const role = `app_${database.name.slice(-8)}`;
  await database.sql.unsafe(`create role ${role} login password '${secret}'`);
  await database.sql.unsafe(`alter role ${role} in database ${database.name} set search_path = '${secret}'`);
  const echoing = new URL(database.url);
  echoing.username = role;
  echoing.password = secret;
  echoing.search = "?options=-c%20work_mem%3Dhunter2secret";
  const echo = await callSsot(["fleet", "migrate", "--targets", write(`acme ${echoing.href}\n`), "-v", "--json"]);
  expect(echo.exitCode).toBe(3);
  expect(echo.stdout + echo.stderr).not.toContain(secret);
  await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
});

test.each([
  [["--targets", "FILE", "--query", "select 1"], "a fleet has one list of targets"],
  [[], "a fleet has one list of targets"],
  [["--targets", "FILE", "--database-url", "postgres://h/x"], "--database-url names one database"],
  [["--targets", "FILE", "--embedded"], "--embedded names one database"],
  [["--targets", "FILE", "--dry-runn"], "unknown option '--dry-runn'"],
  [["--targets", "FILE", "--only", "x"], "--only is for --phase 3 only"],
  [["--targets", "FILE", "--to", "19990101000000"], "there is no migration 19990101000000"],
  [["--targets", "FILE", "--canary", "nobody"], "--canary names no target of the list"],
  [["--targets", "FILE", "--canary", "2"], "--canary asks for 2 of 1 targets"],
  [["--targets", "FILE", "--connections-per-server", "2"], "opens up to 3 sessions on one server"],
  [["--targets", "FILE", "--plan", "/nowhere"], "have no plan in that folder"],
  [["--targets", "/not/there"], "the list of targets cannot be read"],
])("a call that cannot be meant is refused before the first target: %j", async (args, message) => {
  const list = write(`acme ${nowhere}\n`);
  const words = args.map((word) => (word === "FILE" ? list : word));
  const { exitCode, stderr } = await callSsot(["fleet", "migrate", ...words]);
  expect(exitCode).toBe(2);
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(message);
});

test("verify of many databases asks no dashboard and no organisation, and has four forms", async () => {
  const list = write(`acme ${nowhere}\n`);
  for (const words of [["--org", crypto.randomUUID()], ["--dashboard-url", "http://x"], ["--list"]]) {
    const { exitCode, stderr } = await callSsot(["fleet", "verify", "--targets", list, ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${words[0]} is for one database`);
  }
  const { exitCode, stderr } = await callSsot(["fleet", "verify", "--targets", list, "--reporter", "html=x.html"]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("no report of the form html"),
  });
});

test("a catalogue is asked by one query that only reads; what stands in its rows is repeated by nobody", async () => {
  const { sql } = database;
  await sql`create table public.tenants (name text, url text, standby text)`;
  const fails = async (query: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await callSsot(
      ["fleet", "status", "--query", query, "--database-url", database.url, "--json"],
      { env: { PGPASSWORD: secret, OTHER: secret } },
    );
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain(secret);
    return JSON.parse(stdout).error.message;
  };
  expect(await fails("select name, url from tenants")).toContain("lists no target");
  await sql`insert into public.tenants values ('acme', ${url}, ${url})`;
  expect(await fails("select nam from tenants")).toContain("(42703)");
  expect(await fails("insert into tenants values ('x') returning name, url")).toContain("(25006)");
  expect(await fails("select 1; commit; drop table tenants")).toContain("(42601)");
  expect(await fails("select url::int as name, url from tenants")).toContain("its message may cite a row (22P02)");
  expect(await fails("select name, standby, url from tenants")).toContain("row 1: it has other columns than");
  expect(await fails("select name, null as url from tenants")).toContain("row 1: it has no url");
  expect(await fails("select url as name, url from tenants")).toContain("something like a URL");
  // What the environment keeps for others is not sent where a row says.
  await sql`update public.tenants set url = 'postgres://app@127.0.0.1:1/acme'`;
  expect(await fails("select name, url from tenants")).toContain("is not sent to the host that the catalogue names");
  const rows = await sql`select count(*)::int as count from public.tenants`;
  expect(rows[0]?.count).toBe(1);
});

let written = 0;

function write(text: string): string {
  written += 1;
  const file = join(folder, `${written}.txt`);
  writeFileSync(file, text);
  return file;
}

function refusalOf(text: string, environment: Readonly<Record<string, string>>): string {
  try {
    readLines(text, environment);
  } catch (error) {
    if (error instanceof SsotError) return error.message;
  }
  throw new Error("the list was taken");
}

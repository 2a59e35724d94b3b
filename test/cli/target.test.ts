import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { callSsot } from "./call-ssot.ts";

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "ssot-cli-"));
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await database.drop();
});

test.each(["migrate", "status"])("%s without a target names the three ways and the demo", async (command) => {
  const { exitCode, stdout, stderr } = await callSsot([command], { directory });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  for (const way of ["--database-url", "DATABASE_URL", "PG*", "ssot demo"]) expect(stderr).toContain(way);
});

test.each(["http://h/d", "h:5432", "postgres://[", ""])("what is no URL of PostgreSQL is refused: %j", async (url) => {
  const { exitCode, stderr } = await callSsot(["status", "--database-url", url], { directory });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("error CONFIGURATION:");
});

test("a server that is away is exit 3, and says where it was looked for", async () => {
  const port = await freePort();
  const { exitCode, stderr } = await callSsot([
    "status",
    "--database-url",
    `postgres://ann:s3cret@127.0.0.1:${port}/app`,
  ]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("error UNREACHABLE:");
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(`app on 127.0.0.1:${port} as ann`);
  expect(stderr).not.toContain("s3cret");
});

test("a wrong password is exit 3, and in no output whatever is asked for", async () => {
  const role = `${database.name}_stranger`;
  await database.sql`create role ${database.sql(role)} login password 'the right one'`;
  const url = new URL(database.url);
  url.username = role;
  url.password = "s3cr%40t-w0rd";
  try {
    for (const args of [
      ["status"],
      ["migrate", "--json"],
      ["migrate", "-v", "--dry-run"],
      ["rollback", "--yes", "-v"],
    ]) {
      const { exitCode, stdout, stderr } = await callSsot([...args, "--database-url", url.href]);
      expect(exitCode).toBe(3);
      expect(stderr).toContain("error REFUSED_LOGIN:");
      expect(stdout + stderr).not.toMatch(/s3cr/);
    }
  } finally {
    await database.sql`drop role ${database.sql(role)}`;
  }
});

test("the target is told first, with neither password nor URL", async () => {
  const { exitCode, stderr } = await callSsot(["migrate", "--to", "20260209000100", "--database-url", database.url]);
  expect(exitCode).toBe(0);
  const { hostname, port, username, password } = new URL(database.url);
  const first = stderr.split("\n  20260209000100")[0]?.replaceAll(/\s+/g, " ");
  expect(first).toContain(`target ${database.name} on ${hostname}:${port} as ${username} (PostgreSQL `);
  if (password.length > 8) expect(stderr).not.toContain(password);
  await callSsot(["rollback", "--all", "--yes", "--database-url", database.url]);
});

test("DATABASE_URL and the PG* variables name the target too", async () => {
  const { hostname, port, username, password } = new URL(database.url);
  const variables = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: database.name,
  };
  for (const env of [{ DATABASE_URL: database.url }, variables]) {
    expect(await callSsot(["status"], { env, directory })).toMatchObject({ exitCode: 0 });
  }
});

test("a target from .env is changed only with --yes or an answer on a terminal", async () => {
  writeFileSync(join(directory, ".env"), `DATABASE_URL="${database.url}"\n`);
  try {
    const silent = await callSsot(["migrate"], { directory });
    expect(silent.exitCode).toBe(2);
    expect(silent.stderr).toContain("error USAGE: the database comes from .env");
    const refused = await callSsot(["migrate"], { directory, answers: "n\n", columns: 80 });
    expect(refused.exitCode).toBe(130);
    // An answer is no error.
    expect(refused.stderr).toMatch(/Go on\? \[y\/N\] Not confirmed\. Nothing was changed\.\n$/);
    expect(refused.stderr).not.toContain("error");
    const document = await callSsot(["migrate", "--json"], { directory, answers: "n\n", columns: 80 });
    expect(JSON.parse(document.stdout)).toMatchObject({ error: { code: "INTERRUPTED" } });
    const ended = await callSsot(["migrate"], { directory, answers: "", columns: 80 });
    expect(ended.exitCode).toBe(130);
    expect(await isUntouched()).toBe(true);

    expect(await callSsot(["status"], { directory })).toMatchObject({ exitCode: 0 });
    expect(await callSsot(["migrate", "--dry-run"], { directory })).toMatchObject({ exitCode: 0 });
    expect(await callSsot(["rollback", "--dry-run"], { directory })).toMatchObject({ exitCode: 0 });
    expect(await isUntouched()).toBe(true);

    const answered = await callSsot(["migrate"], { directory, answers: "y\n", columns: 80 });
    expect(answered.exitCode).toBe(0);
    expect(answered.stderr).toContain("comes from .env");
    expect(await callSsot(["rollback", "--all", "--yes"], { directory })).toMatchObject({ exitCode: 0 });
    expect(await isUntouched()).toBe(true);
  } finally {
    rmSync(join(directory, ".env"));
  }
});

test("--embedded works on a server of its own and leaves its data", async () => {
  const first = await callSsot(["status", "--embedded", "server", "--json"], { directory });
  expect(first).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(first.stdout)).toMatchObject({ command: "status" });
  const second = await callSsot(["migrate", "--embedded", "server"], { directory });
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toContain("table public.calls is missing");
});

test("an interrupt ends what only reads, and a second one the process", async () => {
  const silent = createServer();
  const port = await listen(silent);
  const call = (interrupts: number) =>
    callSsot(["status", "--database-url", `postgres://ann@127.0.0.1:${port}/app`], {
      onStart: (interrupt) => {
        silent.once("connection", (socket) => {
          for (let n = 0; n < interrupts; n += 1) interrupt("SIGINT");
          socket.destroy();
        });
      },
    });
  try {
    const once = await call(1);
    expect(once).toMatchObject({ exitCode: 130, stdout: "", ended: undefined });
    expect(once.stderr).toContain("error INTERRUPTED: interrupted; nothing was changed");
    expect(await call(2)).toMatchObject({ exitCode: 130, ended: 130 });
  } finally {
    silent.close();
  }
});

async function isUntouched(): Promise<boolean> {
  const [row] = await database.sql<{ present: boolean }[]>`select to_regnamespace('ssot') is not null as present`;
  return row?.present === false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test("a password with a slash in it is not taken for the database, and no part of it is shown", async () => {
  for (const url of ["postgres://u:12/secretpart@db.example:5432/x", "postgres://u:1@2/secretpart@db.example/x"]) {
    const { exitCode, stderr } = await callSsot(["status", "--database-url", url], { directory });
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain("secretpart");
    expect(stderr.replace(/\s+/g, " ")).toContain("must be percent-encoded");
  }
});

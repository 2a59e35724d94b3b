import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { makeShims, type Shims } from "./copy-case.ts";

let database: TestDatabase;
let folder: string;
let shims: Shims;

beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 200, contacts: 50, dirt: true });
});
afterAll(() => database.drop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-ends-"));
  // The server's user passes through it.
  chmodSync(folder, 0o711);
  // pg_dump begins when the file is there.
  shims = makeShims({
    pg_dump: `case "$1" in --version) ;; *) until [ -e ${join(folder, "go")} ]; do sleep 0.05; done;; esac
PATH=\${PATH#*:} exec pg_dump "$@"`,
  });
});
afterEach(() => {
  shims.remove();
  rmSync(folder, { recursive: true, force: true });
});

const letGo = (): void => writeFileSync(join(folder, "go"), "");
const copies = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith("ssot-rehearsal-"));

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly said: () => string } {
  const command = [
    join(packageRoot(), "bin", "ssot.js"),
    "rehearse",
    "--on",
    "embedded",
    "--for",
    database.url,
    ...args,
  ];
  const env = { PATH: shims.path, HOME: folder, TMPDIR: folder };
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

const isDumping = (): boolean => shims.seen().includes("--section=pre-data");
const sessions = async (): Promise<number> => {
  const rows =
    await database.sql`select from pg_catalog.pg_stat_activity as a where a.datname = current_database() and a.application_name ~ '^ssot'`;
  return rows.length;
};

test("an interrupt removes the copy, and the target is as it was", async () => {
  const before = await snapshotDatabase(database.sql);
  const { child, said } = start();
  const ended = once(child, "exit");
  await until(isDumping);
  expect(copies()).toHaveLength(1);
  child.kill("SIGINT");
  expect((await ended)[0]).toBe(130);
  expect(said()).toContain("the target was only read, and the copy goes away");
  expect(copies()).toEqual([]);
  letGo();
  await until(async () => (await sessions()) === 0);
  expect(differences(before, await snapshotDatabase(database.sql))).toEqual([]);
});

test("after a kill nothing goes on at the target, and the next rehearsal removes what was left and ends well", async () => {
  const before = await snapshotDatabase(database.sql);
  const { child } = start();
  const ended = once(child, "exit");
  await until(isDumping);
  child.kill("SIGKILL");
  await ended;
  const left = copies();
  expect(left).toHaveLength(1);
  expect(existsSync(join(folder, left[0] ?? "", "data", "postmaster.pid"))).toBe(true);
  letGo();
  await until(async () => (await sessions()) === 0);
  const next = start("--json");
  expect([(await once(next.child, "exit"))[0], copies()]).toEqual([0, []]);
  const report: unknown = JSON.parse(next.said().slice(next.said().indexOf("{")));
  expect(report).toMatchObject({ command: "rehearse", ok: true, equal: true, copyProblems: [] });
  expect(next.said()).toContain("warning");
  expect(next.said()).not.toContain(new URL(database.url).password);
  expect(differences(before, await snapshotDatabase(database.sql))).toEqual([]);
});

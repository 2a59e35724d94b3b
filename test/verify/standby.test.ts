import {
  appendFileSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOfReport, verify } from "../../src/core/verify.ts";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { layoutOf } from "../../src/db/embedded/layout.ts";
import { SsotError } from "../../src/model/errors.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { statusesOf, verifyOptions } from "./healthy-case.ts";

const { SSOT_TEST_PG_BINARIES: folder } = process.env;
const binaries = folder === undefined ? {} : { binaries: folder };
const primaryDirectory = temporaryServerDirectory("ssot-test-primary");
const standbyDirectory = temporaryServerDirectory("ssot-test-standby");
let primary: EmbeddedServer;
let standby: EmbeddedServer;

function urlOf({ user, password, host, port }: EmbeddedServer): string {
  return `postgres://${user}:${password}@${host}:${port}/postgres`;
}

/** Copies a running server's data by the backup functions, and lets the copy follow it. */
async function followPrimary(): Promise<void> {
  const from = layoutOf(primaryDirectory);
  mkdirSync(standbyDirectory, { recursive: true });
  chownLike(primaryDirectory, standbyDirectory);
  const to = layoutOf(standbyDirectory);
  const session = postgres(urlOf(primary), { max: 1, onnotice: () => {} });
  await session`select pg_backup_start('standby', true)`;
  cpSync(primary.dataDirectory, to.data, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !/\/postmaster\.(pid|opts)$/.test(path),
  });
  const [stop] = await session<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
  await session.end();
  writeFileSync(join(to.data, "backup_label"), stop?.labelfile ?? "");
  writeFileSync(join(to.data, "standby.signal"), "");
  const { host, port, user, password } = primary;
  appendFileSync(
    join(to.data, "postgresql.auto.conf"),
    `primary_conninfo = 'host=${host} port=${port} user=${user} password=${password}'\n`,
  );
  copyFileSync(from.password, to.password);
  chownTree(primary.dataDirectory, to.data);
}

beforeAll(async () => {
  primary = await startEmbeddedServer({ directory: primaryDirectory, settings: { fsync: "off" }, ...binaries });
  const sql = postgres(urlOf(primary), { max: 1, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await loadSeedCase(sql);
  await followPrimary();
  standby = await startEmbeddedServer({ directory: standbyDirectory, settings: { fsync: "off" }, ...binaries });
  // What is done from here on arrives by streaming alone.
  await migrate(migrateOptions(urlOf(primary)));
  const [end] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
  await sql.end();
  const replica = postgres(urlOf(standby), { max: 1, onnotice: () => {} });
  for (let look = 0; ; look += 1) {
    const [row] = await replica`select pg_last_wal_replay_lsn() >= ${end?.lsn ?? ""}::pg_lsn as there`;
    if (row?.there) break;
    if (look === 400) throw new Error("the standby does not follow");
    await sleep(50);
  }
  await replica.end();
});

afterAll(async () => {
  await standby?.stop();
  await primary?.stop();
  for (const directory of [primaryDirectory, standbyDirectory]) rmSync(directory, { recursive: true, force: true });
});

test("on a hot standby everything that only reads is asked, and every probe says why it is not", async () => {
  const there = await verify(await verifyOptions(urlOf(standby)));
  const here = await verify(await verifyOptions(urlOf(primary)));
  expect([...statusesOf(there)].filter(([, status]) => status === "fail" || status === "error")).toEqual([]);
  expect(exitCodeOfReport(there, "fail")).toBe(0);
  const differing = [...statusesOf(here)].filter(([id, status]) => statusesOf(there).get(id) !== status);
  const probes = there.suites.flatMap(({ id, checks }) =>
    checks.filter(({ actual }) => actual === "this server is a hot standby").map((check) => `${id}.${check.id}`),
  );
  expect(probes).toHaveLength(13);
  expect(differing.map(([id]) => id)).toEqual(probes);
  expect(there.coverage).toEqual(here.coverage);
});

test("a run on a standby cannot be recorded, and says so before it asks", async () => {
  const error = await verify(await verifyOptions(urlOf(standby), { record: true })).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SsotError);
  expect(String(error)).toContain("this server is a hot standby");
});

test("the doctor of a standby reads, too", async () => {
  const { checks } = await doctor({ target: targetOf(urlOf(standby)) });
  expect(checks.filter(({ detail }) => detail.includes("could not be looked at"))).toEqual([]);
});

function chownLike(model: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(model);
  chownSync(path, uid, gid);
}

function chownTree(model: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(model);
  chownEach(path, uid, gid);
}

function chownEach(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownEach(join(path, name), uid, gid);
}

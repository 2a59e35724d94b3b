import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { readPage } from "../docs/pages.ts";
import { appliedIn } from "./fleet-case.ts";

const names = ["acme", "globex", "initech"];
const { fences } = readPage(packageRoot(), join("docs", "scale.md"));

let folder: string;
const servers: EmbeddedServer[] = [];
const directories: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ssot-fleet-"));
  for (const name of names) {
    const directory = temporaryServerDirectory(`ssot-test-${name}`);
    directories.push(directory);
    const server = await startEmbeddedServer({ directory, settings: { fsync: "off" } });
    servers.push(server);
    await onServer(server, async (sql) => {
      await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
      await loadSeedCase(sql);
    });
  }
}, 300_000);

afterAll(async () => {
  for (const server of servers) await server.stop();
  for (const directory of [folder, ...directories]) rmSync(directory, { recursive: true, force: true });
}, 300_000);

test("a new user's commands do on three servers what the page says", async () => {
  const [acme, globex, initech] = servers;
  if (acme === undefined || globex === undefined || initech === undefined) throw new Error("a server is missing");
  const place = ({ host, port }: EmbeddedServer): string => `${host}:${port}/postgres`;
  // As on the page: one password in a file, one as a variable inside the URL, one URL as a whole.
  const lines = [
    "# name   URL",
    `acme     postgres://${acme.user}@${place(acme)}`,
    `globex   postgres://${globex.user}:$\{GLOBEX_PASSWORD}@${place(globex)}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so a list says it
    "initech  ${INITECH_URL}",
  ];
  writeFileSync(join(folder, "fleet.txt"), `${lines.join("\n")}\n`);
  const passwords = join(folder, "pgpass");
  writeFileSync(passwords, `${acme.host}:${acme.port}:*:${acme.user}:${acme.password}\n`);
  chmodSync(passwords, 0o600);
  const env = {
    PGPASSFILE: passwords,
    GLOBEX_PASSWORD: globex.password,
    INITECH_URL: `postgres://${initech.user}:${encodeURIComponent(initech.password)}@${place(initech)}`,
  };
  const commands = fences.flatMap(({ text }) => text.split("\n")).filter((line) => line.startsWith("ssot fleet "));
  expect(commands).toHaveLength(5);
  const told: string[] = [];
  for (const command of commands) {
    const words = command.split(/\s+/).slice(1);
    const { exitCode, stdout, stderr } = await callSsot(words, { env, directory: folder });
    expect([command, exitCode, stderr]).toEqual([command, words.includes("doctor") ? expect.any(Number) : 0, stderr]);
    expect(servers.filter(({ password }) => (stdout + stderr).includes(password))).toEqual([]);
    told.push(stdout.replaceAll(/\s+/g, " "));
  }
  expect(told[1]).toContain("3 targets of ssot status: 3 done.");
  expect(told[2]).toContain("acme done 4 applied · 1 held · canary · verify held");
  expect(told[4]).toContain("3 targets of ssot migrate: 3 nothing to do. exit 0");
  for (const server of servers) await onServer(server, async (sql) => expect(await appliedIn({ sql })).toBe(4));
}, 300_000);

async function onServer(
  { host, port, user, password }: EmbeddedServer,
  work: (sql: postgres.Sql) => Promise<void>,
): Promise<void> {
  const sql = postgres({ host, port, user, password, database: "postgres", max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

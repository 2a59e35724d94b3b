import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { packageRoot } from "../../src/model/package-root.ts";
import { openAttacks } from "./attacks.ts";
import { refreshBuild } from "./build.ts";
import { partitionCalls } from "./partitioned-calls.ts";
import { openAdmin, startTestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the run's server: see createTestDatabase. */
    readonly testServer: {
      /** A superuser's connection to the maintenance database, password included. */
      readonly url: string;
      /** The database with the base schema that test databases are cloned from. Nobody can connect to it. */
      readonly template: string;
      /** What the names of the run's databases begin with. */
      readonly prefix: string;
    };
    /** A file: see test/support/attacks.ts. */
    readonly attacks: string;
  }
}

/** Builds dist/, starts the run's server, makes the template database. Returns what ends all that. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  refreshBuild();
  const server = await startTestServer(sayOfServer);
  const run = randomBytes(4).toString("hex");
  const prefix = `ssot_test_${run}_`;
  const template = `ssot_template_${run}`;
  const admin = openAdmin(server.url);
  const dropAll = async () => {
    const left = await admin<{ name: string }[]>`
      select datname as name from pg_catalog.pg_database where starts_with(datname, ${prefix}) or datname = ${template}
      order by datname`;
    for (const { name } of left) {
      await admin`alter database ${admin(name)} is_template false`;
      await admin`drop database if exists ${admin(name)} with (force)`;
    }
  };
  try {
    const [version] = await admin<{ text: string }[]>`select current_setting('server_version') as text`;
    sayOfServer(`PostgreSQL ${version?.text} (${server.kind})`);
    await makeTemplate(server.url, template);
  } catch (error) {
    await admin.end();
    await server.stop();
    throw error;
  }
  const attacks = openAttacks();
  project.provide("attacks", attacks.path);
  project.provide("testServer", { url: server.url, template, prefix });
  return async () => {
    attacks.close(say);
    // The other kinds end with all their databases.
    if (server.kind === "url") await dropAll();
    await admin.end();
    await server.stop();
  };
}

async function makeTemplate(serverUrl: string, name: string): Promise<void> {
  const admin = openAdmin(serverUrl);
  await admin`create database ${admin(name)} template template0 encoding 'UTF8'`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const inside = openAdmin(url.href);
  const schema = join(packageRoot(), "fixtures", "base-schema.sql");
  if (existsSync(schema)) await inside.file(schema);
  if (process.env.SSOT_TEST_CALLS === "partitioned") await partitionCalls(inside);
  await inside.end();
  await admin`alter database ${admin(name)} is_template true allow_connections false`;
  await admin.end();
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function sayOfServer(line: string): void {
  say(`test server: ${line}`);
}

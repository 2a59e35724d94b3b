import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, test } from "vitest";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { serverPid } from "../db/embedded-fixture.ts";
import { holdAt, type Point, untilHeld } from "./hold-points.ts";
import { goOn, prepare, runUndisturbed, strikeAt, type Undisturbed } from "./matrix.ts";
import { carryOut, type RunName, runNames } from "./runs.ts";

// A server of its own, since it is shut down under the runs; every commit reaches the disk's cache, as in production.
const settings = { synchronous_commit: "on", full_page_writes: "on" };
const directory = temporaryServerDirectory("ssot-crash");

let server: EmbeddedServer;

const start = () => startEmbeddedServer({ directory, ephemeral: true, settings });

function open(name: string): { readonly url: string; readonly sql: postgres.Sql } {
  const url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/${name}`;
  return { url, sql: postgres(url, { max: 4, onnotice: () => {} }) };
}

async function within<T>(name: string, work: (database: ReturnType<typeof open>) => Promise<T>): Promise<T> {
  const database = open(name);
  try {
    return await work(database);
  } finally {
    await database.sql.end({ timeout: 0 });
  }
}

const recreate = (name: string, template: string): Promise<void> =>
  within("postgres", async ({ sql }) => {
    await sql`drop database if exists ${sql(name)} with (force)`;
    await sql`create database ${sql(name)} template ${sql(template)} encoding 'UTF8'`;
    // A sequence writes ahead of itself, and a copy does not know that it has not: without a checkpoint a server that is shut down would
    // bring the copy's numbers back.
    await sql`checkpoint`;
  });

/** Shuts the server down at once while a run stands at a point, and starts it again. */
async function shutDownAt(name: RunName, undisturbed: Undisturbed, point: Point): Promise<readonly string[]> {
  await recreate("case", "source");
  await within("case", async ({ sql, url }) => {
    await holdAt(sql, point);
    const ended = carryOut(name, url).then(
      () => "came to its end",
      () => "failed",
    );
    await untilHeld(sql, ended);
    process.kill(serverPid(server.dataDirectory), "SIGQUIT");
    await ended;
  });
  const stopped = server;
  server = await start();
  await stopped.stop();
  return within("case", (database) => goOn(name, database, undisturbed));
}

beforeAll(async () => {
  server = await start();
});

afterAll(() => server.stop());

test.each(runNames)(
  "%s, the server shut down at any point, goes on to the end state of an undisturbed run",
  async (name) => {
    await recreate("source", "template0");
    await within("source", async (database) => {
      await database.sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
      await prepare(name, database);
    });
    await recreate("case", "source");
    const undisturbed = await within("case", (database) => runUndisturbed(name, database));
    await strikeAt("server shut down", name, undisturbed.points, 1, (point) => shutDownAt(name, undisturbed, point));
  },
);

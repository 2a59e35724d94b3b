import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";

/** A server for tests that change settings of a whole server, or look at what all of its sessions do. */
export interface OwnServer {
  readonly url: string;
  readonly sql: postgres.Sql;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts one with these settings, and the base schema in its database. */
export async function startOwnServer(settings: Readonly<Record<string, string>>): Promise<OwnServer> {
  const { SSOT_TEST_PG_BINARIES: binaries } = process.env;
  const directory = temporaryServerDirectory("ssot-test-own");
  const server = await startEmbeddedServer({
    directory,
    ephemeral: true,
    settings,
    ...(binaries === undefined ? {} : { binaries }),
  });
  const url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/postgres`;
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  return {
    url,
    sql,
    log: () => readFileSync(join(directory, "server.log"), "utf8"),
    stop: async () => {
      await sql.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

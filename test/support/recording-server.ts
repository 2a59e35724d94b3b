import { rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { migrateOptions } from "./run-options.ts";

export interface RecordingServer {
  readonly url: string;
  readonly sql: postgres.Sql;
  stop(): Promise<void>;
}

/** A server of its own that has pg_stat_statements loaded, with the seed's case, migrated. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const { SSOT_TEST_PG_BINARIES: binaries } = process.env;
  const directory = temporaryServerDirectory("ssot-test-recording");
  const server = await startEmbeddedServer({
    directory,
    ephemeral: true,
    settings: { shared_preload_libraries: "pg_stat_statements" },
    ...(binaries === undefined ? {} : { binaries }),
  });
  const url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/postgres`;
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await loadSeedCase(sql);
  await migrate(migrateOptions(url));
  return {
    url,
    sql,
    stop: async () => {
      await sql.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { migrateOptions } from "./run-options.ts";

/** A server of its own that has pg_stat_statements loaded, with the seed's case, migrated. */
export async function startRecordingServer(): Promise<OwnServer> {
  const server = await startOwnServer({ shared_preload_libraries: "pg_stat_statements" });
  await loadSeedCase(server.sql);
  await migrate(migrateOptions(server.url));
  return server;
}

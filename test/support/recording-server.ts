import postgres from "postgres";
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

/** A database of such a server, in which the extension was there before the migrations. */
export interface RecordedDatabase {
  readonly url: string;
  readonly sql: postgres.Sql;
}

/** Servers that count, with one database for each test: a copy of one that was migrated under the extension's eyes. */
export interface RecordingClones {
  clone(): Promise<RecordedDatabase>;
  stop(): Promise<void>;
}

export async function startRecordingClones(): Promise<RecordingClones> {
  const server = await startOwnServer({ shared_preload_libraries: "pg_stat_statements" });
  const open: postgres.Sql[] = [];
  const database = (name: string): RecordedDatabase => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    const sql = postgres(url.href, { max: 1, onnotice: () => {} });
    open.push(sql);
    return { url: url.href, sql };
  };
  await server.sql`create extension pg_stat_statements`;
  await loadSeedCase(server.sql);
  await server.sql`create role app login`;
  await server.sql`grant select, insert, update, delete on all tables in schema public to app`;
  await migrate(migrateOptions(server.url));
  await server.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await server.sql.end();
  const admin = database("template1");
  return {
    clone: async () => {
      const name = `clone_${open.length}`;
      await admin.sql.unsafe(`create database ${name} template postgres`);
      return database(name);
    },
    stop: async () => {
      await Promise.all(open.map((sql) => sql.end()));
      await server.stop();
    },
  };
}

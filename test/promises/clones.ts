import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { inject } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { openAdmin } from "../support/test-server.ts";

/** A prepared database to make equal ones from, down to oids and transaction ids of the catalog. */
export interface Clones {
  clone(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** Takes over a database: its connection is closed, and it is dropped together with the clones' source. */
export async function cloneable(source: TestDatabase): Promise<Clones> {
  await source.sql.end();
  let made = 0;
  const { url: serverUrl } = inject("testServer");
  const asAdmin = async (work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> => {
    const admin = openAdmin(serverUrl);
    try {
      await work(admin);
    } finally {
      await admin.end();
    }
  };
  return {
    clone: async () => {
      made += 1;
      const name = `${source.name}_${made}`;
      await asAdmin(async (admin) => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await admin`create database ${admin(name)} template ${admin(source.name)}`;
          } catch (error) {
            // Autovacuum may be in the source at this moment.
            if (attempt === 20 || !(error instanceof postgres.PostgresError) || error.code !== "55006") throw error;
            await sleep(50 * attempt);
          }
        }
      });
      const url = new URL(source.url);
      url.pathname = `/${name}`;
      const sql = postgres(url.href, { max: 4, onnotice: () => {} });
      return {
        url: url.href,
        name,
        sql,
        drop: async () => {
          await sql.end({ timeout: 1 });
          await asAdmin((admin) => admin`drop database if exists ${admin(name)} with (force)`);
        },
      };
    },
    drop: () => asAdmin((admin) => admin`drop database if exists ${admin(source.name)} with (force)`),
  };
}

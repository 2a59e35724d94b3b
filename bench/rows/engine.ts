import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../../src/db/connection.ts";
import { loadEngine } from "../../src/migrations/engine-files.ts";
import { ensureEngine } from "../../src/migrations/install-engine.ts";
import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import type { BenchRow, Result } from "../row.ts";
import { least, timed } from "../support/measure.ts";
import { readDump } from "../support/read-dump.ts";

export const engine: BenchRow = {
  id: "engine",
  measures: "installing the engine, and upgrading that of 0.1.0",
  against: "nothing: half a second each",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const [files, migrations] = [await loadEngine(), await loadMigrations(migrationsDirectory())];
    const database = "bench_engine";
    const base = await readFile(join(packageRoot(), "fixtures/base-schema.sql"), "utf8");
    // After the four migrations of 0.1.0.
    const former = (await readDump("migration-4")).replaceAll("ssot_fixture_owner", server.target(database).user);
    const clock = async (before: string): Promise<number> => {
      await server.createEmpty(database);
      const sql = server.open(database);
      await sql.unsafe(before);
      await sql.end();
      const connection = await connect(server.target(database));
      try {
        const blockers = { lastSeen: () => [], now: () => [], cancel: () => {}, stop: async () => {} };
        const options = { lockTimeoutMs: 1000, lockTries: 3, blockers };
        return (await timed(() => ensureEngine(connection, files, migrations, options)))[0];
      } finally {
        await connection.close();
        await server.drop(database);
      }
    };
    const times = { install: [] as number[], upgrade: [] as number[] };
    for (let round = context.rounds ?? 5; round > 0; round -= 1) {
      times.install.push(await clock(base));
      times.upgrade.push(await clock(former));
    }
    return [
      { what: "installing", value: least(times.install) / 1000, unit: "s", goal: { atMost: 0.5 } },
      { what: "upgrading from 0.1.0", value: least(times.upgrade) / 1000, unit: "s", goal: { atMost: 0.5 } },
    ];
  },
};

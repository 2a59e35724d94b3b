import postgres from "postgres";
import { afterEach, expect, test, vi } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createCallsDashboard } from "../../src/dashboard/create-calls-dashboard.ts";
import { standardRows } from "../layouts/layout.ts";
import { createTestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["timestamptz", "created_at"],
  ["timestamp(3)", "created_at at time zone 'UTC'"],
])("a %s is the same moment on every machine and in every session", async (type, value) => {
  const database = await createTestDatabase();
  try {
    await database.sql.unsafe(`${standardRows};
      alter table calls alter created_at type ${type} using ${value};
      alter database ${database.name} set timezone = 'Asia/Kathmandu'`);
    await migrate(migrateOptions(database.url));
    vi.stubEnv("TZ", "America/New_York");
    const sql = postgres(database.url, { max: 1 });
    try {
      for (const nameResolution of ["live", "legacy"] as const) {
        const { listCalls } = createCallsDashboard({ sql, nameResolution });
        const { calls } = await listCalls({
          orgId: "00000000-0000-0000-0000-00000000000a",
          to: new Date("2026-01-05T00:00:01Z"),
        });
        expect(calls.map(({ created_at }) => created_at.toISOString())).toEqual([
          "2026-01-05T00:00:00.000Z",
          "2026-01-04T00:00:00.000Z",
        ]);
      }
    } finally {
      await sql.end();
    }
  } finally {
    await database.drop();
  }
});

import { rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { listDependents } from "../../src/db/queries/dependents.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

const directory = temporaryServerDirectory("ssot-test-jobs");
let server: EmbeddedServer;
let sql: postgres.Sql;
let url: string;

// Debian's server: the one from npm comes without pg_cron.
beforeAll(async () => {
  server = await startEmbeddedServer({
    directory,
    ephemeral: true,
    settings: { shared_preload_libraries: "pg_cron" },
    binaries: "/usr/lib/postgresql/15",
  });
  url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/postgres`;
  sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await loadSeedCase(sql);
  await migrate(migrateOptions(url));
});

afterAll(async () => {
  await sql.end();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("what pg_cron runs is a dependent where it names a column of calls, and only there", async () => {
  await sql`create extension pg_cron`;
  expect(await listDependents(sql)).toEqual([]);
  await sql`select cron.schedule('nightly', '0 3 * * *', ${"update public.calls\nset caller_name = null"})`;
  await sql`select cron.schedule('harmless', '0 3 * * *', ${"select count(*) from public.calls -- caller_name"})`;
  expect(await listDependents(sql)).toEqual([
    {
      kind: "job",
      name: "nightly",
      column: "caller_name",
      detail: "names caller_name in line 2",
      certainty: "grammar",
    },
  ]);
});

test("where pg_cron is installed, it prunes the audit at night; a rollback ends that", async () => {
  const jobs = () => sql`select schedule, command from cron.job where jobname like 'ssot-%'`;
  await sql`select cron.unschedule(jobname) from cron.job`;
  await rollback(rollbackOptions(url));
  await migrate(migrateOptions(url));
  const [job, ...others] = await jobs();
  expect([job?.schedule, others]).toEqual(["23 3 * * *", []]);
  await sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    values ('calls', 'caller_name', 'UPDATE', 'by name', 'old', now() - interval '3 months')`;
  await sql.unsafe(String(job?.command));
  expect(await sql`select from public.deprecated_column_audit`).toHaveLength(0);
  expect(await listDependents(sql)).toEqual([]);
  await rollback(rollbackOptions(url));
  expect(await jobs()).toHaveLength(0);
});

// The migrated database that the webhook bench writes to: generated calls and contacts, and beside them twenty
// organisations with callers whose numbers a pgbench script can compute.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { generateData } from "../../dist/fixtures/generate.js";
import { migrate } from "../../dist/src/core/migrate.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../../dist/src/migrations/load-migrations.js";
import { packageRoot } from "../../dist/src/model/package-root.js";

export const organisations = 20;
/** Callers with a contact; number n belongs to organisation n % 20. */
export const knownCallers = 100_000;

/** `SSOT_BENCH_DIRECTORY` keeps the server's data, and the database for a next run with the same sizes. */
export async function openDatabase(calls, contacts) {
  const kept = process.env.SSOT_BENCH_DIRECTORY;
  const directory = kept ?? temporaryServerDirectory("ssot-bench-");
  const server = await startEmbeddedServer({
    directory,
    settings: { shared_buffers: "1GB", max_wal_size: "8GB", checkpoint_timeout: "30min", synchronous_commit: "on" },
  });
  const base = { host: server.host, port: server.port, user: server.user, password: server.password };
  const database = `bench_webhook_${calls}_${contacts}`;
  const admin = postgres({ ...base, database: "postgres", max: 1, onnotice: () => {} });
  const [there] = await admin`select from pg_database where datname = ${database}`;
  if (there === undefined) {
    await admin.unsafe(`create database ${database}_raw template template0`);
    await fill({ ...base, database: `${database}_raw` }, calls, contacts);
    await admin.unsafe(`alter database ${database}_raw rename to ${database}`);
  }
  await admin.end();
  return {
    target: { ...base, database },
    postmaster: Number(readFileSync(join(server.dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]),
    close: async () => {
      await server.stop();
      if (kept === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function fill(target, calls, contacts) {
  const sql = postgres({ ...target, max: 1, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
  await generateData(sql, { calls, contacts });
  await sql`
    insert into public.organizations (id, name, email, telephony_country)
    select ('00000000-0000-4000-8000-0000000000' || 10 + n)::uuid, 'Bench ' || n, 'bench-' || n || '@example.org', 'US'
    from generate_series(0, ${organisations - 1}::integer) as n`;
  await sql`
    insert into public.contacts (org_id, phone, name, lead_status, lead_score)
    select ('00000000-0000-4000-8000-0000000000' || 10 + n % ${organisations}::integer)::uuid,
           '+1' || 2000000000 + n, 'Known Caller ' || n, 'warm', 50
    from generate_series(1, ${knownCallers}::integer) as n order by hashint4(n)`;
  await migrate({
    target: { ...target, ssl: false, source: "embedded" },
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 30,
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
    progress: {},
  });
  await sql`vacuum (analyze) public.calls`;
  await sql`vacuum (analyze) public.contacts`;
  await sql.end();
}

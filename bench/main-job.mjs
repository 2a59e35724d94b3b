// The main job on one machine: `node bench/main-job.mjs [CALLS] [CONTACTS]`, 1,000,000 and 250,000 by default.
// Prints how long each part takes, the client's peak memory, a hand-written one-shot UPDATE … FROM on the same data,
// and how long Phase 3 and its rollback held ACCESS EXCLUSIVE on calls (sampled every 2 ms).
import { rmSync } from "node:fs";
import postgres from "postgres";
import { generateData } from "../dist/fixtures/generate.js";
import { migrate } from "../dist/src/core/migrate.js";
import { rollback } from "../dist/src/core/rollback.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/load-migrations.js";
import { packageRoot } from "../dist/src/model/package-root.js";

const calls = Number(process.argv[2] ?? 1_000_000);
const contacts = Number(process.argv[3] ?? calls / 4);

const directory = process.env.SSOT_BENCH_DIRECTORY ?? temporaryServerDirectory("ssot-bench-");
const server = await startEmbeddedServer({
  directory,
  settings: { shared_buffers: "1GB", max_wal_size: "8GB", checkpoint_timeout: "30min", synchronous_commit: "on" },
});
const base = { host: server.host, port: server.port, user: server.user, password: server.password };
const admin = postgres({ ...base, database: "postgres", onnotice: () => {} });

async function fresh(name) {
  await admin.unsafe(`create database ${name} template template0`);
  const sql = postgres({ ...base, database: name, max: 3, onnotice: () => {} });
  await sql.file(`${packageRoot()}/fixtures/base-schema.sql`);
  await generateData(sql, { calls, contacts, dirt: true });
  return sql;
}

async function timed(label, work) {
  const began = performance.now();
  const result = await work();
  console.log(`${label.padEnd(52)} ${((performance.now() - began) / 1000).toFixed(2).padStart(8)} s`);
  return result;
}

/** The longest time that somebody held ACCESS EXCLUSIVE on calls while `work` ran, in ms. */
async function longestExclusive(database, work) {
  const watcher = postgres({ ...base, database, max: 1 });
  let stop = false;
  let since = 0;
  let longest = 0;
  const watching = (async () => {
    while (!stop) {
      const [row] = await watcher`
        select exists (select from pg_locks where locktype = 'relation' and relation = 'public.calls'::regclass
                       and mode = 'AccessExclusiveLock' and granted) as held`;
      const now = performance.now();
      if (row.held && since === 0) since = now;
      if (!row.held && since !== 0) {
        longest = Math.max(longest, now - since);
        since = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  await work();
  stop = true;
  await watching;
  await watcher.end();
  return longest;
}

let peak = 0;
const memory = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 50);
memory.unref();

try {
  const sql = await timed(`generate ${calls} calls, ${contacts} contacts`, () => fresh("bench_main"));
  await timed("one-shot UPDATE ... FROM, rolled back", () =>
    sql
      .begin(async (tx) => {
        await tx`set local work_mem = '64MB'`;
        const { count } = await tx`
          update public.calls as c set contact_id = k.id
          from (select distinct on (org_id, phone) org_id, phone, id from public.contacts order by org_id, phone, created_at, id) as k
          where c.contact_id is null and k.org_id = c.org_id
            and k.phone = case when c.call_direction = 'outbound' or btrim(c.phone_number) <> '' then c.phone_number else c.from_number end`;
        console.log(`  (${count} calls linked as stored, without reading loose spellings, without journal and index)`);
        throw new Error("rolled back on purpose");
      })
      .catch(() => {}),
  );
  await sql`vacuum (analyze) public.calls`;
  const options = {
    target: { ...base, database: "bench_main", ssl: false, source: "embedded" },
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 30,
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
    all: true,
    progress: process.env.SSOT_BENCH_STEPS
      ? { onStep: (_, step) => console.log(`  ${(performance.now() / 1000).toFixed(1)}  ${step}`) }
      : {},
  };
  const idle = process.memoryUsage().rss;
  peak = 0;
  const report = await timed("ssot migrate (1 to 4)", () => migrate(options));
  for (const { name, durationMs, effects } of report.applied) {
    console.log(`  ${name.padEnd(50)} ${(durationMs / 1000).toFixed(2).padStart(8)} s  ${JSON.stringify(effects)}`);
  }
  console.log(`  peak memory ${(peak / 2 ** 20).toFixed(0)} MB, before ${(idle / 2 ** 20).toFixed(0)} MB`);
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  const dropHeld = await longestExclusive("bench_main", () =>
    timed("ssot migrate --phase 3", () => migrate({ ...options, phase3: true })),
  );
  console.log(`  ACCESS EXCLUSIVE on calls at most ${dropHeld.toFixed(0)} ms`);
  const backHeld = await longestExclusive("bench_main", () =>
    timed("ssot rollback (Phase 3)", () => rollback({ ...options, all: false })),
  );
  console.log(`  ACCESS EXCLUSIVE on calls at most ${backHeld.toFixed(0)} ms`);
  await timed("ssot rollback --all", () => rollback(options));
  console.log(`peak memory ${(peak / 2 ** 20).toFixed(0)} MB`);
  await sql.end();
} finally {
  clearInterval(memory);
  await admin.end();
  await server.stop();
  if (process.env.SSOT_BENCH_DIRECTORY === undefined) rmSync(directory, { recursive: true, force: true });
}

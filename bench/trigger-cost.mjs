// What the witness of migration 4 costs: node bench/trigger-cost.mjs [ROUNDS], 20 by default. Server time of loops of
// single-row statements that name no deprecated column, with its triggers and with them switched off in the same transaction,
// in turns A B B A; then the cost of a write that it catches, and of 100,000 of them in one transaction.
import { rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { generateData } from "../dist/fixtures/generate.js";
import { migrate } from "../dist/src/core/migrate.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/load-migrations.js";
import { packageRoot } from "../dist/src/model/package-root.js";

const rounds = Number(process.argv[2] ?? 20);
const loop = 3000;
const directory = temporaryServerDirectory("ssot-bench-");
const server = await startEmbeddedServer({
  directory,
  settings: { shared_buffers: "512MB", synchronous_commit: "off", autovacuum: "off" },
});
const base = { host: server.host, port: server.port, user: server.user, password: server.password };
const open = (database) => postgres({ ...base, database, max: 1, onnotice: () => {} });

// One transaction, taken back: each round meets the same table.
const loops = {
  "update, by key": `update public.calls set notes = notes || n where id = ids[1 + n % array_length(ids, 1)]`,
  "update, phone_number": `update public.calls set phone_number = phone_number where id = ids[1 + n % array_length(ids, 1)]`,
  insert: `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) values (org, 'bench-' || n, 'inbound', '+14155550100')`,
};

async function prepare(name) {
  const admin = open("postgres");
  await admin.unsafe(`create database ${name} template template0`);
  await admin.end();
  const sql = open(name);
  await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
  await generateData(sql, { calls: 40_000, contacts: 10_000 });
  await migrate({
    target: { ...base, database: name, ssl: false, source: "embedded" },
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
  await sql`update public.calls set notes = ''`;
  await sql`vacuum full analyze public.calls`;
  await sql`checkpoint`;
  return sql;
}

const switchOff = `
  do $$ declare t name; begin
    for t in select tgname from pg_trigger where tgrelid = 'public.calls'::regclass and tgname like 'warn_deprecated_writes%' loop
      execute format('alter table public.calls disable trigger %I', t);
    end loop;
  end $$`;

async function time(sql, statement, awake, n = loop) {
  let ms;
  await sql
    .begin(async (transaction) => {
      if (!awake) await transaction.unsafe(switchOff);
      await transaction.unsafe(`
        create function pg_temp.bench() returns double precision language plpgsql as $$
        declare ids uuid[]; org uuid; began timestamptz;
        begin
          select array_agg(id order by id) into ids from (select id from public.calls order by id limit 3000) as c;
          select id into org from public.organizations order by id limit 1;
          began := clock_timestamp();
          for n in 1..${n} loop ${statement}; end loop;
          return extract(epoch from clock_timestamp() - began) * 1000;
        end $$`);
      const [row] = await transaction.unsafe("select pg_temp.bench() as ms");
      ms = row.ms;
      throw new Error("taken back on purpose");
    })
    .catch((error) => {
      if (ms === undefined) throw error;
    });
  return ms;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const sql = await prepare("bench_witness");
  console.log(
    `${"statements that name no deprecated column".padEnd(44)} without µs    with µs    ratio (median of ${rounds} A B B A)`,
  );
  for (const [name, statement] of Object.entries(loops)) {
    const [a, b, ratios] = [[], [], []];
    for (let round = -1; round < rounds; round += 1) {
      const turns = [];
      for (const awake of [false, true, true, false]) turns.push(await time(sql, statement, awake));
      if (round < 0) continue;
      a.push(turns[0] + turns[3]);
      b.push(turns[1] + turns[2]);
      ratios.push((turns[1] + turns[2]) / (turns[0] + turns[3]));
    }
    const each = (values) => ((1000 * median(values)) / (2 * loop)).toFixed(2).padStart(10);
    console.log(`${name.padEnd(44)} ${each(a)} ${each(b)} ${median(ratios).toFixed(3).padStart(8)}`);
  }
  const caught = `update public.calls set caller_name = 'x' where id = ids[1 + n % array_length(ids, 1)]`;
  const one = async (awake) => {
    const times = [];
    for (let n = 0; n < 60; n += 1) times.push(await time(sql, caught, awake, 1));
    return median(times);
  };
  const [plain, first] = [await one(false), await one(true)];
  console.log(
    `a write that is caught, alone in its transaction: ${first.toFixed(2)} ms against ${plain.toFixed(2)} ms`,
  );
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction)
    select o.id, 'mass-' || n, 'inbound'
    from (select id from public.organizations limit 1) as o, generate_series(1, 60000) as n`;
  for (const awake of [false, true]) {
    await sql`vacuum full analyze public.calls`;
    let ms = 0;
    let audited;
    await sql
      .begin(async (transaction) => {
        if (!awake) await transaction.unsafe(switchOff);
        const began = performance.now();
        await transaction`update public.calls set caller_name = 'x'`;
        ms = performance.now() - began;
        [audited] = await transaction`select count(*)::integer as n from public.deprecated_column_audit`;
        throw new Error("taken back on purpose");
      })
      .catch((error) => {
        if (audited === undefined) throw error;
      });
    console.log(
      `100,000 writes in one transaction, ${awake ? "witnessed" : "unseen"}: ${(ms / 1000).toFixed(2)} s, ${audited.n} audit rows`,
    );
  }
  await sql.end();
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

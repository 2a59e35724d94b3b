// The dashboard's search and first page on a large database: node bench/search.mjs [CALLS] [CONTACTS], 1,000,000 and
// 250,000 by default. The library's search against plain ILIKE on the view, and its first page against the same page of
// calls without names; for the largest organisation and one of 2 % of the calls, as owner and as a tenant under row level
// security. Terms are parts of names and numbers of calls drawn at random, and letters that match nothing; ways take
// turns. JIT is off for all. SSOT_BENCH_DIRECTORY keeps the database, SSOT_BENCH_TERMS says how many terms of a kind.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { generateData } from "../dist/fixtures/generate.js";
import { migrate } from "../dist/src/core/migrate.js";
import { listCalls } from "../dist/src/dashboard/list-calls.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/load-migrations.js";
import { packageRoot } from "../dist/src/model/package-root.js";

const calls = Number(process.argv[2] ?? 1_000_000);
const contacts = Number(process.argv[3] ?? calls / 4);
const terms = Number(process.env.SSOT_BENCH_TERMS ?? 4);
const kept = process.env.SSOT_BENCH_DIRECTORY;
const directory = kept ?? temporaryServerDirectory("ssot-bench-");
const server = await startEmbeddedServer({
  directory,
  settings: { shared_buffers: "1GB", max_wal_size: "8GB", checkpoint_timeout: "30min", synchronous_commit: "on" },
});
const base = { host: server.host, port: server.port, user: server.user, password: server.password };
const open = (database, role) =>
  postgres({
    ...base,
    database,
    max: 1,
    onnotice: () => {},
    connection: { options: `-c jit=off${role ? ` -c role=${role}` : ""}` },
  });

const tenants = `
  do $$ begin create role bench_tenant; exception when duplicate_object then null; end $$;
  grant usage on schema public to bench_tenant;
  grant select on public.calls, public.contacts to bench_tenant;
  alter table public.calls enable row level security;
  alter table public.contacts enable row level security;
  create policy tenant on public.calls to bench_tenant
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid);
  create policy tenant on public.contacts to bench_tenant
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid)`;

async function prepare(admin) {
  const [there] = await admin`select from pg_database where datname = 'bench_search'`;
  if (there !== undefined) return;
  await admin`create database bench_search template template0`;
  const sql = open("bench_search");
  await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
  await generateData(sql, { calls, contacts, dirt: true });
  await sql.unsafe(tenants);
  await migrate({
    target: { ...base, database: "bench_search", ssl: false, source: "embedded" },
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 30,
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    optional: ["search"],
    verify: true,
    progress: {},
  });
  await sql`vacuum (analyze) public.calls`;
  await sql`vacuum (analyze) public.contacts`;
  await sql.end();
}

const escaped = (term) => `%${term.replace(/[\\%_]/g, "\\$&")}%`;

async function plainSearch(sql, orgId, term) {
  const pattern = escaped(term);
  const page = await sql`
    select id, contact_id, call_direction, phone_number, resolved_caller_name, name_source, created_at
    from public.calls_with_caller_names
    where org_id = ${orgId} and (phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern})
    order by created_at desc, id limit 50`;
  const [{ total }] = await sql`
    select count(*) as total from public.calls_with_caller_names
    where org_id = ${orgId} and (phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern})`;
  return { page, total: Number(total) };
}

async function plainPage(sql, orgId) {
  await sql`
    select id, contact_id, call_direction, phone_number, created_at from public.calls
    where org_id = ${orgId} order by created_at desc, id limit 50`;
  await sql`select count(*) as total from public.calls where org_id = ${orgId}`;
}

/** Terms of a length: parts of names, parts of numbers, and some that nobody has. */
async function drawTerms(sql, orgId, length, seed) {
  await sql`select setseed(${seed})`;
  const rows = await sql`
    select v.resolved_caller_name as name, v.phone_number as number, random() as a, random() as b
    from public.calls_with_caller_names as v
    where v.org_id = ${orgId} and v.name_source = 'contact' and v.phone_number is not null
    order by random() limit ${terms}`;
  const cut = (text, at) =>
    [...text]
      .slice(Math.floor(at * Math.max(1, [...text].length - length + 1)))
      .slice(0, length)
      .join("");
  return rows.flatMap(({ name, number, a, b }, n) => [
    ["name", cut(name, a)],
    ["number", cut(number, b)],
    ["nothing", `q${"zxqjvkwz".slice(n % 3).repeat(2)}`.slice(0, length)],
  ]);
}

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

const quantile = (times, share) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const ms = (value) => value.toFixed(value < 10 ? 2 : 0).padStart(7);

function tell(what, plain, ours) {
  const ratio = quantile(plain, 0.5) / quantile(ours, 0.5);
  console.log(
    `${what.padEnd(34)} plain p50 ${ms(quantile(plain, 0.5))} p95 ${ms(quantile(plain, 0.95))}   library p50 ${ms(quantile(ours, 0.5))} p95 ${ms(quantile(ours, 0.95))} ms   p50 ratio ${ratio.toFixed(2)}`,
  );
}

const admin = open("postgres");
try {
  await prepare(admin);
  const owner = open("bench_search");
  const sizes =
    await owner`select org_id as id, count(*)::integer as n from public.calls group by org_id order by n desc`;
  const [{ n: all }] = await owner`select count(*)::integer as n from public.calls`;
  const small = sizes.toSorted((a, b) => Math.abs(a.n - all / 50) - Math.abs(b.n - all / 50))[0];
  const [size] = await owner`
    select string_agg(format('%s %s', c.relname, pg_size_pretty(pg_relation_size(c.oid))), ', ' order by c.relname) as indexes
    from pg_class as c where c.relname ~ '^idx_(calls|contacts)_search_'`;
  console.log(`${all} calls; ${size.indexes}`);
  for (const [label, { id, n }] of [
    ["large", sizes[0]],
    ["small", small],
  ]) {
    for (const role of ["owner", "tenant"]) {
      const sql = role === "owner" ? owner : open("bench_search", "bench_tenant");
      if (role === "tenant")
        await sql`select set_config('request.jwt.claims', ${JSON.stringify({ org_id: id })}, false)`;
      console.log(`\n${label} organisation, ${n} calls, as ${role}`);
      const long = { plain: [], ours: [] };
      for (const length of [2, 3, 5, 8]) {
        const drawn = await drawTerms(owner, id, length, length / 10);
        const times = {};
        for (const [kind, term] of drawn) {
          times[kind] ??= { plain: [], ours: [] };
          const library = () => listCalls(sql, { orgId: id, search: term });
          // Once for the cache, and for the look whether the search is installed.
          if (length >= 3) await library();
          const [plainMs, plain] = await timed(() => plainSearch(sql, id, term));
          const [oursMs, ours] = await timed(library);
          if (plain.total !== ours.total || plain.page.some((call, place) => call.id !== ours.calls[place]?.id))
            throw new Error(`the answers differ: ${kind} of ${length} characters`);
          times[kind].plain.push(plainMs);
          times[kind].ours.push(oursMs);
          if (length >= 3) {
            long.plain.push(plainMs);
            long.ours.push(oursMs);
          }
        }
        for (const [kind, { plain, ours }] of Object.entries(times))
          tell(`search ${length} characters, ${kind}`, plain, ours);
      }
      tell("search 3 characters and more, all", long.plain, long.ours);
      const page = { plain: [], ours: [] };
      for (let round = 0; round < 30; round += 1) {
        const [plainMs] = await timed(() => plainPage(sql, id));
        const [oursMs] = await timed(() => listCalls(sql, { orgId: id }));
        if (round < 5) continue;
        page.plain.push(plainMs);
        page.ours.push(oursMs);
      }
      tell("view-page", page.plain, page.ours);
      if (role === "tenant") await sql.end();
    }
  }
  await owner.end();
} finally {
  await admin.end();
  await server.stop();
  if (kept === undefined && existsSync(directory)) rmSync(directory, { recursive: true, force: true });
}

// `ssot verify` on a large database against the same figures asked by hand: node bench/verify-scan.mjs [CALLS] [CONTACTS],
// 1,000,000 and 250,000 by default. By hand means one query with all aggregates over the join, and one query a figure.
// The three take turns; printed are minimum and median. SSOT_BENCH_DIRECTORY keeps the database for the next time.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { generateData } from "../dist/fixtures/generate.js";
import { migrate } from "../dist/src/core/migrate.js";
import { verify } from "../dist/src/core/verify.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/load-migrations.js";
import { packageRoot } from "../dist/src/model/package-root.js";
import { readConfiguration } from "../dist/src/verify/configuration.js";

const calls = Number(process.argv[2] ?? 1_000_000);
const contacts = Number(process.argv[3] ?? calls / 4);
const rounds = Number(process.env.SSOT_BENCH_ROUNDS ?? 5);

const kept = process.env.SSOT_BENCH_DIRECTORY;
const directory = kept ?? temporaryServerDirectory("ssot-bench-");
const server = await startEmbeddedServer({
  directory,
  settings: { shared_buffers: "1GB", max_wal_size: "8GB", checkpoint_timeout: "30min", synchronous_commit: "on" },
});
const base = { host: server.host, port: server.port, user: server.user, password: server.password };
const target = { ...base, database: "bench_verify", ssl: false, source: "embedded" };

const e164 = "'^[+][1-9][0-9]{1,14}$'";
const possible = `(v.phone_number ~ ${e164} and v.phone_number not in ('+266696687', '+7378742833', '+86282452253', '+2562533', '+8656696'))`;
const known = `(v.contact_id is null and ${possible}
  and exists (select from public.contacts as p where p.org_id = v.org_id and p.phone = v.phone_number))`;
const inbound = "v.call_direction = 'inbound'";
const numbered = "v.phone_number ~ '[^[:space:]]'";
const since = "(select run_on at time zone 'UTC' from ssot.ledger where name = '20260209000400_mark_deprecated')";

/** The figures of the suites about calls: name and condition. */
const callFigures = [
  `${inbound}`,
  `${inbound} and v.contact_id is not null`,
  `${inbound} and ${possible}`,
  `${inbound} and ${possible} and v.contact_id is null`,
  `${inbound} and ${possible} and v.created_at > ${since}`,
  `${inbound} and ${possible} and v.created_at > ${since} and v.contact_id is null`,
  `not ${inbound}`,
  `not ${inbound} and v.contact_id is not null`,
  `not ${inbound} and (v.contact_id is not null or ${known})`,
  `not ${inbound} and v.contact_id is null and ${known}`,
  ...[inbound, `not ${inbound}`].flatMap((direction) => [
    `${direction} and v.contact_id is null and (${numbered}) is not true`,
    `${direction} and v.contact_id is null and ${numbered} and not ${possible}`,
    `${direction} and v.contact_id is null and ${possible} and not ${known}`,
    `${direction} and ${known}`,
  ]),
  "v.name_source = 'contact'",
  "v.name_source = 'phone'",
  "v.name_source = 'unknown'",
  "v.name_source = 'contact' and (v.contact_id is null or k.org_id is distinct from v.org_id)",
  numbered,
  `${numbered} and (v.resolved_caller_name is null or v.resolved_caller_name = 'Unknown')`,
  "v.contact_id is not null and k.org_id = v.org_id",
  "v.contact_id is not null and k.org_id = v.org_id and v.resolved_caller_name is distinct from k.name",
  "v.resolved_caller_name ~* '^[[:space:]]*unknown[[:space:]]*caller[[:space:]]*$'",
  `v.created_at < '2026-02-09' and (${numbered} or v.contact_id is not null)`,
  `v.created_at < '2026-02-09' and (${numbered} or v.contact_id is not null) and (v.resolved_caller_name is null or v.resolved_caller_name = 'Unknown')`,
  "v.resolved_caller_name is distinct from coalesce(case when k.org_id = v.org_id then k.name end, nullif(btrim(v.phone_number), ''), 'Unknown')",
  `v.contact_id is not null or ${known}`,
  known,
  `${numbered} and not ${possible}`,
  "v.contact_id is not null",
  "v.contact_id is not null and (v.resolved_caller_name is null or v.resolved_caller_name ~* '^[[:space:]]*unknown[[:space:]]*(caller)?[[:space:]]*$')",
  "v.contact_id is not null and k.org_id is distinct from v.org_id",
];
const placeholder = "(k.name is distinct from k.phone and ssot.is_placeholder(k.name))";
const byCall = "k.source = 'inbound-call-auto'";
const contactFigures = [
  "true",
  `k.name is null or ${placeholder}`,
  `k.phone !~ ${e164}`,
  byCall,
  `${byCall} and (k.phone !~ ${e164} or ${placeholder})`,
  `${byCall} and ((k.lead_score between 0 and 100) is not true or k.lead_status is null)`,
];
const overCalls = "from public.calls_with_caller_names as v left join public.contacts as k on k.id = v.contact_id";
const overContacts = "from public.contacts as k";
const duplicates = `select count(*) from (select from ${"public.contacts"} group by org_id, phone having count(*) > 1) as d`;
const count = (condition) => `count(*) filter (where ${condition})`;
const oneQuery = `
  select c.*, k.*, (${duplicates}) as duplicates
  from (select ${callFigures.map((figure, n) => `${count(figure)} as c${n}`).join(", ")} ${overCalls}) as c,
       (select ${contactFigures.map((figure, n) => `${count(figure)} as k${n}`).join(", ")} ${overContacts}) as k`;
const separateQueries = [
  ...callFigures.map((figure) => `select count(*) ${overCalls} where ${figure}`),
  ...contactFigures.map((figure) => `select count(*) ${overContacts} where ${figure}`),
  duplicates,
];

const admin = postgres({ ...base, database: "postgres", max: 1, onnotice: () => {} });
try {
  const [there] = await admin`select from pg_database where datname = 'bench_verify'`;
  if (there === undefined) {
    await admin`create database bench_verify template template0`;
    const sql = postgres({ ...base, database: "bench_verify", max: 1, onnotice: () => {} });
    await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
    await generateData(sql, { calls, contacts, dirt: true });
    await migrate({
      target,
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
  const sql = postgres({ ...base, database: "bench_verify", max: 1, onnotice: () => {} });
  await sql`set work_mem = '64MB'`;
  await sql`set jit = off`;
  const { tenantRole, tenantSettings } = await readConfiguration(undefined, "/");
  const options = {
    target,
    suites: [],
    thresholds: new Map(),
    settings: { tenantRole, tenantSettings, dashboard: undefined },
    readOnly: false,
    record: false,
    failOn: "fail",
    showRows: false,
    timeoutSeconds: 600,
  };
  const ways = {
    "ssot verify, all suites": () => verify(options),
    "one query by hand": () => sql.unsafe(oneQuery),
    "separate queries": async () => {
      for (const query of separateQueries) await sql.unsafe(query);
    },
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(ways)) {
      const began = performance.now();
      await work();
      times[name].push(performance.now() - began);
    }
  }
  const report = await verify(options);
  const { pass, fail, warn, skip, error } = report.counts;
  console.log(
    `${calls} calls, ${contacts} contacts, ${rounds} rounds; ${pass} held, ${warn} warn, ${fail} broken, ${error} error, ${skip} skipped`,
  );
  const least = (name) => Math.min(...times[name]);
  for (const [name, all] of Object.entries(times)) {
    const middle = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
    console.log(`${name.padEnd(26)} min ${(least(name) / 1000).toFixed(2)} s   median ${(middle / 1000).toFixed(2)} s`);
  }
  const [mine, one, separate] = Object.keys(ways).map(least);
  console.log(
    `ratio to one query ${(mine / one).toFixed(2)} (goal 1.5), to separate queries ${(mine / separate).toFixed(2)} (goal 0.6)`,
  );
  console.log(report.metrics);
  if (process.env.SSOT_BENCH_CHECKS) {
    const slow = report.suites.flatMap(({ id, checks }) =>
      checks.map((check) => [check.durationMs, `${id}.${check.id}`, check.status, check.actual]),
    );
    for (const line of slow.toSorted((a, b) => b[0] - a[0]).slice(0, 25)) console.log(line.join("  "));
  }
  await sql.end();
} finally {
  await admin.end();
  await server.stop();
  if (kept === undefined && existsSync(directory)) rmSync(directory, { recursive: true, force: true });
}

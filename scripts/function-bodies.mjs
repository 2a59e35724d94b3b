// Writes verify/function-bodies.ts: the bodies of the tool's functions, as md5, after each phase of the migrations, and
// verify/engine-parts.ts: the engine's tables and functions; for the engine's present version, those of former versions stay.
// node scripts/function-bodies.mjs [--check]. Needs a build; runs an embedded server of its own.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { loadSeedCase } from "../dist/fixtures/seed-case.js";
import { migrate } from "../dist/src/core/migrate.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/packs.js";
import { engineParts } from "../dist/verify/engine-parts.js";
import { functionBodies } from "../dist/verify/function-bodies.js";

const path = fileURLToPath(new URL("../verify/function-bodies.ts", import.meta.url));
const partsPath = fileURLToPath(new URL("../verify/engine-parts.ts", import.meta.url));
const directory = temporaryServerDirectory("ssot-bodies-");
const server = await startEmbeddedServer({ directory, ephemeral: true });
const { host, port, user, password } = server;
const sql = postgres({ host, port, user, password, database: "postgres", max: 1, onnotice: () => {} });
const bodies = new Map();
const parts = [];
let version;

async function collect() {
  const rows = await sql`
    select p.oid::regprocedure::text as name, md5(replace(p.prosrc, chr(13), '')) as body
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where (n.nspname in ('ssot', 'ssot_search') or p.proname = 'check_deprecated_column_writes_with_audit')
      -- Not those of an extension.
      and not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by 1`;
  for (const { name, body } of rows) bodies.set(name, [...new Set([...(bodies.get(name) ?? []), body])]);
  const tables = await sql`
    select 'ssot.' || c.relname as name, string_agg(a.attname, ',' order by a.attname) as columns
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p')
    group by c.relname`;
  const routines = rows.filter(({ name }) => name.startsWith("ssot.")).map(({ name }) => [name, ""]);
  parts.push(new Map([...tables.map(({ name, columns }) => [name, columns]), ...routines]));
}

// What is there before the drop and after it, and what the drop takes away.
function partsOf([before, after]) {
  const lasting = [...before].filter(([name]) => after.has(name));
  const shared = (name, columns) =>
    columns
      .split(",")
      .filter((column) => after.get(name).split(",").includes(column))
      .join(",");
  return {
    always: Object.fromEntries(lasting.map(([name, columns]) => [name, shared(name, columns)])),
    untilDrop: Object.fromEntries([...before].filter(([name]) => !after.has(name))),
  };
}

try {
  await sql.unsafe("set search_path = ''");
  await sql.unsafe(readFileSync(new URL("../fixtures/base-schema.sql", import.meta.url), "utf8"));
  await loadSeedCase(sql);
  const options = {
    target: { host, port, user, password, database: "postgres", ssl: false, source: "embedded" },
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 3,
    progress: {},
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    verify: false,
  };
  await migrate({ ...options, phase3: false, optional: ["search"] });
  await collect();
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate({ ...options, phase3: true });
  await collect();
  [{ version }] = await sql`select e.version from ssot.engine as e`;
} finally {
  await sql.end();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

const sorted = (all) => Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const present = Object.fromEntries([...bodies].map(([name, all]) => [name, all.join(" ")]));
const versions = Object.entries({ ...functionBodies, [version]: present });
const text = `/**
 * The md5 of each function's body, as an engine of that version and the migrations make it; several where a phase changes
 * it. Made by scripts/function-bodies.mjs, which keeps older versions. The first one's are in the model: an upgrade asks, too.
 */
export const functionBodies: Readonly<Record<number, Readonly<Record<string, string>>>> = {
${versions.map(([key, all]) => `  ${key}: ${JSON.stringify(sorted(all), null, 4).replace(/\n}$/, ",\n  }")},`).join("\n")}
};
`;
const { always, untilDrop } = partsOf(parts);
const ofVersion = { always: sorted(always), untilDrop: sorted(untilDrop) };
const partsText = `/**
 * Tables of the engine with their columns, and its functions, without any: what is there after Phase 1 and after the drop, and what
 * the drop takes away. Made by scripts/function-bodies.mjs.
 */
export const engineParts: Readonly<
  Record<number, { readonly always: Readonly<Record<string, string>>; readonly untilDrop: Readonly<Record<string, string>> }>
> = ${JSON.stringify({ ...engineParts, [version]: ofVersion }, null, 2)};
`;
const compact = (source) =>
  source
    .replace(/\s+/g, "")
    .replace(/,([}>])/g, "$1")
    .replace(/"(\w+)":/g, "$1:");
for (const [file, said] of [
  [path, text],
  [partsPath, partsText],
]) {
  if (!process.argv.includes("--check")) writeFileSync(file, said);
  else if (compact(readFileSync(file, "utf8")) !== compact(said)) {
    console.error(`${file} differs from the migrations: node scripts/function-bodies.mjs writes it`);
    process.exitCode = 1;
  }
}

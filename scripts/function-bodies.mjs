// Writes verify/function-bodies.ts: the bodies of the tool's functions, as md5, after each phase of the migrations, for the
// engine's present version; those of former versions stay.
// node scripts/function-bodies.mjs [--check]. Needs a build; runs an embedded server of its own.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { loadSeedCase } from "../dist/fixtures/seed-case.js";
import { migrate } from "../dist/src/core/migrate.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { migrationsDirectory } from "../dist/src/migrations/load-migrations.js";
import { functionBodies } from "../dist/verify/function-bodies.js";

const path = fileURLToPath(new URL("../verify/function-bodies.ts", import.meta.url));
const directory = temporaryServerDirectory("ssot-bodies-");
const server = await startEmbeddedServer({ directory, ephemeral: true });
const { host, port, user, password } = server;
const sql = postgres({ host, port, user, password, database: "postgres", max: 1, onnotice: () => {} });
const bodies = new Map();
let version;

async function collect() {
  const rows = await sql`
    select p.oid::regprocedure::text as name, md5(replace(p.prosrc, chr(13), '')) as body
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where (n.nspname in ('ssot', 'ssot_search') or p.proname = 'check_deprecated_column_writes_with_audit')
      -- Not those of an extension.
      and not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      -- Its body depends on the encoding of the database.
      and p.proname <> 'is_placeholder'
    order by 1`;
  for (const { name, body } of rows) bodies.set(name, [...new Set([...(bodies.get(name) ?? []), body])]);
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
const compact = (source) => source.replace(/\s+/g, "").replaceAll(",}", "}");
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (compact(readFileSync(path, "utf8")) !== compact(text)) {
  console.error("verify/function-bodies.ts differs from the migrations: node scripts/function-bodies.mjs writes it");
  process.exitCode = 1;
}

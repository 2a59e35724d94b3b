// Writes sql/readers/own_statement_rows.sql: the fingerprints of the statements by which the commands themselves touch the deprecated
// columns, as pg_stat_statements records them, so that none of them is taken for a reader.
// node scripts/own-statements.mjs [--check]. Needs a build; runs an embedded server of its own.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { loadDirtyCase } from "../dist/fixtures/dirty-case.js";
import { auditDeprecated } from "../dist/src/core/audit/audit-deprecated.js";
import { recordReaders } from "../dist/src/core/audit/record-readers.js";
import { readConfiguration } from "../dist/src/core/configuration.js";
import { doctor } from "../dist/src/core/doctor.js";
import { migrate } from "../dist/src/core/migrate.js";
import { plan } from "../dist/src/core/plan.js";
import { rollback } from "../dist/src/core/rollback.js";
import { status } from "../dist/src/core/status.js";
import { verify } from "../dist/src/core/verify.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { listDeprecatedColumns, watchedOf } from "../dist/src/db/queries/deprecated-columns.js";
import { judgeStatements, lookAtStatements } from "../dist/src/db/queries/statements.js";
import { migrationsDirectory } from "../dist/src/migrations/packs.js";

const path = fileURLToPath(new URL("../sql/readers/own_statement_rows.sql", import.meta.url));
const directory = temporaryServerDirectory("ssot-own-");
const settings = { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.max": "50000" };
const server = await startEmbeddedServer({ directory, ephemeral: true, settings });
const { host, port, user, password } = server;
const sql = postgres({ host, port, user, password, database: "postgres", max: 1, onnotice: () => {} });
const deprecate = "20260209000400_mark_deprecated";
const own = new Map();

// What the commands have sent by now; the texts of the engine itself, and of whoever prepares the case, are none of theirs.
async function collect() {
  await sql`delete from ssot.own_statement`;
  const looked = await lookAtStatements(sql, deprecate);
  const verdicts = await judgeStatements(looked, watchedOf(await listDeprecatedColumns(sql)));
  for (const { fingerprint, shape, how } of looked.statements) {
    const verdict = verdicts[`statement ${fingerprint}`]?.how ?? how;
    if (![verdict, how].every((one) => ["nothing", "writes"].includes(one))) own.set(fingerprint, shape.slice(0, 90));
  }
}

try {
  await sql.unsafe("set search_path = ''; create extension pg_stat_statements schema public");
  await sql.unsafe(readFileSync(new URL("../fixtures/base-schema.sql", import.meta.url), "utf8"));
  await loadDirtyCase(sql);
  await sql`select public.pg_stat_statements_reset()`;
  const target = { host, port, user, password, database: "postgres", ssl: false, source: "embedded" };
  const patience = { waitSeconds: 0, lockTimeoutMs: 1000, lockTries: 3 };
  const run = { target, directory: migrationsDirectory(), ...patience, progress: {} };
  const data = { ...run, onUnfixablePhone: "quarantine", userTriggers: "refuse", phase3: false, verify: true };
  const { verify: configured } = await readConfiguration(undefined, "/");
  const org = "a0000000-0000-4000-8000-000000000001";
  const asked = {
    target,
    suites: [],
    thresholds: new Map(),
    settings: { ...configured, dashboard: undefined },
    failOn: "fail",
    readOnly: false,
    record: true,
    showRows: false,
    timeoutSeconds: 30,
  };
  const look = async () => {
    await doctor({ target });
    await plan(data);
    await plan({ ...data, phase3: true });
    await status(run);
    await verify(asked);
    await verify({ ...asked, org });
    await auditDeprecated({ target, since: new Date(0), limit: 20 });
    await recordReaders({ ...run, replicas: [], allow: {} });
  };
  await doctor({ target });
  await plan(data);
  await migrate({ ...data, optional: ["search"] });
  await look();
  await migrate(data);
  await collect();
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await look();
  await migrate({ ...data, phase3: true, force: { reason: "to see what it sends" } });
  await verify(asked);
  await rollback({ ...run, all: false });
  await look();
  await collect();
} finally {
  await sql.end();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

const rows = [...own.keys()].toSorted().map((fingerprint) => `('${fingerprint}')`);
const text = `-- The statements of this version of ssot. Made by scripts/own-statements.mjs.
delete from ssot.own_statement;
${rows.length === 0 ? "" : `insert into ssot.own_statement (fingerprint) values\n  ${rows.join(",\n  ")};\n`}`;
if (process.argv.includes("--list")) for (const shape of own.values()) console.log(shape);
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error(
    "sql/readers/own_statement_rows.sql differs from what the commands send: node scripts/own-statements.mjs writes it",
  );
  process.exitCode = 1;
}

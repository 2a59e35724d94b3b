import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { recordReaders } from "../../src/core/audit/record-readers.ts";
import { migrate } from "../../src/core/migrate.ts";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import type { Target } from "../../src/db/target.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import type { BenchRow, Result } from "../row.ts";

const statements = 5_000;
const deprecated = "20260209000400_mark_deprecated";

// Of ten statements of an application two name a column, one takes whole rows, four others name calls, three do not.
const kinds = [
  "select c.id, c.caller_name, c.created_at from public.calls as c where true",
  "select c.id, c.from_number, c.status from public.calls as c where true",
  "select c.* from public.calls as c where true",
  "select c.id, c.status, c.created_at from public.calls as c where true",
  "select count(*) from public.calls as c where true",
  "update public.calls as c set status = null where true",
  "select k.name from public.calls as c join public.contacts as k on c.contact_id = k.id where true",
  "select c.id from public.contacts as c where true",
  "select c.name from public.contacts as c where true",
  "select max(c.name) from public.contacts as c where true",
];
const conditions = ["id", "org_id", "created_at"].flatMap((column) =>
  ["is null", "is not null", "= null"].map((is) => ` and c.${column} ${is}`),
);

/** As many different statements as an extension counts by default: each kind with each choice of conditions. */
async function send(sql: postgres.Sql): Promise<void> {
  for (let n = 0; n < statements / kinds.length; n += 1) {
    const chosen = conditions.filter((_, place) => (n >> place) % 2 === 1).join("");
    await sql.unsafe(kinds.map((kind) => `${kind}${chosen} and false`).join("; "));
  }
}

export const readers: BenchRow = {
  id: "readers",
  measures: `ssot audit record where ${statements} statements are counted, a fifth of which name a column`,
  against: "nothing",
  run: async (): Promise<readonly Result[]> => {
    const directory = temporaryServerDirectory("ssot-bench-readers");
    const settings = { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.max": "20000" };
    const server = await startEmbeddedServer({ directory, ephemeral: true, settings });
    const { host, port, user, password } = server;
    const target: Target = { host, port, user, password, database: "postgres", ssl: false, source: "embedded" };
    const sql = postgres({ host, port, user, password, database: "postgres", max: 1, onnotice: () => {} });
    try {
      await sql.unsafe(readFileSync(join(packageRoot(), "fixtures", "base-schema.sql"), "utf8"));
      await loadSeedCase(sql);
      await sql`create extension pg_stat_statements`;
      const run = {
        target,
        directory: migrationsDirectory(),
        waitSeconds: 0,
        lockTimeoutMs: 1000,
        lockTries: 3,
        progress: {},
      };
      await migrate({ ...run, onUnfixablePhone: "abort", userTriggers: "refuse", phase3: false, verify: false });
      await sql`select pg_stat_statements_reset()`;
      await send(sql);
      const timed = async (work: () => Promise<unknown>): Promise<number> => {
        const began = performance.now();
        await work();
        return performance.now() - began;
      };
      const record = () => recordReaders({ ...run, replicas: [], allow: {} });
      const first = await timed(record);
      const again = await timed(record);
      const inDatabase = await timed(() => sql`select ssot.record_readers(${deprecated})`);
      const [counted] = await sql<{ n: number }[]>`select count(*)::integer as n from pg_stat_statements`;
      return [
        { what: "the statement that samples", value: inDatabase / 1000, unit: "s", goal: { atMost: 1 } },
        { what: "ssot audit record, nothing known yet", value: first / 1000, unit: "s" },
        { what: "ssot audit record, the next night", value: again / 1000, unit: "s" },
        { what: "statements counted", value: counted?.n ?? 0, unit: "" },
      ];
    } finally {
      await sql.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

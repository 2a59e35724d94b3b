import { readFileSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "../../src/core/migrate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { expectEqual } from "../backfill/links-of.ts";
import type { BenchRow, Result } from "../row.ts";
import { generated, onClone } from "../support/databases.ts";
import { collectTurns, least, timed } from "../support/measure.ts";
import { migrateOptions } from "../support/run-options.ts";
import type { BenchServer } from "../support/server.ts";

/** Sums over every value of every call as the view shows it, and of every contact. */
async function contentOf(server: BenchServer, database: string): Promise<string> {
  const sql = server.open(database);
  const [row] = await sql<{ content: string }[]>`
    select format('calls %s %s, contacts %s %s', c.n, c.sum, k.n, k.sum) as content
    from (select count(*) as n, sum(hashtextextended(v::text, 0)) as sum from public.calls_with_caller_names as v) as c,
         (select count(*) as n, sum(hashtextextended(k::text, 0)) as sum from public.contacts as k) as k`;
  await sql.end();
  return row?.content ?? "";
}

export const phase1: BenchRow = {
  id: "phase1",
  measures: "ssot migrate, all four migrations, on M with dirt",
  against: "the same final state by hand-written one-shot SQL in one transaction",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const source = await generated(server, context.size, true);
    const oneShot = readFileSync(join(packageRoot(), "bench/phase1/one-shot.sql"), "utf8");
    const found = { ours: "", theirs: "" };
    const parts: string[] = [];
    const turns = await collectTurns(
      {
        ours: () =>
          onClone(server, source, async (database) => {
            const [ms, { applied }] = await timed(() => migrate(migrateOptions(server, database)));
            parts.push(applied.map(({ name, durationMs }) => `${name} ${(durationMs / 1000).toFixed(2)} s`).join(", "));
            found.ours = await contentOf(server, database);
            return ms;
          }),
        theirs: () =>
          onClone(server, source, async (database) => {
            const sql = server.open(database);
            const [ms] = await timed(() => sql.unsafe(oneShot));
            await sql.end();
            found.theirs = await contentOf(server, database);
            return ms;
          }),
      },
      context.rounds ?? 2,
    );
    expectEqual("rows", found.ours, found.theirs);
    for (const line of parts) context.say(line);
    const [ours, theirs] = [least(turns.ours), least(turns.theirs)];
    return [
      { what: "ssot migrate / one-shot SQL", value: ours / theirs, unit: "x", goal: { atMost: 1.2 } },
      { what: "ssot migrate", value: ours / 1000, unit: "s" },
      { what: "one-shot SQL", value: theirs / 1000, unit: "s" },
    ];
  },
};

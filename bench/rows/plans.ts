import { plan } from "../../src/core/plan.ts";
import type { BenchRow, Figure } from "../row.ts";
import { ensureDatabase, onClone, times } from "../support/databases.ts";
import { least, timed } from "../support/measure.ts";
import { migrateOptions } from "../support/run-options.ts";
import { runCommand } from "../support/run-program.ts";
import type { BenchServer } from "../support/server.ts";

const size = { calls: 60_000, contacts: 20_000 };
const verbs: Readonly<Record<string, readonly string[]>> = {
  migrate: ["migrate"],
  "the drop": ["migrate", "--phase", "3", "--force", "--reason", "bench"],
  "rollback --all": ["rollback", "--all"],
};

/** Whether every statement of a run keeps its pace where the planner knows nothing, or everybody is of one organisation. */
export const plans: BenchRow = {
  id: "plans",
  measures: "migrate, drop and rollback on tables that were never analysed; the dry run on four times the rows",
  against: "the same on analysed tables; the dry run on these rows",
  run: async (context) => {
    const server = await context.server();
    const rounds = context.rounds ?? 2;
    const figures: Figure[] = [];
    for (const organizations of [1, 1000]) {
      const among = organizations === 1 ? "one organisation" : `${organizations} organisations`;
      const known = await made(server, 1, organizations, true);
      const unknown = await made(server, 1, organizations, false);
      const large = await made(server, 4, organizations, false);
      const [analysed, never] = [await runsOf(server, known, rounds), await runsOf(server, unknown, rounds)];
      for (const verb of Object.keys(verbs)) {
        const [ours, theirs] = [
          least(never.map((run) => run[verb] ?? 0)),
          least(analysed.map((run) => run[verb] ?? 0)),
        ];
        context.say(`${among}, ${verb}: ${Math.round(ours)} ms never analysed, ${Math.round(theirs)} ms analysed`);
        const what = `${among}: ${verb}, never analysed / analysed`;
        figures.push({ what, value: ours / theirs, unit: "x", goal: { atMost: 1.3 } });
      }
      const [small, whole] = [await dryRunMs(server, unknown, rounds), await dryRunMs(server, large, rounds)];
      context.say(`${among}, dry run: ${Math.round(small)} ms, ${Math.round(whole)} ms on four times the rows`);
      figures.push({ what: `${among}: dry run at 4 n / at n`, value: whole / small, unit: "x", goal: { atMost: 5 } });
    }
    return figures;
  },
};

// As a restored dump has them: no statistics, and no autovacuum that comes in the middle.
async function made(server: BenchServer, factor: number, organizations: number, analysed: boolean): Promise<string> {
  const name = `bench_plans_${factor}_${organizations}_${analysed ? "analysed" : "never"}`;
  return ensureDatabase(server, name, async (unfinished) => {
    await server.create(unfinished, { ...times(size, factor), organizations, dirt: true });
    const sql = server.open(unfinished);
    for (const table of ["organizations", "contacts", "calls"]) {
      await sql.unsafe(`alter table public.${table} set (autovacuum_enabled = off)`);
    }
    if (!analysed) {
      await sql`
        delete from pg_catalog.pg_statistic as s using pg_catalog.pg_class as c
        where c.oid = s.starelid and c.relnamespace = 'public'::regnamespace`;
      await sql`
        update pg_catalog.pg_class set reltuples = -1, relpages = 0, relallvisible = 0
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`;
    }
    await sql.end();
  });
}

async function runsOf(
  server: BenchServer,
  source: string,
  rounds: number,
): Promise<readonly Readonly<Record<string, number>>[]> {
  const runs: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await onClone(server, source, async (database) => {
      const run: Record<string, number> = {};
      for (const [verb, args] of Object.entries(verbs)) {
        [run[verb]] = await timed(() => runCommand(server, database, args));
      }
      runs.push(run);
    });
  }
  return runs;
}

async function dryRunMs(server: BenchServer, source: string, rounds: number): Promise<number> {
  const clocked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    clocked.push(
      await onClone(server, source, async (database) => (await timed(() => plan(migrateOptions(server, database))))[0]),
    );
  }
  return least(clocked);
}

import type { Sql } from "postgres";
import type { BenchRow, Figure, Result } from "../row.ts";
import { migrated, onClone, small } from "../support/databases.ts";
import { median } from "../support/measure.ts";
import { type Awake, statements, timeLoop, timeMassWrite } from "../witness/loop.ts";

const runs = 3000;

/** With the triggers against without, in turns A B B A; the ratio is the median over the rounds. */
async function compare(
  sql: Sql,
  statement: string,
  awake: Awake,
  rounds: number,
): Promise<[ratio: number, us: number]> {
  const ratios: number[] = [];
  const added: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    let [without, with_] = [0, 0];
    for (const way of ["none", awake, awake, "none"] as const) {
      const ms = await timeLoop(sql, statement, way, runs);
      if (way === "none") without += ms;
      else with_ += ms;
    }
    // The first round warms both.
    if (round < 0) continue;
    ratios.push(with_ / without);
    added.push((1000 * (with_ - without)) / (2 * runs));
  }
  return [median(ratios), median(added)];
}

async function measure(sql: Sql, rounds: number): Promise<readonly Result[]> {
  // Nothing else touches the table meanwhile, and each page has room for a HOT update.
  await sql`alter table public.calls set (autovacuum_enabled = off)`;
  await sql`update public.calls set notes = ''`;
  await sql`vacuum full analyze public.calls`;
  await sql`checkpoint`;
  const goal = { atMost: 1.03 };
  const results: Figure[] = [];
  const pairs = [
    ["UPDATE of notes by key", statements.update, "all", goal],
    ["UPDATE of phone_number by key", statements.updateNumber, "all", goal],
    ["INSERT, the statement's trigger apart", statements.insert, "all but the statement's", goal],
    ["INSERT, with the statement's trigger", statements.insert, "all", undefined],
  ] as const;
  for (const [what, statement, awake, asked] of pairs) {
    const [ratio, us] = await compare(sql, statement, awake, rounds);
    results.push({ what: `${what}: with / without`, value: ratio, unit: "x", ...(asked && { goal: asked }) });
    results.push({ what: `${what}: added`, value: us, unit: "us" });
  }
  const alone = async (awake: Awake): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 60; n += 1) times.push(await timeLoop(sql, statements.caught, awake, 1));
    return median(times);
  };
  results.push({
    what: "a write that is caught, alone: added",
    value: (await alone("all")) - (await alone("none")),
    unit: "ms",
  });
  const [unseen, seen] = [await timeMassWrite(sql, "none"), await timeMassWrite(sql, "all")];
  results.push({ what: "40,000 writes in one transaction: with / without", value: seen.ms / unseen.ms, unit: "x" });
  results.push({ what: "40,000 writes in one transaction: audit rows", value: seen.audited, unit: "" });
  return results;
}

export const triggerCost: BenchRow = {
  id: "trigger-cost",
  measures: "UPDATEs and INSERTs of calls that name no deprecated column, with the triggers",
  against: "the same without them, server time in loops, A B B A",
  run: async (context) => {
    const server = await context.server();
    const source = await migrated(server, small, false);
    return onClone(server, source, async (database) => {
      const sql = server.open(database);
      const results = await measure(sql, context.rounds ?? 20);
      await sql.end();
      return results;
    });
  },
};

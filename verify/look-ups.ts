import { z } from "zod";
import { ask } from "../src/checks/ask.ts";
import type { Finding, Look } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { servingIndexes } from "./serving-indexes.ts";

interface PlanNode {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Actual Rows": z.number(),
    "Actual Loops": z.number(),
    "Rows Removed by Filter": z.number().optional(),
    Plans: z.array(node).optional(),
  }),
);
const answer = z.array(z.object({ "QUERY PLAN": z.array(z.object({ Plan: node })) }));

// A look-up that passes so many rows by is no look-up; a small table may be read whole.
const mostPassedBy = 1000;

/**
 * A look-up by equality: is there an index that begins with these columns, in any order, and does PostgreSQL use one? That is told by
 * the rows that it passes by, looking for one that there is. The index may be anybody's.
 */
export function isLookedUp(
  relation: "calls" | "contacts",
  columns: readonly string[],
): (look: Look) => Promise<Finding> {
  return async (look) => {
    const { sql: session, scope } = look;
    const found = await ask(
      session,
      sql`
        select s.name from (${servingIndexes}) as s
        where s.indrelid = to_regclass(${`public.${relation}`})
          and (select array_agg(k.name order by k.name) from unnest(s.keys[1:${columns.length}]) as k(name)) = ${`{${columns.toSorted().join(",")}}`}::text::text[]
        order by 1`,
      scope,
    );
    const names = found.map(({ name }) => String(name));
    const passedBy = await rowsPassedBy(look, relation, columns);
    const slow = passedBy > mostPassedBy;
    return {
      population: 1,
      broken: names.length === 0 || slow ? 1 : 0,
      expected: `an index on ${columns.join(" and ")}`,
      actual: `${names.join(", ") || "no index"}${slow ? `, and ${passedBy.toLocaleString("en-US")} rows were passed by` : ""}`,
      rows: names.map((index) => ({ index })),
    };
  };
}

// Without statistics, as right after a migration, PostgreSQL guesses; that passes.
async function rowsPassedBy({ sql: session }: Look, relation: string, columns: readonly string[]): Promise<number> {
  const [analysed] = await session`
    select from pg_catalog.pg_stats as s where s.schemaname = 'public' and s.tablename = ${relation} limit 1`;
  if (analysed === undefined) return 0;
  const [one] = await session<Record<string, string>[]>`
    select ${session(columns)} from ${session(`public.${relation}`)} where ${session(columns.at(-1) ?? "")} is not null limit 1`;
  if (one === undefined) return 0;
  const wanted = columns.map((column, n) => `${column} = $${n + 1}`).join(" and ");
  const rows = await session.unsafe(
    `explain (analyze, timing off, costs off, format json) select id from public.${relation} where ${wanted}`,
    columns.map((column) => one[column] ?? ""),
  );
  return answer
    .parse(rows)
    .reduce((sum, row) => sum + row["QUERY PLAN"].reduce((n, { Plan }) => n + passed(Plan), 0), 0);
}

function passed(plan: PlanNode): number {
  const own = (plan["Rows Removed by Filter"] ?? 0) * plan["Actual Loops"];
  return own + (plan.Plans ?? []).reduce((sum, next) => sum + passed(next), 0);
}

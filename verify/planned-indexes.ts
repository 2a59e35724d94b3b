import type { Sql } from "postgres";
import { z } from "zod";

interface PlanNode {
  readonly "Index Name"?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({ "Index Name": z.string().optional(), Plans: z.array(node).optional() }),
);
const answer = z.array(z.object({ "QUERY PLAN": z.array(z.object({ Plan: node })) }));

/** The indexes that PostgreSQL would read the statement through when it may not scan the table. Plans only, runs nothing. */
export async function plannedIndexes(sql: Sql, text: string): Promise<readonly string[]> {
  await sql.unsafe("set local enable_seqscan = off", []);
  const rows = answer.parse(await sql.unsafe(`explain (format json) ${text}`));
  return rows.flatMap((row) => row["QUERY PLAN"].flatMap(({ Plan }) => indexesOf(Plan)));
}

function indexesOf(plan: PlanNode): readonly string[] {
  const own = plan["Index Name"];
  return [...(own === undefined ? [] : [own]), ...(plan.Plans ?? []).flatMap(indexesOf)];
}

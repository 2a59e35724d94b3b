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

/**
 * The indexes that PostgreSQL would read the statement through when it may not scan the table; for a partition's, that of
 * the table. Plans only, runs nothing.
 */
export async function plannedIndexes(sql: Sql, text: string): Promise<readonly string[]> {
  await sql.unsafe("set local enable_seqscan = off", []);
  const rows = answer.parse(await sql.unsafe(`explain (format json) ${text}`));
  const used = rows.flatMap((row) => row["QUERY PLAN"].flatMap(({ Plan }) => indexesOf(Plan)));
  const whole = await sql<{ name: string }[]>`
    select distinct coalesce(r.relname, u.name)::text as name
    from unnest(${[...used]}::text[]) as u(name)
    left join pg_catalog.pg_class as c on c.relname = u.name and c.relkind = 'i' and c.relispartition
    left join pg_catalog.pg_class as r on r.oid = pg_partition_root(c.oid)
    order by 1`;
  return whole.map(({ name }) => name);
}

function indexesOf(plan: PlanNode): readonly string[] {
  const own = plan["Index Name"];
  return [...(own === undefined ? [] : [own]), ...(plan.Plans ?? []).flatMap(indexesOf)];
}

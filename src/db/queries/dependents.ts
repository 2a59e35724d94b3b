import type { Sql } from "postgres";
import { analyseBodies } from "./bodies.ts";

/** Something besides the tool itself that the drop of the columns would break. */
export interface Dependent {
  /** view, index, function, job, …: as PostgreSQL calls it. */
  readonly kind: string;
  readonly name: string;
  /** Null where it depends on the view calls_with_caller_names, of whichever column. */
  readonly column: string | null;
  readonly detail: string;
  /** Tracked by the catalog, read by the grammar, or only a text in which the words stand. */
  readonly certainty: "catalog" | "grammar" | "text";
}

/** All dependents of the deprecated columns, the same that close the drop's gate; none before migration 4. Writes nothing. */
export async function listDependents(sql: Sql): Promise<readonly Dependent[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regprocedure('ssot.phase3_dependents()') is not null as present`;
  if (!row?.present) return [];
  return sql<Dependent[]>`
    select d.kind, d.name, d.column_name as column, d.detail, d.certainty
    from (select pg_catalog.set_config('ssot.analysed_bodies', ${await analyseBodies(sql)}, true) as setting offset 0) as s
    cross join lateral (select f.* from ssot.phase3_dependents() as f where s.setting is not null offset 0) as d
    order by d.kind, d.name, d.column_name, d.detail`;
}

import type { Sql } from "postgres";
import type { Dependent } from "../../model/dependent.ts";
import { migrationNames } from "../../model/mission.ts";
import { listFirstDependents } from "./first-engine.ts";
import { readVerdicts } from "./verdicts.ts";

export type { Dependent };

/** All dependents of what a migration deprecated, the same that close its gate; none before it. Writes nothing. */
export async function listDependents(
  sql: Sql,
  migration: string = migrationNames.deprecate,
  told?: string,
): Promise<readonly Dependent[]> {
  const [gate] = await sql<{ present: boolean; first: boolean }[]>`
    select to_regprocedure('ssot.phase3_dependents(text, jsonb)') is not null as present,
           to_regprocedure('ssot.phase3_dependents()') is not null as first`;
  if (!gate?.present && !gate?.first) return [];
  const verdicts = told ?? (await readVerdicts(sql, migration));
  if (!gate.present) return listFirstDependents(sql, verdicts);
  return sql<Dependent[]>`
    select d.kind, d.name, d.column_name as column, d.detail, d.certainty
    from ssot.phase3_dependents(${migration}, ${verdicts}::text::jsonb) as d
    order by d.kind, d.name, d.column_name, d.detail`;
}

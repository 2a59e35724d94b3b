import type { Sql } from "postgres";
import type { DeprecatedColumn } from "../../model/deprecated-column.ts";
import type { Watched } from "../../names/mention.ts";
import { readEngineVersion } from "./engine-version.ts";
import { listFirstDeprecated } from "./first-engine.ts";

/** Every column that an applied migration deprecated, those that are gone since included. None before there is one, or where the record is lost. */
export async function listDeprecatedColumns(sql: Sql): Promise<readonly DeprecatedColumn[]> {
  const version = await readEngineVersion(sql);
  if (version === undefined) return [];
  if (version === 1) return listFirstDeprecated(sql);
  const [record] = await sql<{ kept: boolean }[]>`
    select to_regclass('ssot.deprecated_column') is not null and to_regclass('ssot.ledger') is not null as kept`;
  if (!record?.kept) return [];
  return sql<DeprecatedColumn[]>`
    select d.relation, i.parts[1] as schema, i.parts[2] as table, d.column_name as column, d.place, d.migration, d.reason,
           coalesce(d.replacement, '') as replacement, d.trigger_name as trigger, d.trigger_base as triggers,
           d.function_name || '()' as witness, d.not_before as "notBefore", d.quiet::text as quiet,
           l.run_on at time zone 'UTC' as since,
           greatest(l.run_on at time zone 'UTC' + d.quiet, d.not_before) as "dropAfter", now() >= greatest(l.run_on at time zone 'UTC' + d.quiet, d.not_before) as due,
           a.attname is not null as present
    from ssot.deprecated_column as d
    join ssot.ledger as l on l.name = d.migration
    cross join lateral (select parse_ident(d.relation) as parts) as i
    left join pg_catalog.pg_attribute as a
      on a.attrelid = to_regclass(d.relation) and a.attname = d.column_name and not a.attisdropped
    order by d.relation, d.column_name`;
}

// The mission's view passes its columns on under their names.
const missionRelations: Watched["relations"] = [
  { schema: "public", name: "calls" },
  { schema: "public", name: "calls_with_caller_names" },
];

/** What texts of SQL are read for: one of each table. */
export function watchedOf(columns: readonly DeprecatedColumn[]): readonly Watched[] {
  return [...new Set(columns.map(({ relation }) => relation))].flatMap((relation) => {
    const own = columns.filter((column) => column.relation === relation);
    const [first] = own;
    if (first === undefined) return [];
    const relations = relation === "public.calls" ? missionRelations : [{ schema: first.schema, name: first.table }];
    return [{ relations, columns: own.map(({ column }) => column) }];
  });
}

import type { Sql } from "postgres";
import type { Dependent } from "../../model/dependent.ts";
import type { DeprecatedColumn } from "../../model/deprecated-column.ts";
import { migrationNames, missionColumns, missionWitness } from "../../model/mission.ts";

/**
 * What is asked otherwise of the first engine, which knew two columns and no others, and took what was read of
 * functions' bodies by a setting.
 */

const columns = [
  {
    column: missionColumns.name,
    replacement: "calls_with_caller_names.resolved_caller_name",
    trigger: "warn_deprecated_writes",
  },
  { column: missionColumns.number, replacement: "calls.phone_number", trigger: "warn_deprecated_writes_from_number" },
] as const;

/** The deprecated columns, as `listDeprecatedColumns` gives them. */
export async function listFirstDeprecated(sql: Sql): Promise<readonly DeprecatedColumn[]> {
  return sql<DeprecatedColumn[]>`
    select 'public.calls' as relation, 'public' as schema, 'calls' as table, w.name as column, w.place::integer, l.name as migration,
           'it is stored elsewhere' as reason, w.replacement, w.trigger, 'warn_deprecated_writes' as triggers,
           ${missionWitness}::text as witness, d.not_before as "notBefore", d.quiet::text as quiet,
           l.run_on at time zone 'UTC' as since,
           greatest(l.run_on at time zone 'UTC' + d.quiet, d.not_before) as "dropAfter", now() >= greatest(l.run_on at time zone 'UTC' + d.quiet, d.not_before) as due,
           a.attname is not null as present
    from ssot.ledger as l
    cross join unnest(${columns.map(({ column }) => column)}::text[], ${columns.map(({ replacement }) => replacement)}::text[],
                      ${columns.map(({ trigger }) => trigger)}::text[]) with ordinality as w(name, replacement, trigger, place)
    cross join (values (timestamptz '2026-03-09 00:00:00+00', interval '1 month')) as d(not_before, quiet)
    left join pg_catalog.pg_attribute as a
      on a.attrelid = to_regclass('public.calls') and a.attname = w.name and not a.attisdropped
    where l.name = ${migrationNames.deprecate}
    order by w.name`;
}

/** A text that PostgreSQL does not track, in which a deprecated column's name stands. */
export interface Body {
  readonly key: string;
  readonly definition: string;
  /** It is the function of a trigger on the table. */
  readonly fires: boolean;
  /** Whose rows are those of the table. */
  readonly relations: readonly string[];
  /** That return such rows. */
  readonly functions: readonly string[];
  /** Of all that a verdict stands on. */
  readonly fingerprint: string;
}

/** The bodies of functions and jobs in whose text a column stands, as `ssot.phase3_bodies` gives them. */
export async function listFirstBodies(sql: Sql): Promise<readonly Body[]> {
  return sql<Body[]>`
    select b.key, b.definition, b.fires_on_calls as fires, b.relations, b.functions, b.fingerprint
    from ssot.phase3_bodies() as b order by b.key`;
}

/** What depends on the columns, as `ssot.phase3_dependents` gives it. */
export async function listFirstDependents(sql: Sql, verdicts: string): Promise<readonly Dependent[]> {
  return sql<Dependent[]>`
    select d.kind, d.name, d.column_name as column, d.detail, d.certainty
    from (select pg_catalog.set_config('ssot.analysed_bodies', ${verdicts}, true) as setting offset 0) as s
    cross join lateral (select f.* from ssot.phase3_dependents() as f where s.setting is not null offset 0) as d
    order by d.kind, d.name, d.column_name, d.detail`;
}

/** Why they may not be dropped, as `ssot.phase3_blockers` says. */
export async function listFirstBlockers(
  sql: Sql,
  verdicts: string,
): Promise<readonly { readonly code: string; readonly message: string; readonly can_force: boolean }[]> {
  return sql`
    select b.code, b.message, b.can_force
    from (select pg_catalog.set_config('ssot.analysed_bodies', ${verdicts}, true) as setting offset 0) as s
    cross join lateral (select g.* from ssot.phase3_blockers() as g where s.setting is not null offset 0) as b`;
}

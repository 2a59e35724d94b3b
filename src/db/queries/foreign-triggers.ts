import type { Sql } from "postgres";
import { missionWitness } from "../../model/mission.ts";
import { missionTables, touchedBy, touchedTables } from "./touched-tables.ts";
import { listWitnessFunctions } from "./witness-functions.ts";

/** Somebody's trigger that the rows of a migration would fire. */
export interface ForeignTrigger {
  readonly table: string;
  readonly name: string;
  /** As PostgreSQL says it: `BEFORE UPDATE`. */
  readonly when: string;
  /** A BEFORE ROW trigger changes the row at most; any other may tell somebody, and that cannot be taken back. */
  readonly harmless: boolean;
}

// Of this name production may have one that was made by hand; migration 4 replaces it.
const byHand = missionWitness.replace(/^public\.|\(\)$/g, "");

const ask = (touched: string, ours: string): string => `
  with recursive ${touched}
  select distinct t.tgrelid::regclass::text as table, t.tgname as name,
         case when (t.tgtype & 2) <> 0 then 'BEFORE' when (t.tgtype & 64) <> 0 then 'INSTEAD OF' else 'AFTER' end
           || case when (t.tgtype & 4) <> 0 then ' INSERT' else '' end
           || case when (t.tgtype & 16) <> 0 then ' UPDATE' else '' end
           || case when (t.tgtype & 8) <> 0 then ' DELETE' else '' end
           || case when (t.tgtype & 1) = 0 then ' FOR EACH STATEMENT' else '' end as when,
         (t.tgtype & 2) <> 0 and (t.tgtype & 1) <> 0 as harmless
  from pg_catalog.pg_trigger as t
  join pg_catalog.pg_proc as p on p.oid = t.tgfoid
  join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
  where not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
    and n.nspname <> 'ssot' and p.proname <> '${byHand}' and ${ours}
    and t.tgrelid in (table touched) and (t.tgtype & case when t.tgrelid = to_regclass('public.contacts') then 28 else 16 end) <> 0
  order by 1, 2`;

/** Rows of ForeignTrigger, without parameters: exported SQL asks the same. */
export const foreignTriggersQuery = ask(touchedTables, "true");

/** Whose rows a run changes. */
export interface ChangedRows {
  /** Tables, as `to_regclass` takes them; undefined: those of the mission. */
  readonly tables?: readonly string[] | undefined;
  /** Of the mission's tables calls alone. */
  readonly onlyCalls?: boolean | undefined;
}

/**
 * The enabled triggers of others on the tables whose rows a run changes; where contacts are among them, also on every table that
 * references them.
 */
export async function listForeignTriggers(
  sql: Sql,
  { tables = missionTables, onlyCalls = false }: ChangedRows = {},
): Promise<readonly ForeignTrigger[]> {
  const witnesses = await listWitnessFunctions(sql);
  const roots = tables.filter((name) => !(onlyCalls && name === "public.contacts"));
  return sql.unsafe<ForeignTrigger[]>(
    ask(
      touchedBy("array(select to_regclass(r.name)::oid from unnest($3::text[]) as r(name))"),
      `not exists (select from unnest($1::text[]) as w(name) where p.oid = to_regprocedure(w.name))
    and (not $2 or t.tgrelid in (
      select d.relid from unnest($3::text[]) as r(name) cross join lateral pg_partition_tree(to_regclass(r.name)) as d
      union select to_regclass(r.name)::oid from unnest($3::text[]) as r(name)))`,
    ),
    [[...witnesses], onlyCalls, [...roots]],
  );
}

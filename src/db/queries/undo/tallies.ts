import type { Sql } from "postgres";
import { migrationNames } from "../../../model/mission.ts";
import { listPresentTables } from "./present-tables.ts";

/** How many rows a migration changed, and how many of them an interrupted rollback has dealt with already, by effect. */
export interface Tallies {
  readonly changed: Readonly<Record<string, number>>;
  readonly dealtWith: Readonly<Record<string, number>>;
}

/** The tallies of a migration, whichever engine wrote them. */
export async function readTallies(sql: Sql, migration: string): Promise<Tallies> {
  const there = await listPresentTables(sql, ["ssot.tally", "ssot.run"]);
  if (!there.has("ssot.tally") || !there.has("ssot.run")) return { changed: {}, dealtWith: {} };
  const rows = await sql<{ what: string; changed: string; dealt: string }[]>`
    select t.what, coalesce(sum(t.n) filter (where t.direction = 'migrate'), 0) as changed,
           coalesce(sum(t.n) filter (where t.direction <> 'migrate' and exists (
             select from ssot.run as r where r.name = ${migration} and r.direction = 'rollback' and r.finished_at is null)), 0) as dealt
    from ssot.tally as t
    -- The first engine's tally tells no migration: each effect is of one.
    where coalesce(to_jsonb(t) ->> 'migration', case when t.what in ('callsLinked', 'callsUnlinked') then ${migrationNames.backfill}
                                                     when t.what = 'valuesArchived' then ${migrationNames.drop} else ${migrationNames.validate} end) = ${migration}
    group by t.what order by t.what`;
  return {
    changed: Object.fromEntries(rows.map(({ what, changed }) => [what, Number(changed)])),
    dealtWith: Object.fromEntries(rows.map(({ what, dealt }) => [what, Number(dealt)])),
  };
}

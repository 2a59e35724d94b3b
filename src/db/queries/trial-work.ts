import type { Sql } from "postgres";
import { missionColumns } from "../../model/mission.ts";
import { isE164In } from "./e164.ts";
import type { LooseNumber } from "./loose-numbers.ts";
import { orgCountry } from "./org-country.ts";

/** Whether a call has no contact yet. */
export async function hasUnlinkedCalls(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from public.calls as c where c.contact_id is null) as found`;
  return row?.found ?? true;
}

/** Whether the drop has a number to fill in: only before the columns are gone, and where the engine is there. */
export async function hasCallsToFill(sql: Sql): Promise<boolean> {
  const columns = await sql`
    select from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.calls') and a.attname = ${missionColumns.number} and not a.attisdropped`;
  if (columns.length === 0) return false;
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from public.calls as c
                   where ssot.needs_fill(c.call_direction::text, c.phone_number, c.${sql(missionColumns.number)})) as found`;
  return row?.found ?? true;
}

/** Some numbers of calls that are not E.164. */
export async function sampleCallNumbers(sql: Sql): Promise<readonly LooseNumber[]> {
  return sql<LooseNumber[]>`
    select c.phone_number as raw, o.country
    from public.calls as c join ${orgCountry(sql)} as o on o.org_id = c.org_id
    where not ${isE164In(sql, sql`c.phone_number`)} limit 20`;
}

/** An enabled event trigger that fires when a run makes, changes or drops something. */
export interface EventTrigger {
  readonly name: string;
  /** Its function, without schema and arguments. */
  readonly routine: string;
  readonly body: string;
  readonly language: string;
}

export async function listEventTriggers(sql: Sql): Promise<readonly EventTrigger[]> {
  return sql<EventTrigger[]>`
    select v.evtname as name, p.proname as routine, p.prosrc as body, l.lanname as language
    from pg_catalog.pg_event_trigger as v
    join pg_catalog.pg_proc as p on p.oid = v.evtfoid
    join pg_catalog.pg_language as l on l.oid = p.prolang
    where v.evtenabled in ('O', 'A') and v.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite')
      and (v.evttags is null or exists (
        select from unnest(v.evttags) as t(tag) where t.tag ~ '^(CREATE|ALTER|DROP) (SCHEMA|TABLE|INDEX|VIEW|FUNCTION|PROCEDURE|TRIGGER|SEQUENCE)$|^(GRANT|REVOKE|COMMENT)$'))
    order by 1`;
}

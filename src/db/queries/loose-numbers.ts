import type { Sql } from "postgres";
import { e164Shape } from "../../phone/e164.ts";
import { callNumber } from "./call-number.ts";
import { orgCountry } from "./org-country.ts";

/** A number as it is stored, with the country that decides how it is read. */
export interface LooseNumber {
  readonly raw: string;
  readonly country: string;
}

/** Distinct spellings of contacts' numbers that are not E.164; null where the phone itself is null. */
export async function looseContactNumbers(sql: Sql): Promise<readonly LooseNumber[]> {
  return sql<LooseNumber[]>`
    select distinct k.phone as raw, o.country
    from public.contacts as k join ${orgCountry(sql)} as o on o.org_id = k.org_id
    where k.phone !~ ${e164Shape}`;
}

/** Distinct spellings of the other side's numbers in calls that are not E.164. */
export async function looseCallNumbers(sql: Sql): Promise<readonly LooseNumber[]> {
  return sql<LooseNumber[]>`
    select distinct n.number as raw, o.country
    from public.calls as c
    join ${orgCountry(sql)} as o on o.org_id = c.org_id
    cross join lateral (select ${callNumber(sql)} as number) as n
    where n.number !~ ${e164Shape}`;
}

/** Contacts whose phone is none of the readable spellings and not E.164: at most `most` ids, and how many there are. */
export async function contactsBesides(
  sql: Sql,
  readable: readonly LooseNumber[],
  most: number,
): Promise<{ readonly count: number; readonly ids: readonly string[] }> {
  const rows = await sql<{ id: string; total: string }[]>`
    select k.id, count(*) over () as total
    from public.contacts as k
    join ${orgCountry(sql)} as o on o.org_id = k.org_id
    where (k.phone ~ ${e164Shape}) is not true
      and not exists (
        select from unnest(${readable.map((n) => n.raw)}::text[], ${readable.map((n) => n.country)}::text[]) as r(raw, country)
        where r.raw = k.phone and r.country = o.country)
    order by k.id
    limit ${most}`;
  return { count: Number(rows[0]?.total ?? 0), ids: rows.map((row) => row.id) };
}

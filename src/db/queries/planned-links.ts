import type { Sql } from "postgres";
import { type PlannedLinks, type UnlinkedReason, unlinkedReasons } from "../../model/unlinked.ts";
import type { ReadNumber } from "../../phone/read-numbers.ts";
import { callNumber } from "./call-number.ts";
import { isE164In } from "./e164.ts";
import { orgCountry } from "./org-country.ts";
import { isUnicode, withheldIn } from "./withheld.ts";

/**
 * What linking would do to the calls that have no contact now: the rules of the migration, in one statement. `numbers` are the readings of all
 * spellings that are not E.164; `dropped`: the deprecated columns are gone.
 */
export async function countPlannedLinks(
  sql: Sql,
  numbers: readonly ReadNumber[],
  options: { readonly dropped: boolean },
): Promise<PlannedLinks> {
  const isWithheld = withheldIn(sql, { unicode: await isUnicode(sql) });
  const [row] = await sql<Record<UnlinkedReason | "linked", string>[]>`
    with country as materialized (
      select * from ${orgCountry(sql)} as o
    ), spelling as materialized (
      select * from unnest(${numbers.map((n) => n.raw)}::text[], ${numbers.map((n) => n.country)}::text[],
                           ${numbers.map((n) => n.e164)}::text[]) as s(raw, country, e164)
    ), owned as materialized (
      select distinct x.org_id, x.number collate "C" as number
      from (select k.org_id, case when ${isE164In(sql, sql`k.phone`)} then k.phone else s.e164 end as number
            from public.contacts as k
            join country as o on o.org_id = k.org_id
            left join spelling as s on s.raw = k.phone and s.country = o.country) as x
      where x.number is not null and not ${isWithheld(sql`x.number`)}
    ), waiting as materialized (
      select o.org_id, n.number, c.phone_number::text as shown, case when ${isE164In(sql, sql`n.number`)} then n.number else s.e164 end as reading
      from public.calls as c
      left join country as o on o.org_id = c.org_id
      cross join lateral (
        select ${callNumber(sql, isWithheld, options)} as number
        offset 0
      ) as n
      left join spelling as s on s.raw = n.number and s.country = o.country
      where c.contact_id is null
    ), judged as (
      select case when w.org_id is null then 'noOrganisation'
                  when k.org_id is not null then 'linked'
                  when coalesce(w.number, '') ~ '^[[:space:]]*$' and coalesce(w.shown, '') ~ '^[[:space:]]*$' then 'noNumber'
                  when ${isWithheld(sql`w.number`)} then 'withheldNumber'
                  when w.reading is null then 'unreadableNumber'
                  else 'noContact' end as what
      from waiting as w left join owned as k on k.org_id = w.org_id and k.number = w.reading collate "C"
    )
    select count(*) filter (where j.what = 'linked') as linked,
           count(*) filter (where j.what = 'noOrganisation') as "noOrganisation", count(*) filter (where j.what = 'noNumber') as "noNumber",
           count(*) filter (where j.what = 'withheldNumber') as "withheldNumber",
           count(*) filter (where j.what = 'unreadableNumber') as "unreadableNumber", count(*) filter (where j.what = 'noContact') as "noContact"
    from judged as j`;
  const unlinked = unlinkedReasons
    .map((reason) => [reason, Number(row?.[reason] ?? 0)] as const)
    .filter(([, n]) => n > 0);
  return { linked: Number(row?.linked ?? 0), unlinked: Object.fromEntries(unlinked) };
}

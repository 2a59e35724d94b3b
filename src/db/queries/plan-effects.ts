import type { Sql } from "postgres";
import type { Effects } from "../../model/migration.ts";
import { missionColumns } from "../../model/mission.ts";
import { placeholderRule } from "../../model/placeholder-name.ts";
import type { ReadNumber } from "../../phone/read-numbers.ts";
import { callNumber } from "./call-number.ts";
import { readDeadText } from "./contact-roles.ts";
import { isE164In } from "./e164.ts";
import { orgCountry } from "./org-country.ts";
import { isPlaceholder } from "./placeholder.ts";
import { isUnicode, withheldIn } from "./withheld.ts";

/**
 * What the migrations would change, counted without changing anything: the same rules as the migrations', in one
 * statement over the data as it is. `numbers` are the readings of all spellings that are not E.164. Needs the deprecated
 * columns: once they are dropped, nothing is pending that this could count.
 */
export async function countPlannedEffects(
  sql: Sql,
  numbers: readonly ReadNumber[],
  options: { readonly quarantine: boolean },
): Promise<Effects> {
  const unicode = await isUnicode(sql);
  const rule = placeholderRule("[:space:]", { unicode });
  const isWithheld = withheldIn(sql, { unicode });
  const dead = sql.unsafe(await readDeadText(sql));
  const [row] = await sql<Record<keyof Effects, string>[]>`
    with country as materialized (
      select * from ${orgCountry(sql)} as o
    ), spelling as materialized (
      select * from unnest(${numbers.map((n) => n.raw)}::text[], ${numbers.map((n) => n.country)}::text[],
                           ${numbers.map((n) => n.e164)}::text[]) as s(raw, country, e164)
    ), contact as materialized (
      select k.id, k.org_id, k.name, k.phone, k.created_at,
             case when ${isE164In(sql, sql`k.phone`)} then k.phone else s.e164 end as number,
             ${isPlaceholder(sql, sql`k.name`, rule)} as nameless,
             case when k.phone is null and not ${isPlaceholder(sql, sql`k.email`, rule)} then btrim(k.email) end as address, ${dead} as dead
      from public.contacts as k
      left join country as o on o.org_id = k.org_id
      left join spelling as s on s.raw = k.phone and s.country = o.country
      where o.org_id is not null or ${isE164In(sql, sql`k.phone`)} is not true
    ), twin as materialized (
      select c.*, row_number() over same as place, first_value(c.id) over same as survivor, first_value(c.dead) over same as survivor_dead,
             ${isWithheld(sql`c.number`)} as withheld
      from contact as c where c.number is not null
      window same as (partition by c.org_id, c.number order by c.dead, c.created_at, c.id)
    ), ranked as materialized (
      select * from twin where place = 1 or not withheld
    ), survivor as materialized (
      select * from ranked where place = 1
    ), donor as materialized (
      select distinct on (d.survivor) d.survivor, d.name
      from ranked as d where d.place > 1 and not d.nameless and d.dead = d.survivor_dead
      order by d.survivor, d.created_at desc, d.id desc
    ), merged as materialized (
      select s.id, s.org_id, s.phone, s.number, s.withheld, s.name as own_name, s.nameless and d.survivor is null as nameless
      from survivor as s left join donor as d on d.survivor = s.id and s.nameless
      union all
      -- Without a number a contact is merged with none, and called by its e-mail address.
      select c.id, c.org_id, c.phone, c.address, false, c.name, c.nameless
      from contact as c where c.phone is null and (not c.nameless or c.address is not null)
    ), numbered as materialized (
      select c.id, c.org_id, coalesce(s.e164, n.number) as number
      from public.calls as c
      join country as o on o.org_id = c.org_id
      cross join lateral (
        select ${callNumber(sql, isWithheld)} as number
        offset 0
      ) as n
      left join spelling as s on s.raw = n.number and s.country = o.country
      where c.contact_id is null
    ), link as materialized (
      select c.id, w.id as contact_id
      from numbered as c
      join survivor as w on w.org_id = c.org_id and w.number collate "C" = c.number and not w.withheld
    ), caught as materialized (
      select c.org_id, coalesce(r.survivor, c.contact_id, l.contact_id) as contact_id
      from public.calls as c
      left join link as l on l.id = c.id
      left join ranked as r on r.id = c.contact_id
      where c.call_direction = 'inbound'
        and not ${isPlaceholder(sql, sql`c.${sql(missionColumns.name)}`, rule)}
    ), rescued as materialized (
      select m.id, max(1) as hit
      from caught as c
      join merged as m on m.id = c.contact_id and m.org_id = c.org_id and m.nameless and not m.withheld
      group by m.id
    )
    select
      (select count(*) from link) as "callsLinked",
      (select count(*) from public.calls where contact_id is null) - (select count(*) from link) as "callsUnlinked",
      (select count(*) from merged as m left join rescued as r on r.id = m.id
       where m.nameless and (r.id is not null or m.own_name collate "C" is distinct from m.number)) as "namesReplaced",
      (select count(*) from rescued) as "namesRescued",
      (select count(*) from merged where phone <> number)
        + (select count(*) from (select c.phone_number, o.country from public.calls as c join country as o on o.org_id = c.org_id offset 0) as c
           join spelling as s on s.raw = c.phone_number and s.country = c.country) as "phonesNormalised",
      (select count(*) from ranked where place > 1) as "contactsMerged",
      (select (select count(*) from contact where number is null and (phone is not null or nameless and address is null)) + (select count(*) from twin where place > 1 and withheld)
       where ${options.quarantine}) as "contactsQuarantined",
      (select count(${sql(missionColumns.name)}) + count(${sql(missionColumns.number)}) from public.calls) as "valuesArchived"`;
  return Object.fromEntries(Object.entries(row ?? {}).map(([effect, n]) => [effect, Number(n)]));
}

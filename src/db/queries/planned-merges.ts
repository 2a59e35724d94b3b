import type { Sql } from "postgres";
import type { ReadNumber } from "../../phone/read-numbers.ts";
import { readDeadText } from "./contact-roles.ts";
import { isE164In } from "./e164.ts";
import { orgCountry } from "./org-country.ts";
import { isUnicode, withheldIn } from "./withheld.ts";

/** Which contact would be merged into which: the same organisation and number, into one that lives, the oldest. As ssot.plan_merges. */
export async function listPlannedMerges(
  sql: Sql,
  numbers: readonly ReadNumber[],
): Promise<readonly { readonly duplicate: string; readonly survivor: string }[]> {
  const isWithheld = withheldIn(sql, { unicode: await isUnicode(sql) });
  const dead = sql.unsafe(await readDeadText(sql));
  return sql<{ duplicate: string; survivor: string }[]>`
    select g.id as duplicate, g.survivor
    from (
      select c.id, first_value(c.id) over same as survivor, row_number() over same as place
      from (
        select k.id, k.org_id, k.created_at, ${dead} as dead, case when ${isE164In(sql, sql`k.phone`)} then k.phone else s.e164 end collate "C" as number
        from public.contacts as k
        join ${orgCountry(sql)} as o on o.org_id = k.org_id
        left join unnest(${numbers.map((n) => n.raw)}::text[], ${numbers.map((n) => n.country)}::text[],
                         ${numbers.map((n) => n.e164)}::text[]) as s(raw, country, e164)
          on s.raw = k.phone and s.country = o.country
        offset 0
      ) as c
      where not ${isWithheld(sql`c.number`)}
      window same as (partition by c.number, c.org_id order by c.dead, c.created_at, c.id)
    ) as g
    where g.place > 1
    order by g.survivor, g.id`;
}

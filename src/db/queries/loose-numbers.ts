import type { Sql } from "postgres";
import { placeholderRule } from "../../model/placeholder-name.ts";
import { whyUnreadable } from "../../phone/unreadable.ts";
import { keypadNumbers } from "../../phone/withheld.ts";
import { callNumber } from "./call-number.ts";
import { readDeadText } from "./contact-roles.ts";
import { isE164In } from "./e164.ts";
import { orgCountry } from "./org-country.ts";
import { isPlaceholder } from "./placeholder.ts";
import { isUnicode, withheldIn } from "./withheld.ts";

/** A number as it is stored, with the country that decides how it is read. */
export interface LooseNumber {
  readonly raw: string;
  readonly country: string;
}

/** Contacts whose number cannot be read. */
export interface UnreadContacts {
  readonly count: number;
  /** At most as many as were asked for. */
  readonly ids: readonly string[];
  /** The same, each with its reason, which holds nothing of the number. */
  readonly contacts: readonly { readonly id: string; readonly reason: string }[];
}

/** Distinct spellings of contacts' numbers that are not E.164; null where the phone itself is null. */
export async function looseContactNumbers(sql: Sql): Promise<readonly LooseNumber[]> {
  return sql<LooseNumber[]>`
    select distinct k.phone as raw, o.country
    from public.contacts as k join ${orgCountry(sql)} as o on o.org_id = k.org_id
    where not ${isE164In(sql, sql`k.phone`)}`;
}

/** Distinct spellings of the other side's numbers in calls that are not E.164. `dropped`: the deprecated columns are gone. */
export async function looseCallNumbers(
  sql: Sql,
  options: { readonly dropped: boolean },
): Promise<readonly LooseNumber[]> {
  const isWithheld = withheldIn(sql, { unicode: await isUnicode(sql) });
  return sql<LooseNumber[]>`
    select distinct n.number as raw, o.country
    from public.calls as c
    join ${orgCountry(sql)} as o on o.org_id = c.org_id
    cross join lateral (select ${callNumber(sql, isWithheld, options)} as number offset 0) as n
    where not ${isE164In(sql, sql`n.number`)}`;
}

/**
 * Contacts whose phone is none of the readable spellings and not E.164, or withheld like that of another contact, as
 * ssot.unfixable_contacts: at most `most` ids, and how many there are.
 */
export async function contactsBesides(
  sql: Sql,
  readable: readonly LooseNumber[],
  most: number,
): Promise<UnreadContacts> {
  const rule = placeholderRule("[:space:]", { unicode: await isUnicode(sql) });
  const dead = sql.unsafe(await readDeadText(sql));
  const rows = await sql<{ id: string; raw: string | null; country: string | null; twin: boolean; total: string }[]>`
    select u.*, count(*) over () as total
    from (
      select k.id, k.phone as raw, o.country, false as twin from public.contacts as k
      left join ${orgCountry(sql)} as o on o.org_id = k.org_id
      where ${isE164In(sql, sql`k.phone`)} is not true
        and (k.phone is not null or ${isPlaceholder(sql, sql`k.name`, rule)} and ${isPlaceholder(sql, sql`k.email`, rule)})
        and not exists (
          select from unnest(${readable.map((n) => n.raw)}::text[], ${readable.map((n) => n.country)}::text[]) as r(raw, country)
          where r.raw = k.phone and r.country = o.country)
      union all
      select w.id, null, null, true
      from (select k.id, row_number() over (partition by k.org_id, k.phone order by ${dead}, k.created_at, k.id) as place
            from public.contacts as k where k.phone = any (${keypadNumbers}::text[])) as w
      where w.place > 1
    ) as u
    order by u.id
    limit ${most}`;
  const contacts = rows.map(({ id, raw, country, twin }) => ({
    id,
    reason: twin ? "withheld, and another contact has it as well" : whyUnreadable(raw, country),
  }));
  return { count: Number(rows[0]?.total ?? 0), ids: rows.map((row) => row.id), contacts };
}

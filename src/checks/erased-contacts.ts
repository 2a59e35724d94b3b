import type { Sql } from "postgres";
import { ask, type Scope } from "./ask.ts";
import { linkable } from "./coverage.ts";
import { sql } from "./fragment.ts";
import { rowsOf, scans } from "./scans.ts";

/**
 * How many inbound calls since the migration have no contact because it was deleted: in each organisation at most as many
 * numbers as contacts were deleted there, all of whose calls are older than a delete. None where deletes are not counted.
 */
export async function countErased(session: Sql, scope: Scope): Promise<number> {
  const [counted] = await session<{ present: boolean }[]>`
    select to_regclass('ssot.erased_contact') is not null as present`;
  if (!counted?.present) return 0;
  const [row] = await ask(
    session,
    sql`
      select coalesce(sum(x.calls) filter (where x.place <= x.erased), 0) as n
      from (
        select n.calls, e.erased, row_number() over (partition by n.org_id order by n.calls desc) as place
        from (
          select r.org_id, c.phone_number, count(*) as calls, max(r.created_at) as last_at
          from ${rowsOf(scans.calls)} join public.calls as c on c.id = r.id and c.org_id = r.org_id
          where ${linkable.inboundSince} and not r.linked and not r.known
          group by r.org_id, c.phone_number
        ) as n
        join (
          select d.org_id, sum(d.contacts) as erased, max(d.erased_at) as last_at from ssot.erased_contact as d group by d.org_id
        ) as e on e.org_id = n.org_id and n.last_at <= e.last_at
      ) as x`,
    scope,
  );
  return Number(row?.n ?? 0);
}

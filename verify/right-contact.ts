import { ask } from "../src/checks/ask.ts";
import type { Finding, Look } from "../src/checks/define.ts";
import { org, sql } from "../src/checks/fragment.ts";
import { withheld } from "../src/checks/scans.ts";
import { e164Shape } from "../src/phone/e164.ts";

// Of fewer numbers a share says nothing: there, half of them must be another contact's for certain, and so many at least.
const enough = 20;
const fewestOfAnOrganisation = 2;
const fewestOfADay = 3;

/**
 * Links to a contact that does not have the call's number, by organisation and direction, by day, and of the last day. A number
 * counts once with each contact, so that a busy contact with a new number weighs no more than a quiet one. The number of an
 * outbound call counts where it is another contact's: a contact may be called on a second line.
 */
export async function rightContact({ sql: session, scope, threshold }: Look): Promise<Finding> {
  const rows = await ask(
    session,
    sql`
      with pair as materialized (
        select c.org_id, c.call_direction::text as direction, (c.created_at at time zone 'UTC')::date as day, c.contact_id, c.phone_number,
               k.phone = c.phone_number as is_right, count(*) as calls, bool_or(c.created_at > now() - interval '1 day') as is_new
        from public.calls as c join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
        where c.phone_number ~ ${e164Shape} and not ${withheld(sql`c.phone_number`)} and (${org}::uuid is null or c.org_id = ${org})
        group by 1, 2, 3, 4, 5, 6
      ), judged as (
        select p.*, proven, not p.is_right and (proven or p.direction = 'inbound') as is_wrong
        from pair as p
        cross join lateral (
          select not p.is_right and exists (
            select from public.contacts as o where o.org_id = p.org_id and o.phone = p.phone_number and o.id <> p.contact_id) as proven
        ) as x
      ), grouped as (
        select j.org_id, j.direction, j.day, j.is_new,
               count(distinct (j.contact_id, j.phone_number)) as numbers,
               count(distinct (j.contact_id, j.phone_number)) filter (where j.is_wrong) as wrong,
               count(distinct (j.contact_id, j.phone_number)) filter (where j.proven) as proven,
               sum(j.calls) as calls,
               case when grouping(j.org_id) = 0 then ${fewestOfAnOrganisation}::integer else ${fewestOfADay}::integer end as fewest
        from judged as j
        group by grouping sets ((j.org_id, j.direction), (j.direction, j.day), (j.direction, j.is_new))
      )
      select g.org_id, g.direction, g.day::text as day, g.numbers::integer as numbers, g.wrong::integer as wrong,
             (select coalesce(sum(p.calls), 0) from pair as p)::float8 as population
      from grouped as g
      where g.is_new is not false
        and case when g.numbers >= ${enough}::integer then g.wrong > (1 - ${threshold}::numeric) * g.numbers and g.wrong >= g.fewest
                 else g.proven >= g.fewest and 2 * g.proven >= g.numbers end
      union all
      select null, null, null, null, null, (select coalesce(sum(p.calls), 0) from pair as p)::float8
      order by day nulls first, org_id, direction`,
    scope,
  );
  const broken = rows.filter(({ numbers }) => numbers !== null);
  return {
    population: Number(rows[0]?.population ?? 0),
    broken: broken.length,
    expected: `at least ${(100 * threshold).toFixed(1)} % of the numbers, in each organisation, direction and day`,
    rows: broken.map(({ org_id, direction, day, numbers, wrong }) => ({ org_id, direction, day, numbers, wrong })),
  };
}

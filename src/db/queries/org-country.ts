import type { PendingQuery, Row, Sql } from "postgres";

/**
 * The country that decides how an organisation's national numbers are read: (org_id, country), as ssot.org_country, which
 * is not there yet when a plan is made. Evaluated once for each organisation, not for each row that it is joined to.
 */
export function orgCountry(sql: Sql): PendingQuery<Row[]> {
  return sql`(
    select id as org_id, coalesce(nullif(upper(btrim(to_jsonb(x) ->> 'telephony_country')), ''), 'US') as country
    from public.organizations as x
    offset 0
  )`;
}

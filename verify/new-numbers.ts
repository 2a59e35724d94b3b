import { ask } from "../src/checks/ask.ts";
import { counted } from "../src/checks/coverage.ts";
import type { Finding, Look } from "../src/checks/define.ts";
import { skipped } from "../src/checks/findings.ts";
import { sql } from "../src/checks/fragment.ts";
import { rowsOf, scans } from "../src/checks/scans.ts";
import { normalisePhone } from "../src/phone/normalise.ts";

const fewest = 50;
const mostSpellings = 1000;
const unknown = "the calls could not be counted";

/** Organisations whose inbound calls begin to come without a number. Asked by organisation only where there are enough of them. */
export async function newNumbers(look: Look): Promise<Finding> {
  const { sql: session, scope } = look;
  const numberless = look.counted(counted.recentNumberless);
  const calls = look.coverage()?.directions.find(({ direction }) => direction === "inbound")?.total;
  if (numberless === undefined || calls === undefined) return skipped(unknown);
  if (numberless < fewest) return { population: calls, broken: 0 };
  const rows = await ask(
    session,
    sql`
      select x.org_id, x.calls::integer as calls, x.share::float8 as share, x.before::float8 as before
      from (
        select r.org_id, count(*) filter (where r.recent and not r.numbered) as calls,
               avg((not r.numbered)::integer) filter (where r.recent) as share,
               avg((not r.numbered)::integer) filter (where not r.recent) as before
        from ${rowsOf(scans.calls)} where r.inbound and not r.test group by r.org_id
      ) as x
      where x.calls >= ${fewest}::integer and x.share >= 2 * x.before
      order by x.calls desc limit 1000`,
    scope,
  );
  return { population: calls, broken: rows.length, rows };
}

/** New calls whose number can be read, and is not spelt as the library would have. */
export async function newSpellings(look: Look): Promise<Finding> {
  const { sql: session, scope } = look;
  const strange = look.counted(counted.recentSpellings);
  const calls = look.coverage()?.directions.find(({ direction }) => direction === "inbound")?.total;
  if (strange === undefined || calls === undefined) return skipped(unknown);
  if (strange === 0) return { population: calls, broken: 0 };
  const found = await ask(
    session,
    sql`
      select r.id, r.org_id, r.created_at, c.phone_number as number, to_jsonb(o) ->> 'telephony_country' as country
      from ${rowsOf(scans.calls)}
      join public.calls as c on c.id = r.id and c.org_id = r.org_id
      left join public.organizations as o on o.id = r.org_id
      where r.inbound and r.since_migration and not r.test and not r.withheld and not r.inside and not r.possible
      order by r.created_at desc, r.id limit ${mostSpellings}`,
    scope,
  );
  const rows = found
    .filter(
      ({ number, country }) => normalisePhone(String(number), typeof country === "string" ? country : "US") !== null,
    )
    .map(({ id, org_id, created_at }) => ({ id, org_id, created_at }));
  return { population: calls, broken: rows.length, rows };
}

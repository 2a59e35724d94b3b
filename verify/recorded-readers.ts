import type { Finding, Look } from "../src/verify/define.ts";

/** Statements of others that name a deprecated column, from pg_stat_statements where it is installed. */
export async function recordedReaders({ sql, attempt }: Look): Promise<Finding> {
  const [extension] = await sql<{ schema: string }[]>`
    select n.nspname as schema from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'`;
  if (extension === undefined) {
    return { population: 0, broken: 0, skip: "readers unknown: pg_stat_statements is not installed" };
  }
  const statements = sql(`${extension.schema}.pg_stat_statements`);
  const info = sql(`${extension.schema}.pg_stat_statements_info`);
  try {
    return await attempt(async () => {
      const [window] = await sql<{ since: Date; seen: number }[]>`
        select i.stats_reset as since, (select count(*)::integer from ${statements} as s) as seen from ${info} as i`;
      const rows = await sql<{ role: string | null; calls: number; names: string }[]>`
        select r.rolname as role, s.calls::double precision as calls,
               concat_ws(', ', case when s.query ~* '\\mcaller_name\\M' then 'caller_name' end,
                         case when s.query ~* '\\mfrom_number\\M' then 'from_number' end) as names
        from ${statements} as s left join pg_catalog.pg_roles as r on r.oid = s.userid
        where s.dbid = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
          and s.query ~* '\\m(caller_name|from_number)\\M' and s.query ~* '\\mcalls' and s.query !~ '\\mssot[.]'
          and s.query !~* '^\\s*(alter|comment|create|drop|copy|explain)\\M'
        order by s.calls desc limit 20`;
      const since = window?.since.toISOString().slice(0, 10);
      return {
        population: window?.seen ?? 0,
        broken: rows.length,
        actual: `${rows.length} of ${window?.seen} statements recorded since ${since} name them`,
        rows: [...rows],
      };
    });
  } catch {
    return { population: 0, broken: 0, skip: "readers unknown: pg_stat_statements cannot be read (is it preloaded?)" };
  }
}

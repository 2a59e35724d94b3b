import type { Sql } from "postgres";

export interface SessionFacts {
  readonly encrypted: boolean;
  /** The server's clock, read while the statement ran. */
  readonly now: Date;
  /** Only read from: a hot standby. */
  readonly standby: boolean;
}

/** What a session can tell of itself and of its server. */
export async function readSessionFacts(sql: Sql): Promise<SessionFacts> {
  const [row] = await sql<SessionFacts[]>`
    select coalesce((select s.ssl from pg_catalog.pg_stat_ssl as s where s.pid = pg_backend_pid()), false) as encrypted,
           clock_timestamp() as now, pg_is_in_recovery() as standby`;
  return row ?? { encrypted: false, now: new Date(), standby: false };
}

export interface ExtensionFacts {
  readonly name: string;
  readonly installed: boolean;
}

/** Which of the extensions that ssot can use, and needs none of, are installed in this database. */
export async function readExtensions(sql: Sql): Promise<readonly ExtensionFacts[]> {
  return sql<ExtensionFacts[]>`
    select w.name, exists (select from pg_catalog.pg_extension as e where e.extname = w.name) as installed
    from unnest(array['pg_cron', 'pg_stat_statements']) as w(name)
    order by w.name`;
}

/** After how many ms of waiting the server looks for a deadlock, or for an autovacuum that can give way. */
export async function readDeadlockTimeout(sql: Sql): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select s.setting::integer as ms from pg_catalog.pg_settings as s where s.name = 'deadlock_timeout'`;
  return row?.ms ?? 0;
}

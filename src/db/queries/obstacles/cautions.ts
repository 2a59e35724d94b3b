import type { Sql } from "postgres";
import type { ListObstacles, Obstacle } from "./obstacle.ts";

/** Columns of calls and contacts, as `table.column`, that must have a value, have no default, and are not among those written. */
export function listUnwrittenColumns(sql: Sql, written: readonly string[]): Promise<readonly Obstacle[]> {
  return sql<Obstacle[]>`
    select format('public.%I.%I must have a value, which the webhook of ssot does not write: no call could be stored', c.relname, a.attname) as what,
           format('alter table public.%I alter column %I drop not null, or give it a default', c.relname, a.attname) as remedy
    from pg_catalog.pg_class as c join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
      and a.attnotnull and not a.atthasdef and a.attidentity = '' and format('%s.%s', c.relname, a.attname) <> all (${written}::text[])
    order by what`;
}

/** Moments that do not say in which time zone they are. */
export const listZonelessMoments: ListObstacles = (sql) => sql`
  select format('public.%I.%I has no time zone: its moments are read as UTC', c.relname, a.attname) as what,
         format('if they are: alter table public.%I alter column %I type timestamptz using %I at time zone ''UTC''', c.relname, a.attname, a.attname) as remedy
  from pg_catalog.pg_class as c join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = 'created_at' and not a.attisdropped
  where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts')) and a.atttypid = 'timestamp'::regtype
  order by what`;

/** Roles that may read some columns of calls: the view asks as its reader, and for all of them. */
export const listReadersOfColumns: ListObstacles = (sql) => sql`
  select format('role %I may read some columns of calls only, so the view will refuse it', r.rolname) as what,
         format('grant select on public.calls to %I', r.rolname) as remedy
  from pg_catalog.pg_roles as r
  where r.oid in (
      select x.grantee from pg_catalog.pg_attribute as a cross join aclexplode(a.attacl) as x
      where a.attrelid = to_regclass('public.calls') and not a.attisdropped and x.privilege_type = 'SELECT')
    and exists (
      select from pg_catalog.pg_attribute as a
      where a.attrelid = to_regclass('public.calls') and a.attnum > 0 and not a.attisdropped
        and not has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT'))
  order by what`;

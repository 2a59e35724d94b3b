import type { Sql } from "postgres";
import type { Obstacle } from "./obstacle.ts";

interface Candidate {
  readonly table: string;
  readonly column: string;
  /** The part of the table's pages to look at, in percent. */
  readonly percent: number;
}

const mostPages = 50;
const mostRows = 1000;
const mostColumns = 300;

/**
 * Columns that hold ids of contacts without a foreign key that says so: nothing of a merge reaches them. Looks at a sample of
 * each uuid column that this role may read, inside a transaction; what is locked at the moment is passed over.
 */
export async function listUnkeyedIds(sql: Sql): Promise<readonly Obstacle[]> {
  const found: Obstacle[] = [];
  for (const candidate of await listCandidates(sql)) {
    if (!(await holdsContacts(sql, candidate))) continue;
    const { table, column } = candidate;
    found.push({
      what: `${table}.${column} holds ids of contacts and has no foreign key: where contacts are merged it keeps the id of one that is gone`,
      remedy: `alter table ${table} add foreign key (${column}) references public.contacts (id)`,
    });
  }
  return found;
}

function listCandidates(sql: Sql): Promise<readonly Candidate[]> {
  return sql<Candidate[]>`
    select format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column,
           least(100, 100.0 * ${mostPages} / greatest(1, pg_relation_size(c.oid) / current_setting('block_size')::integer))::float8 as percent
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype
    where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname !~ '^(pg_|information_schema$|ssot$)'
      and not (c.oid = to_regclass('public.contacts') and a.attname in ('id', 'org_id'))
      and c.oid is distinct from to_regclass('public.organizations')
      and has_schema_privilege(n.oid, 'USAGE') and has_column_privilege(c.oid, a.attnum, 'SELECT') and not row_security_active(c.oid)
      -- What has a key that leads elsewhere holds ids of something else.
      and not exists (select from pg_catalog.pg_constraint as k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
    order by 1, 2 limit ${mostColumns}`;
}

async function holdsContacts(sql: Sql, { table, column, percent }: Candidate): Promise<boolean> {
  await sql.unsafe("savepoint sample; set local lock_timeout = '50ms'");
  try {
    const [row] = await sql<{ holds: boolean }[]>`
      select exists (
        select from public.contacts as k
        where k.id = any (array(
          (select s.${sql.unsafe(column)} from ${sql.unsafe(table)} as s limit ${mostRows})
          union
          (select s.${sql.unsafe(column)} from ${sql.unsafe(table)} as s tablesample system (${percent}) limit ${mostRows})))) as holds`;
    return row?.holds ?? false;
  } catch {
    return false;
  } finally {
    await sql.unsafe("rollback to savepoint sample; release savepoint sample");
  }
}

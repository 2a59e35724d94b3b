import type { Sql } from "postgres";
import { ofUsers } from "../schema-facts/fact.ts";

/** What the server has written so far, and which file each table is stored in. */
export interface ServerState {
  /** A position of the WAL, in bytes. */
  readonly walBytes: number;
  /** Temporary files of this database, in bytes since the statistics began. */
  readonly tempBytes: number;
  /** By qualified name: the file of each table; 0 of what has none, such as a view. */
  readonly files: Readonly<Record<string, string>>;
}

export async function readServerState(sql: Sql): Promise<ServerState> {
  const [row] = await sql<{ wal: string; temp: string; files: Record<string, string> | null }[]>`
    select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as wal,
           (select d.temp_bytes from pg_catalog.pg_stat_database as d where d.datname = current_database()) as temp,
           (select jsonb_object_agg(c.oid::regclass::text, coalesce(pg_relation_filenode(c.oid), 0)::text)
            from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ofUsers(sql)}) as files`;
  return { walBytes: Number(row?.wal ?? 0), tempBytes: Number(row?.temp ?? 0), files: row?.files ?? {} };
}

/** A lock of a session on a table of users. */
export interface HeldLock {
  /** Of the transaction that holds it, or has it as long as the session. */
  readonly transaction: string;
  /** Qualified. */
  readonly table: string;
  /** As pg_locks says it: AccessExclusiveLock. */
  readonly mode: string;
}

/** What a session holds on tables and views of users, stronger than reading. */
export async function listHeldLocks(sql: Sql, pid: number): Promise<readonly HeldLock[]> {
  return sql<HeldLock[]>`
    select l.virtualtransaction as transaction, c.oid::regclass::text as table, l.mode
    from pg_catalog.pg_locks as l
    join pg_catalog.pg_class as c on c.oid = l.relation
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where l.pid = ${pid} and l.granted and l.locktype = 'relation'
      and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
      and l.mode not in ('AccessShareLock', 'RowShareLock') and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and ${ofUsers(sql)}
    order by 1, 2, 3`;
}

/** Other sessions that write at this moment: here, and anywhere on the server. */
export interface Writers {
  readonly here: number;
  readonly anywhere: number;
}

/** Whoever has a transaction of its own number writes; sessions by our names are ours. */
export async function countWriters(sql: Sql, ours: readonly string[]): Promise<Writers> {
  const [row] = await sql<Writers[]>`
    select count(*) filter (where a.datname = current_database())::integer as here, count(*)::integer as anywhere
    from pg_catalog.pg_locks as l join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted and a.usesysid is not null
      and coalesce(a.backend_type, '') not in ('autovacuum worker', 'parallel worker')
      and not (a.datname is not distinct from current_database() and a.application_name = any (${ours}::text[]))`;
  return row ?? { here: 0, anywhere: 0 };
}

/** How large a table is, and what of it is of no use any more. */
export interface TableState {
  /** Qualified. */
  readonly table: string;
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** As the statistics know them. */
  readonly deadRows: number;
}

/** Every table of users that holds rows, partitions by themselves. */
export async function listTableStates(sql: Sql): Promise<readonly TableState[]> {
  const rows = await sql<{ table: string; rows: string; bytes: string; indexes: string; dead: string }[]>`
    select c.oid::regclass::text as table, greatest(c.reltuples, 0)::bigint as rows, pg_table_size(c.oid) as bytes,
           pg_indexes_size(c.oid) as indexes, coalesce(s.n_dead_tup, 0) as dead
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_stat_all_tables as s on s.relid = c.oid
    where c.relkind in ('r', 'm') and ${ofUsers(sql)}
    order by 1`;
  return rows.map(({ table, rows: n, bytes, indexes, dead }) => ({
    table,
    rows: Number(n),
    tableBytes: Number(bytes),
    indexBytes: Number(indexes),
    deadRows: Number(dead),
  }));
}

/** Rows that were written to tables of this database since its statistics began. */
export async function countWrittenRows(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: string | null }[]>`
    select sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del) as n from pg_catalog.pg_stat_user_tables as s`;
  return Number(row?.n ?? 0);
}

import type { Sql } from "postgres";

/** A standby or a logical consumer that follows this server. */
export interface Follower {
  readonly name: string;
  /** Bytes of WAL that it has not replayed; null where the role may not see it. */
  readonly bytesBehind: number | null;
  readonly secondsBehind: number | null;
}

/** Who follows this server, and how far behind. */
export async function listFollowers(sql: Sql): Promise<readonly Follower[]> {
  return sql<Follower[]>`
    select coalesce(nullif(r.application_name, ''), 'pid ' || r.pid) as name,
           pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.replay_lsn, r.sent_lsn))::double precision as "bytesBehind",
           extract(epoch from r.replay_lag)::double precision as "secondsBehind"
    from pg_catalog.pg_stat_replication as r
    where not pg_is_in_recovery()
    order by 1`;
}

/** A replication slot, which keeps WAL on disk for its reader. */
export interface ReplicationSlot {
  readonly name: string;
  readonly active: boolean;
  readonly keptBytes: number | null;
}

/** The slots of the server. */
export async function listReplicationSlots(sql: Sql): Promise<readonly ReplicationSlot[]> {
  return sql<ReplicationSlot[]>`
    select s.slot_name as name, s.active,
           pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
                           s.restart_lsn)::double precision as "keptBytes"
    from pg_catalog.pg_replication_slots as s
    order by s.slot_name`;
}

/** The most WAL that the server keeps for its slots, as configured: -1 is no limit. */
export async function readSlotLimit(sql: Sql): Promise<string> {
  const [row] = await sql<{ limit: string }[]>`select current_setting('max_slot_wal_keep_size') as limit`;
  return row?.limit ?? "-1";
}

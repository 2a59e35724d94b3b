import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

/** A stretch of time, in ms of `performance.now()`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface LockWaits {
  /** When somebody who is no sender waited for a lock on a table, with all who came after him behind: at most lock_timeout. */
  readonly queued: readonly Span[];
  /** The longest wait of a sender for somebody who is none, in ms: for a table, and for a row of a batch. */
  readonly longestForTable: number;
  readonly longestForRow: number;
}

interface Waiting {
  readonly pid: number;
  readonly locktype: string;
  readonly mode: string;
  readonly ms: number;
  readonly blockers: readonly number[];
}

const everyMs = 5;
// What keeps readers or writers waiting behind it.
const heavyModes = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

/** Looks every few ms, on a connection of its own, at who waits for whom. `senders` are the processes of the senders. */
export function watchLocks(sql: Sql, senders: readonly number[]): { stop(): Promise<LockWaits> } {
  const queued: Span[] = [];
  let [longestForTable, longestForRow] = [0, 0];
  let stopped = false;

  const look = async (): Promise<void> => {
    const [some] = await sql<{ pids: number[] | null }[]>`
      select array_agg(pid) as pids from pg_catalog.pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    if (some === undefined || some.pids === null) return;
    const waiting = await sql<Waiting[]>`
      select pid, locktype, mode, coalesce(extract(epoch from clock_timestamp() - waitstart) * 1000, 0)::float8 as ms,
             pg_blocking_pids(pid) as blockers
      from pg_catalog.pg_locks where not granted and pid = any (${some.pids}::integer[])`;
    const now = performance.now();
    for (const { pid, locktype, mode, ms, blockers } of waiting) {
      if (!senders.includes(pid)) {
        if (locktype === "relation" && heavyModes.includes(mode)) queued.push({ from: now - ms, to: now });
      } else if (blockers.some((blocker) => !senders.includes(blocker))) {
        if (locktype === "relation") longestForTable = Math.max(longestForTable, ms);
        else longestForRow = Math.max(longestForRow, ms);
      }
    }
  };
  const watching = (async () => {
    while (!stopped) {
      await look();
      await sleep(everyMs);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return { queued: unite(queued), longestForTable, longestForRow };
    },
  };
}

/** How much of a stretch of time lies in others that do not overlap. */
export function overlapOf({ from, to }: Span, spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
}

function unite(spans: readonly Span[]): readonly Span[] {
  const united: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else united.push({ from, to });
  }
  return united;
}

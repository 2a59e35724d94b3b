import type { ISql } from "postgres";

/** A recorded statement that touches the deprecated columns. */
export interface Reader {
  /** Empty: this server; else the standby that was asked, as `host:port/database`. */
  readonly source: string;
  readonly role: string;
  readonly calls: number;
  readonly columns: readonly string[];
  readonly how: "reads" | "returning" | "copy" | "view" | "select *" | "dynamic";
  readonly certainty: "grammar" | "text";
  /** The view that reads the columns for it. */
  readonly through: string | null;
  /** Its shape: every value is `?`. At most 500 characters. */
  readonly statement: string;
  readonly firstSeen: Date;
  /** Until when it may have been executed; null: not since the first look. */
  readonly lastSeen: Date | null;
  /** Since when, at the earliest, that can have been. */
  readonly seenAfter: Date | null;
  /** What it means for the gate: a reason; told only; excused with its role; past the quiet time. */
  readonly weight: "reason" | "told" | "excused" | "past";
}

/** What the counters of pg_stat_statements stand on; where they cannot be asked, why. "Unknown" is never "none". */
export type ReadersObserved =
  | { readonly known: false; readonly reason: string }
  | {
      readonly known: true;
      /** Since when statements are counted. */
      readonly since: Date;
      /** How often statements were given up for lack of room: then what is missing says nothing. */
      readonly evicted: number;
      /** Statements recorded, of all databases. */
      readonly seen: number;
    };

/** What the evidence does not cover of the quiet time. */
export interface Unobserved {
  readonly source: string;
  readonly message: string;
}

/** What is known of the readers of what a migration deprecated. */
export interface Readers {
  readonly readers: readonly Reader[];
  readonly observed: ReadersObserved;
  readonly unobserved: readonly Unobserved[];
}

const olderEngine = "the engine of this database is an older one, which keeps no readers: ssot migrate upgrades it";

/**
 * Who reads the columns, by what was kept and by what the counters say now. `verdicts` are those of `readVerdicts`.
 * Writes nothing.
 */
export async function readReaders(sql: ISql, migration: string, verdicts: string): Promise<Readers> {
  if (!(await keepsReaders(sql))) {
    return {
      readers: [],
      observed: { known: false, reason: olderEngine },
      unobserved: [{ source: "", message: olderEngine }],
    };
  }
  const readers = await sql<Reader[]>`
    select r.source, r.role_name as role, r.calls::double precision as calls, to_json(r.columns) as columns, r.how, r.certainty, r.through, r.shape as statement,
           r.first_seen as "firstSeen", r.last_seen as "lastSeen", r.seen_after as "seenAfter", r.weight
    from ssot.phase3_readers(${migration}, ${verdicts}::text::jsonb) as r`;
  const [look] = await sql<{ problem: string | null; since: Date; evicted: number; seen: number; hidden: number }[]>`
    select d.problem, d.counted_from as since, d.evicted::double precision as evicted, d.seen, d.hidden
    from jsonb_to_record(ssot.reader_looks(${migration}, ${verdicts}::text::jsonb) -> '') as d(problem text, counted_from timestamptz, evicted bigint, seen integer, hidden integer)`;
  const unobserved = await sql<Unobserved[]>`
    select u.source, u.message from ssot.unobserved_reads(${migration}, ${verdicts}::text::jsonb) as u`;
  return { readers, unobserved, observed: observedOf(look) };
}

/** Whether the engine of the database keeps who reads. */
export async function keepsReaders(sql: ISql): Promise<boolean> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regprocedure('ssot.recorded_statements(text, boolean)') is not null as present`;
  return row?.present ?? false;
}

function observedOf(
  look:
    | {
        readonly problem: string | null;
        readonly since: Date;
        readonly evicted: number;
        readonly seen: number;
        readonly hidden: number;
      }
    | undefined,
): ReadersObserved {
  if (look === undefined) return { known: false, reason: "pg_stat_statements cannot be read" };
  const { problem, since, evicted, seen, hidden } = look;
  if (problem !== null) return { known: false, reason: problem };
  if (hidden > 0)
    return { known: false, reason: `${hidden} statements cannot be seen by this role (pg_read_all_stats)` };
  return { known: true, since, evicted, seen };
}

import { attempt } from "../../checks/sessions.ts";
import { type Connection, connect } from "../../db/connection.ts";
import { refuseOldServer } from "../../db/preflight.ts";
import {
  findAudit,
  lastTracedWrites,
  listAuditedWrites,
  listRecentWrites,
  totalWrites,
  type WriteTotals,
} from "../../db/queries/audit-writes.ts";
import { type Dependent, listDependents } from "../../db/queries/dependents.ts";
import { readGate } from "../../db/queries/gate.ts";
import { type Readers, readReaders } from "../../db/queries/readers.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { gateHint } from "../../model/gate-hints.ts";
import { listDeprecated } from "../status.ts";
import { type SourceReport, scanSource } from "./scan-source.ts";
import { shapeOf } from "./statement-shape.ts";

/** Writes of one role and application by statements of one shape to one column. */
export interface Writer {
  readonly column: string;
  readonly role: string;
  readonly application: string | null;
  /** Without values; null where a deleted call took it along, or for writes beyond the thousandth of a transaction. */
  readonly statement: string | null;
  readonly fingerprint: string | null;
  readonly operations: readonly string[];
  /** by name, by value, by text, summary: how the witness knew. */
  readonly seen: readonly string[];
  readonly writes: number;
  readonly first: Date;
  readonly last: Date;
}

type Known = Extract<Readers, { readonly known: true }>;

export interface AuditReport {
  readonly command: "audit";
  readonly since: Date;
  readonly writes: {
    /** Audited writes since that moment; of one transaction at most 1,000 are counted. */
    readonly total: number;
    readonly byColumn: readonly {
      readonly column: string;
      readonly writes: number;
      readonly first: Date | null;
      /** The last one ever, by the trace that outlives the audit. */
      readonly last: Date | null;
    }[];
    readonly byWriter: readonly Writer[];
    readonly byDay: WriteTotals["byDay"];
    readonly byOrg: WriteTotals["byOrg"];
    readonly recent: readonly RecentShape[];
  };
  readonly witness: { readonly awake: boolean; readonly since: Date | null; readonly problems: readonly string[] };
  readonly dependents: readonly Dependent[];
  readonly readers: Known["readers"];
  /** What the list of readers rests on; unknown is never none. */
  readonly readersObserved: Extract<Readers, { readonly known: false }> | Omit<Known, "readers">;
  readonly source?: SourceReport;
  /** What nobody can see from here. */
  readonly notObserved: readonly string[];
  readonly phase3: {
    readonly ready: boolean;
    /** By time and silence alone, if nobody writes from now on; null after the drop. */
    readonly opensAt: Date | null;
    /** The columns could have gone by now. */
    readonly overdue: boolean;
    readonly dropped: boolean;
    readonly reasons: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  };
}

interface RecentShape {
  readonly at: Date;
  readonly column: string;
  readonly operation: string;
  readonly seen: string;
  readonly role: string;
  readonly application: string | null;
  readonly org: string | null;
  readonly call: string | null;
  readonly statement: string | null;
}

export interface AuditOptions {
  readonly target: Target;
  readonly since: Date;
  /** Writers and recent writes, at most. */
  readonly limit: number;
  readonly source?: string | undefined;
}

// Statements that differ in their values are many; what is left out would be the rarest.
const mostKinds = 10_000;

/**
 * Who still writes, reads or depends on the deprecated columns, and whether they may go. Writes nothing: everything is
 * asked in one read-only transaction. Throws PREFLIGHT where nothing is deprecated.
 */
export async function auditDeprecated(options: AuditOptions): Promise<AuditReport> {
  const source = options.source === undefined ? undefined : await scanSource(options.source);
  const connection = await connect(options.target, { onlyReads: true });
  try {
    refuseOldServer(connection);
    if (!connection.pooled) {
      await connection.execute("set default_transaction_read_only = on; begin isolation level repeatable read");
    }
    return await readAudit(connection, options, source);
  } finally {
    await connection.close();
  }
}

async function readAudit(
  connection: Connection,
  { since, limit }: AuditOptions,
  source: SourceReport | undefined,
): Promise<AuditReport> {
  const { sql } = connection;
  const place = await findAudit(sql);
  const deprecated = await listDeprecated(connection);
  if (place === null && deprecated.length === 0) {
    throw new SsotError("PREFLIGHT", "nothing is deprecated in this database: there is no audit", {
      hint: "Is it the right database? ssot migrate deprecates the columns.",
    });
  }
  const traced = new Map((await lastTracedWrites(sql)).map((write) => [write.column, write]));
  const totals = place === null ? { byColumn: [], byDay: [], byOrg: [] } : await totalWrites(sql, place, since);
  const kinds = place === null ? [] : await listAuditedWrites(sql, place, { since, most: mostKinds });
  const recent = place === null ? [] : await listRecentWrites(sql, place, { since, most: limit });
  // Installed without being loaded, the extension answers with an error.
  const readers = await attempt(connection, () => readReaders(sql)).catch(
    (): Readers => ({ known: false, reason: "pg_stat_statements cannot be read (is it preloaded?)" }),
  );
  const dropped = place !== "public" && deprecated.length === 0;
  const reasons = dropped ? [] : await readGate(sql);
  return {
    command: "audit",
    since,
    writes: {
      total: totals.byColumn.reduce((sum, { writes }) => sum + writes, 0),
      byColumn: ["caller_name", "from_number"].map((column) => {
        const counted = totals.byColumn.find((row) => row.column === column);
        return {
          column,
          writes: counted?.writes ?? 0,
          first: counted?.first ?? null,
          last: traced.get(column)?.at ?? counted?.last ?? null,
        };
      }),
      byWriter: groupByShape(kinds).slice(0, limit),
      byDay: totals.byDay,
      byOrg: totals.byOrg,
      recent: recent.map((write) => ({
        ...write,
        statement: write.statement === null ? null : shapeOf(write.statement).text,
      })),
    },
    witness: {
      awake: !reasons.some(({ code }) => code === "witness"),
      since: deprecated[0]?.since ?? null,
      problems: reasons.filter(({ code }) => code === "witness").map(({ message }) => message),
    },
    dependents: dropped ? [] : await listDependents(sql),
    readers: readers.known ? readers.readers : [],
    readersObserved: observedOf(readers),
    ...(source === undefined ? {} : { source }),
    notObserved: notObserved(readers),
    phase3: {
      ready: reasons.length === 0 && !dropped,
      opensAt: dropped ? null : opensAt(deprecated, [...traced.values()]),
      overdue: deprecated.some(({ dropAfter }) => dropAfter.getTime() <= Date.now()),
      dropped,
      reasons: reasons.map(({ code, message }) => ({ code, message, hint: gateHint(code) })),
    },
  };
}

/** Puts statements together that differ in their values alone, the most frequent first. */
function groupByShape(kinds: Awaited<ReturnType<typeof listAuditedWrites>>): readonly Writer[] {
  const writers = new Map<string, Writer>();
  for (const { statement, operation, seen, ...kind } of kinds) {
    const shape = statement === null ? null : shapeOf(statement);
    const key = JSON.stringify([kind.column, kind.role, kind.application, shape?.fingerprint ?? null]);
    const before = writers.get(key);
    writers.set(key, {
      column: kind.column,
      role: kind.role,
      application: kind.application,
      statement: shape?.text ?? null,
      fingerprint: shape?.fingerprint ?? null,
      operations: [...new Set([...(before?.operations ?? []), operation])].toSorted(),
      seen: [...new Set([...(before?.seen ?? []), seen])].toSorted(),
      writes: (before?.writes ?? 0) + kind.writes,
      first: earlier(before?.first, kind.first),
      last: later(before?.last, kind.last),
    });
  }
  return [...writers.values()].toSorted((a, b) => b.writes - a.writes || b.last.getTime() - a.last.getTime());
}

function earlier(a: Date | undefined, b: Date): Date {
  return a !== undefined && a < b ? a : b;
}

function later(a: Date | undefined, b: Date): Date {
  return a !== undefined && a > b ? a : b;
}

// A calendar month after the last write, and not before the columns' own date.
function opensAt(
  deprecated: Awaited<ReturnType<typeof listDeprecated>>,
  traced: readonly { readonly at: Date }[],
): Date {
  const silent = traced.map(({ at }) => {
    const month = new Date(at);
    month.setUTCMonth(month.getUTCMonth() + 1);
    return month;
  });
  return [...deprecated.map(({ dropAfter }) => dropAfter), ...silent].reduce(later, new Date(0));
}

function observedOf(readers: Readers): AuditReport["readersObserved"] {
  if (!readers.known) return readers;
  const { readers: _, ...observed } = readers;
  return observed;
}

function notObserved(readers: Readers): readonly string[] {
  return [
    ...(readers.known ? [] : [`who reads the columns: ${readers.reason}`]),
    "who reads them on a standby: its own pg_stat_statements is not asked",
    "writes beyond the thousandth of one transaction: a row says that there were more",
    "a superuser who edits the catalog by hand; any other switching off of the triggers is seen as a changed witness",
  ];
}

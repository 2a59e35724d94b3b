import { type Connection, connect } from "../../db/connection.ts";
import { refuseOldServer } from "../../db/preflight.ts";
import {
  findAudits,
  lastTracedWrites,
  listAuditedWrites,
  listRecentWrites,
  type RecentWrite,
  type TracedWrite,
  totalWrites,
  type WriteTotals,
} from "../../db/queries/audit-writes.ts";
import { type Dependent, listDependents } from "../../db/queries/dependents.ts";
import { listDeprecatedColumns } from "../../db/queries/deprecated-columns.ts";
import { type GateReason, readGate } from "../../db/queries/gate.ts";
import {
  keepsReaders,
  type Reader,
  type Readers,
  type ReadersObserved,
  readReaders,
  type Unobserved,
} from "../../db/queries/readers.ts";
import { type ReaderAsks, readVerdicts } from "../../db/queries/verdicts.ts";
import type { Target } from "../../db/target.ts";
import { refuseClosedSchema } from "../../migrations/history.ts";
import { byDeprecation, type DeprecatedColumn } from "../../model/deprecated-column.ts";
import { SsotError } from "../../model/errors.ts";
import { gateHint } from "../../model/gate-hints.ts";
import { migrationNames } from "../../model/mission.ts";
import { neverObserved } from "../../model/never-observed.ts";
import { narrowTo } from "../narrow.ts";
import { countByColumn, groupByShape, later, type Writer, type WrittenColumn } from "./group-writes.ts";
import { refuseNoFolder, type SourceReport, scanSource } from "./source/scan-source.ts";
import type { SourceColumn } from "./source/spellings.ts";
import { openStandbys, type Standbys } from "./standbys.ts";
import { shapeOf } from "./statement-shape.ts";

export type { Writer };

export interface AuditReport {
  readonly command: "audit";
  readonly since: Date;
  /** What is looked for. */
  readonly columns: readonly SourceColumn[];
  readonly writes: {
    /** Audited writes since that moment; of one transaction at most 1,000 are counted. */
    readonly total: number;
    readonly byColumn: readonly WrittenColumn[];
    readonly byWriter: readonly Writer[];
    readonly byDay: WriteTotals["byDay"];
    readonly byOrg: WriteTotals["byOrg"];
    /** Statements without their values. */
    readonly recent: readonly RecentWrite[];
  };
  readonly witness: { readonly awake: boolean; readonly since: Date | null; readonly problems: readonly string[] };
  readonly dependents: readonly Dependent[];
  /** Recorded statements that touch the columns, those that are past included. */
  readonly readers: readonly Reader[];
  /** What the counters of this server rest on; unknown is never none. */
  readonly readersObserved: ReadersObserved;
  /** What the evidence about readers does not cover of the quiet time. */
  readonly unobserved: readonly Unobserved[];
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

export interface AuditOptions {
  readonly target: Target;
  readonly since: Date;
  /** Of the deprecation of this column alone, `TABLE.COLUMN`. */
  readonly column?: string | undefined;
  /** Writers and recent writes, at most. */
  readonly limit: number;
  readonly source?: string | undefined;
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
  /** Standbys to ask as well. */
  readonly replicas?: readonly Target[] | undefined;
  readonly asks?: Pick<ReaderAsks, "reads" | "allow"> | undefined;
}

// Statements that differ in their values are many; what is left out would be the rarest.
const mostKinds = 10_000;

/**
 * Who still writes, reads or depends on the deprecated columns, and whether they may go. Writes nothing: everything is
 * asked in one read-only transaction. Throws PREFLIGHT where nothing is deprecated.
 */
export async function auditDeprecated(options: AuditOptions): Promise<AuditReport> {
  if (options.source !== undefined) await refuseNoFolder(options.source);
  const report = await askDatabase(options);
  if (options.source === undefined) return report;
  const { columns } = report;
  return { ...report, source: await scanSource(options.source, columns.length === 0 ? undefined : columns) };
}

async function askDatabase(options: AuditOptions): Promise<AuditReport> {
  const connection = await connect(options.target, { onlyReads: true });
  let standbys: Standbys | undefined;
  try {
    refuseOldServer(connection);
    if (!connection.pooled) {
      await connection.execute("set default_transaction_read_only = on; begin isolation level repeatable read");
    }
    await refuseClosedSchema(connection.sql, options.trustRoles);
    standbys = await openStandbys(connection, options.replicas ?? []);
    return await readAudit(connection, options, standbys);
  } finally {
    await standbys?.close();
    await connection.close();
  }
}

async function readAudit(
  { sql }: Connection,
  { since, limit, asks, column }: AuditOptions,
  standbys: Standbys,
): Promise<AuditReport> {
  const audits = await findAudits(sql);
  const columns = narrowTo(await listDeprecatedColumns(sql), column);
  const wanted = { since, columns: column === undefined ? undefined : columns };
  const deprecated = columns.filter(({ present }) => present);
  if (columns.length === 0 && audits.every((audit) => audit === "ssot.column_audit")) {
    throw new SsotError("PREFLIGHT", "nothing is deprecated in this database: there is no audit", {
      hint: "Is it the right database? ssot migrate deprecates the columns.",
    });
  }
  const traced = await lastTracedWrites(sql, columns);
  const totals = await totalWrites(sql, audits, wanted);
  const kinds = await listAuditedWrites(sql, audits, { ...wanted, most: mostKinds });
  const recent = await listRecentWrites(sql, audits, { ...wanted, most: limit });
  const dropped =
    deprecated.length === 0 && (column !== undefined || !audits.includes("public.deprecated_column_audit"));
  const asked = dropped ? [] : deprecationsOf(deprecated);
  const told = new Map<string, string>();
  for (const migration of asked) {
    const looks = (await keepsReaders(sql)) ? await standbys.look(migration) : {};
    told.set(migration, await readVerdicts(sql, migration, { ...asks, standbys: looks }));
  }
  const reasons = await eachOnce(asked, (migration) => readGate(sql, migration, told.get(migration)));
  const known = await Promise.all([...told].map(([migration, verdicts]) => readReaders(sql, migration, verdicts)));
  return {
    command: "audit",
    since,
    columns: columns.map(({ relation, column }) => ({ table: relation, column })),
    writes: {
      total: totals.byColumn.reduce((sum, { writes }) => sum + writes, 0),
      byColumn: countByColumn(columns, totals.byColumn, traced),
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
    dependents: await eachOnce(asked, (migration) => listDependents(sql, migration, told.get(migration))),
    readers: known.flatMap(({ readers }) => readers),
    readersObserved: known[0]?.observed ?? gone,
    unobserved: known.flatMap(({ unobserved }) => unobserved),
    notObserved: notObserved(known),
    phase3: {
      ready: reasons.length === 0 && !dropped,
      opensAt: dropped ? null : opensAt(deprecated, traced),
      overdue: deprecated.some(({ due }) => due),
      dropped,
      reasons: reasons.map(({ code, message }) => ({ code, message, hint: gateHint(code) })),
    },
  };
}

/** Whose gates are asked: of what is still there, else the mission's, which says what is amiss. */
function deprecationsOf(deprecated: readonly DeprecatedColumn[]): readonly string[] {
  const migrations = [...byDeprecation(deprecated).keys()];
  return migrations.length > 0 ? migrations : [migrationNames.deprecate];
}

/** What several gates say, once where they say the same. */
async function eachOnce<Row extends GateReason | Dependent>(
  migrations: readonly string[],
  ask: (migration: string) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const found = new Map<string, Row>();
  for (const migration of migrations) for (const row of await ask(migration)) found.set(JSON.stringify(row), row);
  return [...found.values()];
}

// After the quiet time since the last write, and not before the columns' own dates.
function opensAt(deprecated: readonly DeprecatedColumn[], traced: readonly TracedWrite[]): Date {
  const moments = [...deprecated.map(({ dropAfter }) => dropAfter), ...traced.map(({ quietUntil }) => quietUntil)];
  return moments.reduce(later, new Date(0));
}

const gone: ReadersObserved = { known: false, reason: "the columns are dropped" };

function notObserved(known: readonly Readers[]): readonly string[] {
  const reads = known.flatMap(({ unobserved }) =>
    unobserved.map(({ source, message }) => `who reads the columns${source === "" ? "" : ` on ${source}`}: ${message}`),
  );
  return [...new Set(reads), ...neverObserved];
}

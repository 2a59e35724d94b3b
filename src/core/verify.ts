import { consequences } from "../../verify/causes.ts";
import { suites as ours, suitesOfAnyProject } from "../../verify/index.ts";
import type { Scope } from "../checks/ask.ts";
import type { Coverage } from "../checks/coverage.ts";
import type { Suite, VerifySettings } from "../checks/define.ts";
import { withGuards } from "../checks/guards.ts";
import type { CheckStatus } from "../checks/judge.ts";
import { loadSuites } from "../checks/load-suites.ts";
import { readObjects } from "../checks/objects.ts";
import type { SuiteResult } from "../checks/outcome.ts";
import { countNamed, findPreviousRun, listRecordedRuns, type RecordedRun, recordRun } from "../checks/records.ts";
import { runChecks } from "../checks/run-checks.ts";
import { attempt, openSnapshot, ProbeSession } from "../checks/sessions.ts";
import { refuseUnknownThresholds, type Thresholds } from "../checks/thresholds.ts";
import { type DailyWrites, listDailyWrites } from "../checks/writes.ts";
import { connect } from "../db/connection.ts";
import { missingColumns, refuseOldServer } from "../db/preflight.ts";
import type { ReaderAsks } from "../db/queries/verdicts.ts";
import type { Target } from "../db/target.ts";
import { refuseClosedSchema } from "../migrations/history.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import { hasMission, migrationsDirectory } from "../migrations/packs.ts";
import { listLines, SsotError } from "../model/errors.ts";

export interface VerifyOptions {
  readonly target: Target;
  /** Where the migration files lie; undefined: in the package. */
  readonly directory?: Folders | undefined;
  /** Ids of the suites to ask; none: all. */
  readonly suites: readonly string[];
  /** A folder with more suites. */
  readonly suitesDirectory?: string | undefined;
  readonly thresholds: Thresholds;
  readonly settings: VerifySettings;
  /** Asks nothing that must write. */
  readonly readOnly: boolean;
  /** Keeps this run for the trend. */
  readonly record: boolean;
  /** A warning counts as a finding, too. */
  readonly failOn: "fail" | "warn";
  /** What is asked of readers. */
  readonly asks?: ReaderAsks | undefined;
  /** The only organisation to look at. */
  readonly org?: string | undefined;
  /** Shows values of rows that may be a person's. */
  readonly showRows: boolean;
  /** How long one check may take. */
  readonly timeoutSeconds: number;
  /** Roles whose schema ssot is believed, and whose code probes may run. */
  readonly trustRoles?: readonly string[] | undefined;
  readonly onSuite?: ((id: string) => void) | undefined;
  /** Sees every statement that is sent. */
  readonly onSql?: ((text: string) => void) | undefined;
}

export interface VerifyReport {
  readonly command: "verify";
  /** At least one check ran, none failed, and each that was asked could run. */
  readonly ok: boolean;
  /** Every suite was asked, of every organisation, what must write included. */
  readonly complete: boolean;
  readonly counts: Readonly<Record<CheckStatus, number>>;
  readonly suites: readonly SuiteResult[];
  /** Null where the calls were not counted. */
  readonly coverage: Coverage | null;
  /** Milliseconds, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The last recorded runs, the oldest first; without this one. */
  readonly trend: readonly Pick<RecordedRun, "recordedAt" | "ok" | "coverage">[];
  /** The last recorded run that asked the same; null: there is none. */
  readonly previous: Pick<RecordedRun, "recordedAt" | "ok"> | null;
  /** Audited writes to the deprecated columns by day, of the last month. */
  readonly writes: readonly DailyWrites[];
  readonly durationMs: number;
}

const mostRuns = 90;

/**
 * Asks the suites, all read-only checks in one snapshot, probes in transactions that are rolled back. What breaks a
 * claim is a finding in the report. Where the story is not the mission's, its suites are left out. Throws CONFIGURATION,
 * UNREACHABLE, REFUSED_LOGIN, TOO_OLD, PREFLIGHT (the mission's tables are missing, schema ssot is closed, or a run cannot be recorded).
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const began = performance.now();
  const mission = await isMission(options.directory);
  const all = await listSuites(options);
  const chosen = chooseSuites(all, options.suites);
  refuseUnknownThresholds(options.thresholds, all);
  const scope: Scope = { org: options.org ?? null };
  const session = await openSnapshot(options);
  const probes = new ProbeSession({ ...options, mission });
  try {
    refuseOldServer(session);
    if (mission) await refuseMissingTables(session);
    await refuseClosedSchema(session.sql, options.trustRoles);
    const objects = await readObjects(session.sql);
    await refuseUnknownOrganisation(session.sql, scope);
    const readOnly = options.readOnly ? "--read-only: nothing may be written" : objects.readOnly;
    if (options.record) refuseRecording(readOnly, objects.records);
    // For the report alone: what cannot be read is left out of it, and costs no check.
    const runs = await attempt(session, () => listRecordedRuns(session.sql, scope, mostRuns)).catch(() => []);
    const ids = (suites: readonly Suite[]): readonly string[] => suites.map(({ id }) => id);
    const asked = () => findPreviousRun(session.sql, scope, ids(chosen), ids(all));
    const previous = await attempt(session, asked).catch(() => null);
    const writes = await attempt(session, () => listDailyWrites(session.sql, scope)).catch(() => []);
    const run = await runChecks(withGuards(chosen, all, objects), session, probes, objects, {
      ...options,
      scope,
      readOnly,
      recorded: runs.findLast(({ ok }) => ok),
      consequences,
    });
    const counts = countStatuses(run.suites);
    const report: VerifyReport = {
      command: "verify",
      ok: isGood(counts, options.failOn),
      complete: chosen.length === all.length && scope.org === null && readOnly === undefined,
      counts,
      suites: run.suites,
      coverage: run.coverage ?? null,
      metrics: run.metrics,
      trend: runs.map(({ recordedAt, ok, coverage }) => ({ recordedAt, ok, coverage })),
      previous,
      writes,
      durationMs: Math.round(performance.now() - began),
    };
    if (options.record) await record(options.target, scope, report, mission);
    return report;
  } finally {
    await probes.close();
    await session.close();
  }
}

/** The suites that there are: ours, as far as they suit the story, and those of a folder. Throws CONFIGURATION. */
export async function listSuites({
  directory,
  suitesDirectory,
}: Pick<VerifyOptions, "directory" | "suitesDirectory">): Promise<readonly Suite[]> {
  const present = (await isMission(directory)) ? ours : suitesOfAnyProject;
  return suitesDirectory === undefined ? present : [...present, ...(await loadSuites(suitesDirectory, ours))];
}

async function isMission(directory: Folders = migrationsDirectory()): Promise<boolean> {
  return hasMission(await loadMigrations(directory));
}

/** The exit code of a report: 1 for a finding, 3 where a check could not run or none did, else 0. */
export function exitCodeOfReport({ counts }: VerifyReport, failOn: VerifyOptions["failOn"]): 0 | 1 | 3 {
  if (counts.fail > 0 || (failOn === "warn" && counts.warn > 0)) return 1;
  return counts.error > 0 || counts.pass + counts.warn === 0 ? 3 : 0;
}

function isGood(counts: VerifyReport["counts"], failOn: VerifyOptions["failOn"]): boolean {
  return counts.fail + counts.error === 0 && counts.pass + counts.warn > 0 && (failOn === "fail" || counts.warn === 0);
}

function chooseSuites(all: readonly Suite[], ids: readonly string[]): readonly Suite[] {
  const unknown = ids.find((id) => !all.some((suite) => suite.id === id));
  if (unknown !== undefined) {
    throw new SsotError("USAGE", `there is no suite ${unknown}`, {
      hint: `Expected one of: ${all.map(({ id }) => id).join(", ")}`,
    });
  }
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
}

async function refuseMissingTables(session: Parameters<typeof missingColumns>[0]): Promise<void> {
  // Whether the deprecated columns are there, checks say.
  const missing = await missingColumns(session, { dropped: true });
  if (missing.length === 0) return;
  throw new SsotError("PREFLIGHT", `this database cannot be verified:${listLines(missing)}`, {
    hint: "Is it the right database? Nothing was changed.",
  });
}

async function refuseUnknownOrganisation(sql: Parameters<typeof readObjects>[0], { org }: Scope): Promise<void> {
  if (org === null) return;
  const [table] = await sql<{ present: boolean }[]>`select to_regclass('public.organizations') is not null as present`;
  const [found] = table?.present ? await sql`select from public.organizations as o where o.id = ${org}` : [];
  if (found === undefined) throw new SsotError("CONFIGURATION", `there is no organisation ${org}`);
}

function refuseRecording(readOnly: string | undefined, records: boolean): void {
  if (readOnly !== undefined) {
    throw new SsotError("PREFLIGHT", `this run cannot be recorded: ${readOnly}`, { hint: "Run it without --record." });
  }
  if (records) return;
  throw new SsotError(
    "PREFLIGHT",
    "this run cannot be recorded: ssot.verification_runs is missing, or not this role's to write",
    {
      hint: "ssot migrate makes it; the role that migrated may write it. Nothing was changed.",
    },
  );
}

// On a session of its own: the one that reads may not write.
async function record(target: Target, scope: Scope, report: VerifyReport, mission: boolean): Promise<void> {
  const connection = await connect(target);
  try {
    const named = mission ? await countNamed(connection.sql, scope) : {};
    await recordRun(connection.sql, scope, {
      ...report,
      counts: { ...report.counts, looked: lookedAt(report), asked: report.suites.map(({ id }) => id), named },
    });
  } finally {
    await connection.close();
  }
}

function lookedAt({ suites }: VerifyReport): readonly string[] {
  return suites.flatMap(({ id, checks }) =>
    checks.filter(({ population }) => population > 0).map((check) => `${id}.${check.id}`),
  );
}

function countStatuses(suites: readonly SuiteResult[]): VerifyReport["counts"] {
  const counts = { pass: 0, fail: 0, warn: 0, skip: 0, error: 0 };
  for (const { status } of suites.flatMap(({ checks }) => checks)) counts[status] += 1;
  return counts;
}

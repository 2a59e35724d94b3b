import type { Connection } from "../db/connection.ts";
import { sqlStateOf } from "../db/connection-error.ts";
import { type GateReason, readGate } from "../db/queries/gate.ts";
import { type Readers, readReaders } from "../db/queries/readers.ts";
import { type ReaderAsks, verdictsOnce } from "../db/queries/verdicts.ts";
import { SsotError } from "../model/errors.ts";
import { missionColumns } from "../model/mission.ts";
import { type AnswerRow, ask, type Scope } from "./ask.ts";
import { sampleOf } from "./ask-scan.ts";
import { type Consequences, tellCauses } from "./causes.ts";
import type { Coverage } from "./coverage.ts";
import type { Check, Finding, Look, ProbeCheck, QueryCheck, ScanCheck, Suite, VerifySettings } from "./define.ts";
import type { Statement } from "./engine-facts.ts";
import { describeCount, expectation, requiredColumn, skipped, wellFormed } from "./findings.ts";
import { missingObjects } from "./guards.ts";
import { judge } from "./judge.ts";
import { migrationNames, phase1 } from "./migration-names.ts";
import { guardOf, type Objects } from "./objects.ts";
import { type CheckResult, describeFailure, type SuiteResult } from "./outcome.ts";
import type { RecordedRun } from "./records.ts";
import { redactRow } from "./redact-rows.ts";
import { ScanCounts } from "./scan-counts.ts";
import { attempt, type ProbeSession } from "./sessions.ts";
import { defaultThreshold, type Thresholds } from "./thresholds.ts";

const mostRows = 20;
const lookedBefore = "there was nothing to look at, and there was when the last good run was recorded";
const abandoned: readonly string[] = Object.values(missionColumns).map((column) => `calls.${column}`);

export interface RunChecksOptions {
  readonly scope: Scope;
  readonly thresholds: Thresholds;
  readonly settings: VerifySettings;
  /** Why nothing may be written; undefined: probes run. */
  readonly readOnly: string | undefined;
  /** What is asked of readers. */
  readonly asks?: ReaderAsks | undefined;
  readonly showRows: boolean;
  /** The last good run that was recorded. */
  readonly recorded: RecordedRun | undefined;
  /** What follows from a broken claim. */
  readonly consequences: Consequences;
  readonly onSuite?: ((id: string) => void) | undefined;
}

export interface CheckRun {
  readonly suites: readonly SuiteResult[];
  readonly coverage: Coverage | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Asks every check of the suites. What only reads shares one snapshot, and probes have a session of their own, side by side; what measures
 * time is asked while nothing else is. Through a pool, where a session may not be left for another, probes follow when the snapshot has
 * ended: one connection is enough. A check that fails or cannot run hides no other; a lost session ends in errors.
 */
export async function runChecks(
  suites: readonly Suite[],
  session: Connection,
  probes: ProbeSession,
  objects: Objects,
  options: RunChecksOptions,
): Promise<CheckRun> {
  const run = new Run(session, probes, objects, options, suites);
  await run.scan(suites);
  await run.askForDays(suites);
  const results = new Map<Check, CheckResult>();
  const ask = async (wanted: (check: Check, suite: Suite) => boolean): Promise<void> => {
    for (const suite of suites) {
      const checks = suite.checks.filter((check) => wanted(check, suite));
      if (checks.length > 0) options.onSuite?.(suite.id);
      for (const check of checks) results.set(check, await run.check(suite, check));
    }
  };
  const isProbe = ({ kind }: Check): boolean => kind === "probe";
  const isTimed = (_: Check, { timed }: Suite): boolean => timed === true;
  // Whoever was impersonated leaves settings behind that are empty, no longer missing: what asks without identity comes before.
  await ask((check, suite) => isTimed(check, suite) && !isProbe(check) && !impersonates(check));
  const read = async (): Promise<void> => {
    await ask((check, suite) => !isTimed(check, suite) && !isProbe(check) && !impersonates(check));
    await ask((check, suite) => !isTimed(check, suite) && impersonates(check));
  };
  const probe = (): Promise<void> => ask((check, suite) => !isTimed(check, suite) && isProbe(check));
  await (session.pooled ? read() : Promise.all([read(), probe()]));
  await ask((check, suite) => isTimed(check, suite) && impersonates(check));
  await session.execute("rollback").catch(() => []);
  if (session.pooled) await probe();
  await ask((check, suite) => isTimed(check, suite) && isProbe(check));
  const found = suites.map(({ id, title, checks }) => ({
    id,
    title,
    checks: checks.flatMap((check) => results.get(check) ?? []),
  }));
  return {
    suites: tellCauses(found, options.consequences),
    coverage: run.coverage,
    metrics: run.metrics,
  };
}

function impersonates(check: Check): boolean {
  return check.kind === "read" && check.impersonates === true;
}

/** What will be judged later only: a broken claim is a warning before its day, anything else nothing yet. */
function announced(notYet: string | undefined, finding: Finding): Finding {
  if (notYet === undefined || finding.skip !== undefined) return finding;
  if (finding.broken === 0) return skipped(notYet);
  return { ...finding, severity: "warn", actual: `${notYet}; today it would be broken: ${finding.actual ?? ""}` };
}

class Run {
  readonly metrics: Record<string, number> = {};
  readonly #session: Connection;
  readonly #probes: ProbeSession;
  readonly #objects: Objects;
  readonly #options: RunChecksOptions;
  /** Checks that are asked in this run, as `suite.check`. */
  readonly #asked: ReadonlySet<string>;
  readonly #counts: ScanCounts;
  readonly #told: (migration: string) => Promise<string>;
  readonly #gates = new Map<string, Promise<readonly GateReason[]>>();
  readonly #reasons = new Map<string, Promise<string | undefined>>();

  constructor(
    session: Connection,
    probes: ProbeSession,
    objects: Objects,
    options: RunChecksOptions,
    suites: readonly Suite[],
  ) {
    this.#session = session;
    this.#probes = probes;
    this.#objects = objects;
    this.#options = options;
    this.#asked = new Set(suites.flatMap(({ id, checks }) => checks.map((check) => `${id}.${check.id}`)));
    this.#counts = new ScanCounts(session, options.scope);
    this.#told = verdictsOnce(session.sql, options.asks);
  }

  get coverage(): Coverage | undefined {
    return this.#counts.coverage;
  }

  /** Counts what the suites claim about rows. */
  async scan(suites: readonly Suite[]): Promise<void> {
    await this.#counts.count(
      suites.flatMap((suite) =>
        suite.checks.flatMap((check) =>
          check.kind === "scan" && this.#skipReason(check) === undefined
            ? [{ key: `${suite.id}.${check.id}`, check }]
            : [],
        ),
      ),
    );
  }

  async check(suite: Suite, check: Check): Promise<CheckResult> {
    const key = `${suite.id}.${check.id}`;
    const threshold = this.#options.thresholds.get(key) ?? defaultThreshold(check) ?? Number.NaN;
    const began = performance.now();
    let finding: Finding;
    let notYet: string | undefined;
    try {
      notYet = await this.#notYet(suite);
      const skip = this.#skipReason(check);
      finding = skip === undefined ? wellFormed(await this.#find(key, check, threshold)) : skipped(notYet ?? skip);
      finding = announced(notYet, finding);
    } catch (error) {
      const failed = { expected: expectation(check, threshold), population: 0, rows: [] };
      return this.#result(check, began, {
        ...failed,
        status: notYet === undefined ? "error" : "skip",
        actual: notYet ?? `could not run: ${describeFailure(error)}`,
      });
    }
    const { population, broken, rows = [] } = finding;
    const counted = this.#counts.get(key);
    const judged = judge(finding, finding.severity ?? check.severity ?? "fail", check.kind === "scan" ? threshold : 1);
    const lost =
      judged === "skip" && finding.skip === undefined && this.#options.recorded?.looked.includes(key) === true;
    const result = this.#result(check, began, {
      status: lost ? "warn" : judged,
      expected: finding.expected ?? expectation(check, threshold),
      actual: lost ? lookedBefore : (finding.skip ?? finding.actual ?? describeCount(population, broken, threshold)),
      population,
      rows: rows
        .slice(0, mostRows)
        .map((row) => (this.#options.showRows ? row : redactRow(row, "schema" in check ? check.schema : undefined))),
    });
    return counted !== undefined && "ms" in counted ? { ...result, durationMs: Math.round(counted.ms) } : result;
  }

  async #notYet({ id, notYet }: Suite): Promise<string | undefined> {
    if (notYet === undefined) return undefined;
    const known = this.#reasons.get(id) ?? this.#attempt(() => notYet(this.#lookOf(Number.NaN)));
    this.#reasons.set(id, known);
    return known;
  }

  /** Asks which suites are not judged today; a failure is told by each of their checks. */
  async askForDays(suites: readonly Suite[]): Promise<void> {
    for (const suite of suites) await this.#notYet(suite).catch(() => undefined);
  }

  #result(
    check: Check,
    began: number,
    found: Pick<CheckResult, "status" | "expected" | "actual" | "population" | "rows">,
  ): CheckResult {
    const hint = found.status === "pass" || found.status === "skip" ? null : check.hint;
    return { id: check.id, title: check.claim, ...found, hint, durationMs: Math.round(performance.now() - began) };
  }

  async #find(key: string, check: Check, threshold: number): Promise<Finding> {
    switch (check.kind) {
      case "query":
        return this.#attempt(() => this.#findByQuery(check));
      case "scan":
        return this.#findInScan(key, check, threshold);
      case "read":
        return this.#attempt(() => check.look(this.#lookOf(threshold)));
      case "probe":
        return this.#findByProbe(check, threshold);
    }
  }

  async #findByQuery({ sql, population, read }: QueryCheck): Promise<Finding> {
    const asked = (statement: Statement) => ask(this.#session.sql, statement, this.#options.scope, this.#objects.facts);
    const answers = (await asked(sql)).map(read);
    const broken = answers.filter(({ breaks }) => breaks).length;
    const looked = typeof population === "number" ? population : Number((await asked(population))[0]?.population ?? 0);
    return { population: looked, broken, rows: answers.map(({ row }) => row) };
  }

  async #findInScan(key: string, check: ScanCheck, threshold: number): Promise<Finding> {
    const counted = this.#counts.get(key);
    if (counted === undefined) throw new Error("this check was not counted");
    if ("failure" in counted) throw counted.failure;
    const { population, broken } = counted.count;
    if (judge({ population, broken }, "fail", threshold) !== "fail") return { population, broken };
    const rows = await this.#attempt(() => ask(this.#session.sql, sampleOf(check, mostRows), this.#options.scope));
    return { population, broken, rows: rows.map((row): AnswerRow => check.read(row).row) };
  }

  async #findByProbe(check: ProbeCheck, threshold: number): Promise<Finding> {
    try {
      const outcome = await this.#probes.run(check, { threshold, measure: this.#measure });
      return "skip" in outcome ? skipped(outcome.skip) : outcome.found;
    } catch (error) {
      // A write that a rule or somebody's trigger refuses would be refused to the application, too.
      const state = sqlStateOf(error);
      const column = requiredColumn(error);
      if (column !== undefined) {
        const why = abandoned.includes(column)
          ? "and nobody is to write it: drop its NOT NULL"
          : "which the library does not write";
        return { population: 1, broken: 1, actual: `${column} must have a value, ${why}` };
      }
      if (error instanceof SsotError && error.code === "CALL_OF_ANOTHER_ORGANISATION") {
        return { population: 1, broken: 1, actual: "the call was not written: something swallows it" };
      }
      // A value that a type does not take, a rule or a trigger that refuses.
      if (state === undefined || !/^(22|23|P0|42804)/.test(state)) throw error;
      return { population: 1, broken: 1, actual: `the write is refused (SQLSTATE ${state})` };
    }
  }

  #lookOf(threshold: number): Look {
    const { scope, settings } = this.#options;
    return {
      sql: this.#session.sql,
      scope,
      settings,
      threshold,
      applied: this.#objects.applied,
      facts: this.#objects.facts,
      gate: this.#gate,
      readers: this.#readers,
      coverage: () => this.coverage,
      counted: (name) => this.#counts.further(name),
      recorded: this.#options.recorded,
      measure: this.#measure,
      attempt: (work) => this.#attempt(work),
    };
  }

  readonly #gate = (migration: string): Promise<readonly GateReason[]> => {
    const { sql } = this.#session;
    const known =
      this.#gates.get(migration) ?? this.#told(migration).then((verdicts) => readGate(sql, migration, verdicts));
    this.#gates.set(migration, known);
    return known;
  };

  readonly #readers = async (migration: string): Promise<Readers> =>
    readReaders(this.#session.sql, migration, await this.#told(migration));

  #attempt<T>(work: () => Promise<T>): Promise<T> {
    return attempt(this.#session, work);
  }

  readonly #measure = (name: string, value: number): void => {
    this.metrics[name] = Math.round(value * 10) / 10;
  };

  #skipReason(check: Check): string | undefined {
    const { applied, present } = this.#objects;
    const { after, until } = check;
    if (until !== undefined && applied.has(until)) return `ended by ${until}`;
    if (after !== undefined && !applied.has(after)) {
      if (after === migrationNames.search) return "the search is not installed: ssot migrate --with search";
      return phase1.includes(after) ? `${after} is not applied: see schema.migrations` : "Phase 3 is not applied";
    }
    const [missing] = missingObjects(check, present);
    if (missing !== undefined) {
      const guard = guardOf(missing, applied);
      return `what it looks at is missing: ${this.#asked.has(guard) ? `see ${guard}` : "ssot migrate makes it"}`;
    }
    return check.kind === "probe" ? this.#options.readOnly : undefined;
  }
}

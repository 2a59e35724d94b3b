import type { Connection } from "../../db/connection.ts";
import type { Obstacle } from "../../db/queries/obstacles/obstacle.ts";
import type { TrialTrigger } from "../../db/queries/trial-tables.ts";
import { attempt, isPassing, type Refusal } from "./attempt.ts";
import type { Change, Step } from "./changes.ts";
import { addRow } from "./copies.ts";

/** What came of a change: nothing to say, what stands in its way, or why it could not be tried. */
export type Verdict = { readonly obstacle: Obstacle } | { readonly notTried: string } | undefined;

interface Failure {
  readonly step: Step;
  /** Undefined: no row was hit, or it holds another value. */
  readonly refusal: Refusal | undefined;
}

const inReadOnly = "25006";

/**
 * Tries a change on its copy, and finds out what keeps it from being made. Other people's code runs read-only, so that it can write to
 * copies alone; where it insists on writing, once more without that, if all that it does ends with the transaction.
 */
export async function judge(connection: Connection, change: Change, n: number): Promise<Verdict> {
  await connection.execute("savepoint judged");
  try {
    const added = await withoutTriggers(connection, change, () => addRow(connection, change.copy, n, change.row));
    if ("refusal" in added) return judgeRow(change, added.refusal);
    const steps = change.steps.map(
      (step): Step =>
        step === "add the row again"
          ? { event: "INSERT", what: "a duplicate that comes back, on the way back", sql: added.statement }
          : step,
    );
    return await judgeSteps(connection, change, steps);
  } finally {
    await connection.execute("rollback to savepoint judged; release savepoint judged");
  }
}

async function judgeSteps(connection: Connection, change: Change, steps: readonly Step[]): Promise<Verdict> {
  let readOnly = true;
  let failure = await run(connection, change, steps, { readOnly, without: [] });
  if (failure === undefined) return undefined;
  const involved = triggersOf(change, failure.step);
  if (failure.refusal?.sqlState === inReadOnly) {
    const lasting = involved.filter(leavesTraces);
    if (lasting.length > 0 || involved.length === 0) return judgeByText(change, failure.step, lasting);
    readOnly = false;
    failure = await run(connection, change, steps, { readOnly, without: [] });
    if (failure === undefined) return undefined;
  }
  if (failure.refusal !== undefined && isPassing(failure.refusal)) return notTried(change, failure.refusal.message);
  for (const { name } of involved) {
    if ((await run(connection, change, steps, { readOnly, without: [name] })) === undefined) {
      return { obstacle: triggerObstacle(change, failure.step, [name]) };
    }
  }
  const names = involved.map(({ name }) => name);
  if (names.length > 0 && (await run(connection, change, steps, { readOnly, without: names })) === undefined) {
    return { obstacle: triggerObstacle(change, failure.step, names) };
  }
  return failure.refusal === undefined
    ? notTried(change, "a row is not what was written")
    : judgeRefusal(change, failure.step.what, failure.refusal);
}

// The first step that does not do what it has to do; all is taken back.
async function run(
  connection: Connection,
  { copy }: Change,
  steps: readonly Step[],
  { readOnly, without }: { readonly readOnly: boolean; readonly without: readonly string[] },
): Promise<Failure | undefined> {
  await connection.execute(
    ["savepoint run", ...without.map((name) => setTrigger("disable", copy.copy, name))].join("; "),
  );
  try {
    for (const step of steps) {
      const outcome = await attempt(connection, step.sql, { readOnly });
      if ("refusal" in outcome) return { step, refusal: outcome.refusal };
      if (outcome.row?.ok !== true) return { step, refusal: undefined };
    }
    return undefined;
  } finally {
    await connection.execute("rollback to savepoint run; release savepoint run");
  }
}

async function withoutTriggers<T>(connection: Connection, { copy }: Change, work: () => Promise<T>): Promise<T> {
  const set = (what: "enable" | "disable"): string =>
    copy.triggers.map(({ name }) => setTrigger(what, copy.copy, name)).join("; ");
  if (copy.triggers.length === 0) return work();
  await connection.execute(set("disable"));
  const result = await work();
  await connection.execute(set("enable"));
  return result;
}

function setTrigger(what: "enable" | "disable", copy: string, name: string): string {
  return `alter table ${copy} ${what} trigger "${name.replaceAll('"', '""')}"`;
}

function triggersOf({ copy }: Change, { event }: Step): readonly TrialTrigger[] {
  return copy.triggers.filter(({ events }) => events.includes(event));
}

// A row that a rule refuses says nothing about the rows that are there; code that does not even run does.
function judgeRow(change: Change, refusal: Refusal): Verdict {
  return /^42/.test(refusal.sqlState) ? judgeRefusal(change, "any row", refusal) : notTried(change, refusal.message);
}

function judgeRefusal(change: Change, what: string, refusal: Refusal): Verdict {
  const { name } = change.copy;
  // Of another row that was made up.
  if (/^(23505|23P01|23503)$/.test(refusal.sqlState)) return notTried(change, refusal.message);
  if (refusal.constraint !== undefined) {
    return {
      obstacle: {
        what: `constraint ${refusal.constraint} of ${name} does not take ${what}`,
        remedy: "change or drop that constraint",
      },
    };
  }
  // A message of PostgreSQL's about names holds names of objects; another one may hold what a row says.
  const isAboutNames = /^(42|0A)/.test(refusal.sqlState);
  return {
    obstacle: {
      what: `${name} does not take ${what}: ${isAboutNames ? refusal.message : `SQLSTATE ${refusal.sqlState}`}`,
      remedy: isAboutNames
        ? "give the function that looks for it a search path of its own: alter function … set search_path = …"
        : "change the column, or the code that it calls",
    },
  };
}

// What a trigger does that leaves traces is not tried. By its text it may keep rows as they are.
function judgeByText(change: Change, step: Step, lasting: readonly TrialTrigger[]): Verdict {
  const keeping = lasting.filter(({ body }) => /\breturn\s+null\b/i.test(body)).map(({ name }) => name);
  if (keeping.length > 0) return { obstacle: triggerObstacle(change, step, keeping) };
  return notTried(change, "its triggers write to other tables");
}

function triggerObstacle({ copy }: Change, { what }: Step, names: readonly string[]): Obstacle {
  const list = names.join(", ");
  return {
    what: `trigger ${list} on ${copy.name} does not take ${what}`,
    remedy: `disable it for the run: ${names.map((name) => `alter table ${copy.source} disable trigger ${name}`).join("; ")}`,
  };
}

function notTried({ copy }: Change, why: string): Verdict {
  return { notTried: `${copy.name}: ${why}` };
}

/** Whether code may do what outlives its transaction: a row takes a number from a sequence, a message leaves the server. */
export function leavesTraces({ body, language }: { readonly body: string; readonly language: string }): boolean {
  if (/^(c|internal)$/.test(language)) return false;
  if (!/^(sql|plpgsql)$/.test(language)) return true;
  return /\binsert\s+into\b|\bmerge\s+into\b|\b(next|set)val\b|\bdblink|\bhttp|\bnet\s*\.|\blo_|\bcopy\b|(^|;|\bthen|\bbegin|\belse|\bloop)\s*(execute|call)\b/i.test(
    body,
  );
}

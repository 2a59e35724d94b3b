import { applySettings, type Connection, connect } from "../../db/connection.ts";
import type { Obstacle } from "../../db/queries/obstacles/obstacle.ts";
import { listTrialTables } from "../../db/queries/trial-tables.ts";
import { hasCallsToFill, hasUnlinkedCalls, listEventTriggers, sampleCallNumbers } from "../../db/queries/trial-work.ts";
import type { Target } from "../../db/target.ts";
import type { Engine } from "../../migrations/engine-files.ts";
import { type ReadNumber, readNumbers } from "../../phone/read-numbers.ts";
import { quoteLiteral } from "../../sql/quote-literal.ts";
import { attempt } from "./attempt.ts";
import { listChanges, type Work } from "./changes.ts";
import { attach, type BareCopy, type Copy, makeCopies } from "./copies.ts";
import { eventTriggerObstacle, tryDefinitions } from "./definitions.ts";
import { judge, leavesTraces } from "./judge.ts";

/** What a trial found, and what it could not try, a sentence each. */
export interface Trial {
  readonly obstacles: readonly Obstacle[];
  readonly notTried: readonly string[];
}

/** What is known of a run's work on contacts from its data. */
export interface ContactWork {
  /** The spellings of contacts' numbers that it will replace. */
  readonly numbers: readonly ReadNumber[];
  /** Contacts are merged or set aside. */
  readonly merges: boolean;
}

/** What is known of a run's work; "calls": the drop's, which fills in numbers of calls and changes no other row. */
export type KnownWork = ContactWork | "calls";

const mostNumbers = 3;

// What the engine asks of names and paths the trial asks, too: as functions of its session.
const borrowed = [
  "batches/path_for.sql",
  "batches/trigger_path.sql",
  "phones/e164_pattern.sql",
  "phones/phone_rule.sql",
  "names/more_blanks.sql",
  "names/name_rule.sql",
  "names/is_placeholder.sql",
];

/** The same on a session of its own, for those who only look. */
export async function tryAside(target: Target, engine: Engine, known: KnownWork): Promise<Trial> {
  const connection = await connect(target);
  try {
    return await tryOnCopies(connection, engine, known);
  } finally {
    await connection.close();
  }
}

/**
 * Tries what the catalog cannot tell by reading: what a run will do to rows, on empty temporary copies of their tables with CHECKs, indexes,
 * generated columns and BEFORE ROW triggers, in a transaction that is rolled back. Locks nothing of anybody's beyond ACCESS SHARE, and
 * calls only code that was asked about before (refuseOthersCode). Not to be called inside a transaction.
 */
export async function tryOnCopies(connection: Connection, engine: Engine, known: KnownWork): Promise<Trial> {
  const { execute } = connection;
  const closed = await whyNot(connection);
  if (closed !== undefined) return { obstacles: [], notTried: [closed] };
  await execute("begin read write");
  try {
    if (connection.pooled) await applySettings(connection, { forTransaction: true });
    await execute(
      "set local lock_timeout = '1s'; set local statement_timeout = '10s'; set local client_min_messages = error",
    );
    return await tryAll(connection, engine, known);
  } finally {
    await execute("rollback");
  }
}

async function whyNot({ sql }: Connection): Promise<string | undefined> {
  const [may] = await sql<{ temporary: boolean; standby: boolean; role: string }[]>`
    select has_database_privilege(current_database(), 'TEMP') as temporary, pg_is_in_recovery() as standby, current_user as role`;
  if (may?.standby) return "this server is a standby and can only be read";
  return may?.temporary ? undefined : `role ${may?.role} may not make temporary tables`;
}

async function tryAll(connection: Connection, engine: Engine, known: KnownWork): Promise<Trial> {
  const { execute, sql } = connection;
  const obstacles: Obstacle[] = [];
  const notTried: string[] = [];
  const events = await listEventTriggers(sql);
  const lasting = events.filter(leavesTraces).map(({ name }) => name);
  if (lasting.length > 0) {
    return { obstacles, notTried: [`event trigger ${lasting.join(", ")} writes down whatever is made`] };
  }
  const definitions = await tryDefinitions(connection, events);
  if (definitions.obstacle !== undefined) return { obstacles: [definitions.obstacle], notTried };
  if (definitions.notTried !== undefined) notTried.push(definitions.notTried);
  const all = await listTrialTables(sql);
  const tables = known === "calls" ? all.filter(({ role }) => role === "calls") : all;
  const { copies, refused } = await makeCopies(connection, tables);
  for (const [{ name }, refusal] of refused) {
    if (events.length > 0 && refusal.context !== "") {
      return { obstacles: [eventTriggerObstacle(events, refusal, "create table")], notTried };
    }
    notTried.push(`${name}: ${refusal.message}`);
  }
  for (const path of borrowed) await execute(borrow(engine, path));
  const work = await readWork(connection, known);
  const [found] = await sql<{ path: string }[]>`select pg_temp.trigger_path() as path`;
  const opened = `pg_catalog.set_config('search_path', ${quoteLiteral(found?.path ?? "")}, true) as opened(path)`;
  const ready: Copy[] = [];
  for (const copy of copies) ready.push({ ...(await attachAll(connection, copy, notTried)), opened });
  for (const [n, change] of listChanges(ready, work).entries()) {
    const verdict = await judge(connection, change, n);
    if (verdict === undefined) continue;
    if ("obstacle" in verdict) obstacles.push(verdict.obstacle);
    else notTried.push(verdict.notTried);
  }
  const first = new Map(obstacles.map((obstacle) => [obstacle.what, obstacle]));
  return { obstacles: [...first.values()], notTried: [...new Set(notTried)] };
}

function borrow({ files }: Engine, path: string): string {
  const file = files.find((f) => f.path === path);
  if (file === undefined) throw new Error(`the engine has no ${path}`);
  return file.sql.replaceAll("'ssot'::regnamespace", "pg_my_temp_schema()").replace(/\bssot\./g, "pg_temp.");
}

// What cannot be counted in time is taken to be there.
async function readWork(connection: Connection, known: KnownWork): Promise<Work> {
  const { sql } = connection;
  if (known === "calls") {
    const fills = await orElse(connection, true, () => hasCallsToFill(sql));
    return { merges: false, contactNumbers: [], names: false, links: false, fills, callNumbers: [] };
  }
  const { numbers, merges } = known;
  const differing = (list: readonly ReadNumber[]): readonly ReadNumber[] =>
    list.filter(({ raw, e164 }) => raw !== e164).slice(0, mostNumbers);
  const names = await attempt(
    connection,
    "select exists (select from public.contacts as k where pg_temp.is_placeholder(k.name)) as found",
    { readOnly: true },
  );
  return {
    merges,
    contactNumbers: differing(numbers),
    names: "refusal" in names || names.row?.found === true,
    links: await orElse(connection, true, () => hasUnlinkedCalls(sql)),
    fills: false,
    callNumbers: differing(readNumbers(await orElse(connection, [], () => sampleCallNumbers(sql)))),
  };
}

async function orElse<T>({ execute }: Connection, other: T, work: () => Promise<T>): Promise<T> {
  await execute("savepoint look");
  try {
    return await work();
  } catch {
    await execute("rollback to savepoint look");
    return other;
  }
}

async function attachAll(connection: Connection, copy: BareCopy, notTried: string[]): Promise<BareCopy> {
  const triggers: Copy["triggers"][number][] = [];
  for (const trigger of copy.triggers) {
    const refusal = await attach(connection, copy, trigger);
    if (refusal === undefined) triggers.push(trigger);
    else notTried.push(`trigger ${trigger.name} on ${copy.name}: ${refusal.message}`);
  }
  return { ...copy, triggers };
}

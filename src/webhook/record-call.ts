import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import { SsotError } from "../model/errors.ts";
import type { CallEvent, RecordedCall } from "./call-event.ts";
import type { CallInput } from "./call-input.ts";
import { CallRecorder, type CallRow } from "./call-recorder.ts";
import type { Executor } from "./in-transaction.ts";
import { leaveOut } from "./leave-out.ts";
import { type ColumnOptions, mapColumns } from "./map-columns.ts";
import { nextAttempt } from "./next-attempt.ts";
import { readCallInput } from "./read-call-input.ts";
import type { StoredWords } from "./stored-words.ts";
import { type Telemetry, telemetryOf, writing } from "./telemetry.ts";
import { checkTelemetryOptions, type TelemetryOptions } from "./telemetry-api.ts";

export interface RecordCallOptions extends ColumnOptions {
  /** False: OpenTelemetry is told nothing. By default it is where `@opentelemetry/api` is installed. Keep the object: what it needs is made once. */
  readonly telemetry?: TelemetryOptions | false | undefined;
}

/** What one event wrote, and, where the score may have to be another one now, what it was made of before. */
export interface Written {
  readonly call: RecordedCall;
  readonly was: WordsBefore | null;
  /** `changed` by the names that `ssot` has for the columns. */
  readonly changedKeys: readonly string[];
}

interface WordsBefore extends StoredWords {
  /** The contact is known to have had a score already. */
  readonly scored: boolean;
}

const recorder = new CallRecorder(mapColumns({}));
const recorders = new WeakMap<ColumnOptions, CallRecorder>();

/**
 * Writes what an event of any provider says of a call and, for an inbound call of an unknown number, its contact: one statement, one round
 * trip. Concurrent first calls of one number make one contact, a repeated event writes nothing, and a call's events give
 * the same row in any order. Never writes the deprecated columns. What a rule or type of the tables refuses is left out,
 * and named in `refused`; everything else is kept.
 *
 * Takes a pool, or a transaction that somebody has begun: there each try is behind a savepoint. Works before migration 2
 * as well: without its unique index in a short transaction under an advisory lock of the number. Deadlocks, serialisation
 * failures and lost connections are retried. Throws, with nothing written: PAYLOAD_INVALID for an event that does not say whose call it
 * is, CONFIGURATION where `sql` is neither, CALL_OF_ANOTHER_ORGANISATION, DATABASE_UNAVAILABLE; and what PostgreSQL says where the
 * tables are not those of `ssot`. Keys of the event that it does not know it leaves alone.
 */
export async function recordCall(sql: Executor, event: CallInput, options?: RecordCallOptions): Promise<RecordedCall> {
  if (typeof sql !== "function" || typeof sql.unsafe !== "function") {
    throw new SsotError("CONFIGURATION", "recordCall needs a pool or a transaction of postgres.js");
  }
  const telemetry = tellerOf(options);
  const record = async (): Promise<RecordedCall> => {
    const read = readCallInput(event);
    const { call } = await writeCall(recorderOf(options), sql, read.event, telemetry);
    return read.unread.length === 0 ? call : { ...call, refused: [...call.refused, ...read.unread] };
  };
  return telemetry === undefined ? await record() : await telemetry.call(event?.orgId, record);
}

let teller: Telemetry | null | undefined;

function tellerOf(options: RecordCallOptions | undefined): Telemetry | undefined {
  if (options?.telemetry !== undefined) return ownTeller(options.telemetry);
  if (teller === undefined) teller = telemetryOf() ?? null;
  return teller ?? undefined;
}

const tellers = new WeakMap<TelemetryOptions, Telemetry>();

function ownTeller(options: TelemetryOptions | false): Telemetry | undefined {
  const known = options === false ? undefined : tellers.get(options);
  if (options === false || known !== undefined) return known;
  checkTelemetryOptions(options);
  const made = telemetryOf(options);
  if (made !== undefined) tellers.set(options, made);
  return made;
}

function recorderOf(options: ColumnOptions | undefined): CallRecorder {
  if (options === undefined) return recorder;
  const known = recorders.get(options) ?? new CallRecorder(mapColumns(options));
  recorders.set(options, known);
  return known;
}

/** As `recordCall`, by a recorder that the caller keeps. */
export async function writeCall(
  by: CallRecorder,
  sql: Executor,
  event: CallEvent,
  telemetry?: Telemetry,
): Promise<Written> {
  const write = (without: ReadonlySet<string>): Promise<CallRow> =>
    telemetry === undefined
      ? by.write(sql, event, without)
      : telemetry.statement(writing, () => by.write(sql, event, without));
  let last: unknown;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return writtenOf(await write(nothing), nothing);
    } catch (error) {
      // In a transaction that the host began by hand nothing can be tried again: what failed it is what is told.
      if (errorCodeOf(error) === inFailedTransaction && last !== undefined) throw last;
      last = error;
      const next = await nextAttempt(error, attempt);
      if (next === "give up") throw unavailable(error);
      telemetry?.retried(next, error);
      if (next === "read the schema again") by.forget(sql);
      if (next === "leave out what is refused") return await writeWithout(by, sql, event, error, write);
    }
  }
}

const inFailedTransaction = "25P02";
const nothing: ReadonlySet<string> = new Set();

async function writeWithout(
  by: CallRecorder,
  sql: Executor,
  event: CallEvent,
  refusal: unknown,
  write: (without: ReadonlySet<string>) => Promise<CallRow>,
): Promise<Written> {
  const search = {
    sql,
    candidates: await by.candidates(sql, event, refusal),
    likely: by.likely,
    write,
    merge: (first: CallRow, second: CallRow): CallRow => ({
      ...second,
      contact_created: first.contact_created || second.contact_created,
      created: first.created || second.created,
      wrote: true,
      changed: [...first.changed, ...second.changed],
      changedKeys: [...first.changedKeys, ...second.changedKeys],
    }),
  };
  try {
    const [row, without] = await leaveOut(search, refusal);
    by.likely = [...without];
    return writtenOf(row, without);
  } catch (error) {
    if (errorCodeOf(error) === inFailedTransaction) throw refusal;
    throw unavailable(error);
  }
}

function writtenOf(row: CallRow, without: ReadonlySet<string>): Written {
  const { was_transcript: transcript = null, was_sentiment: sentiment = null } = row;
  return {
    call: {
      callId: row.call_id,
      contactId: row.contact_id,
      contactCreated: row.contact_created,
      created: row.created,
      repeat: !row.wrote,
      changed: row.created ? [] : sorted(row.changed),
      refused: without.size === 0 ? sorted(row.refused) : sorted([...row.refused, ...without]),
    },
    was: transcript === null ? null : { transcript, sentiment, scored: row.scored === true },
    changedKeys: row.changedKeys,
  };
}

function sorted(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)].sort();
}

function unavailable(error: unknown): unknown {
  if (!isDatabaseAway(error)) return error;
  return new SsotError("DATABASE_UNAVAILABLE", "the database is away; nothing is known to be written", {
    hint: "Send the event again.",
    cause: error,
  });
}

import type { ISql } from "postgres";
import { errorCodeOf } from "../http/database-error.ts";
import { SsotError } from "../model/errors.ts";
import type { CallColumn } from "./call-columns.ts";
import type { CallEvent } from "./call-event.ts";
import { callStatement } from "./call-statement.ts";
import { callValues, contactNumber, refusedByType, valueFor } from "./call-values.ts";
import { type CallsSchema, readCallsSchema, type WrittenColumn } from "./calls-schema.ts";
import { fieldsOf } from "./describe-error.ts";
import { type Expected, ExpectedCalls } from "./expected-calls.ts";
import { type Executor, inSavepoint, inTransaction, isTransaction } from "./in-transaction.ts";
import { newCallStatement } from "./new-call-statement.ts";
import { storedCallStatement } from "./stored-call-statement.ts";
import { findStoredWords, type StoredWords } from "./stored-words.ts";

/** A call as the statement gives it, the columns by name. */
export interface CallRow extends Omit<SentRow, "changed"> {
  readonly changed: readonly string[];
  /** The same by the names that `ssot` has for them. */
  readonly changedKeys: readonly string[];
  /** What the types of the columns could not take. */
  readonly refused: readonly string[];
}

interface SentRow {
  readonly call_id: string;
  readonly contact_id: string | null;
  readonly contact_created: boolean;
  readonly wrote: boolean;
  readonly created: boolean;
  readonly changed: string | null;
  readonly was_transcript?: string | null;
  readonly was_sentiment?: string | null;
  readonly scored?: boolean | null;
}

interface Prepared {
  readonly schema: CallsSchema;
  /** The statement of any event. */
  readonly text: string;
  /** Those of events whose call is known to be new or stored, where the tables allow them. */
  readonly texts: { readonly [E in Exclude<Expected, undefined>]?: string };
  readonly readAt: number;
}

// Until migration 2 is there, somebody may be applying it.
const refreshMs = 5_000;

const nothing: ReadonlySet<string> = new Set();

// What a contact can do without.
const ofContacts = ["contacts.name", "contacts.lead_score", "contacts.lead_status", "contacts.source"];

/** Writes events by one host's names of columns, and remembers what it found in the catalog. */
export class CallRecorder {
  readonly #columns: readonly CallColumn[];
  readonly #prepared = new WeakMap<Executor, Prepared>();
  readonly #expected = new ExpectedCalls();
  #last: Prepared | undefined;
  /** What the last event had to leave out. */
  likely: readonly string[] = [];

  constructor(columns: readonly CallColumn[]) {
    this.#columns = columns;
  }

  /** Forgets the schema: it is not what it was. */
  forget(sql: Executor): void {
    this.#prepared.delete(sql);
    this.#last = undefined;
  }

  /** What of an event may be left out for a refusal. */
  async candidates(sql: Executor, event: CallEvent, refusal: unknown): Promise<readonly string[]> {
    const { schema } = await this.#prepare(sql);
    const { column_name: column } = fieldsOf(refusal);
    const ofCalls = schema.columns
      .filter(
        (one) => !one.required && one.key !== "taken_events" && (valueFor(one, event) !== null || one.name === column),
      )
      .map(({ name }) => name);
    return contactNumber(event) === null ? ofCalls : [...ofCalls, ...ofContacts];
  }

  /**
   * Writes an event without these columns. Throws CALL_OF_ANOTHER_ORGANISATION, and what PostgreSQL says; nothing is
   * written then.
   */
  async write(sql: Executor, event: CallEvent, without: ReadonlySet<string>): Promise<CallRow> {
    const whole = this.#known(sql) ?? (await this.#prepare(sql));
    const refused = refusedByType(whole.schema, event);
    const out = without.size === 0 && refused.length === 0 ? nothing : new Set([...without, ...refused]);
    const prepared = out.size === 0 ? whole : partOf(whole, out);
    const { schema } = prepared;
    const row = await this.#sendExpected(sql, prepared, out.size === 0 ? event : withoutContactParts(event, out));
    if (row === undefined) throw otherOrganisation();
    const changed = columnsAt(schema, row.changed);
    return {
      call_id: row.call_id,
      contact_id: row.contact_id,
      contact_created: row.contact_created,
      wrote: row.wrote,
      created: row.created,
      was_transcript: row.was_transcript ?? null,
      was_sentiment: row.was_sentiment ?? null,
      scored: row.scored ?? null,
      changed: changed.map(({ name }) => name),
      changedKeys: changed.map(({ key }) => key),
      refused: whole.schema.missing.length === 0 ? refused : [...refused, ...whole.schema.missing],
    };
  }

  /** The words of a stored call. */
  async words(sql: Executor, orgId: string, callId: string): Promise<StoredWords | undefined> {
    const { schema } = this.#known(sql) ?? (await this.#prepare(sql));
    return findStoredWords(sql, schema, orgId, callId);
  }

  #known(sql: Executor): Prepared | undefined {
    // A transaction lives briefly: the pool's schema is good enough for it.
    const last = this.#prepared.get(sql) ?? (isTransaction(sql) ? this.#last : undefined);
    const isComplete = last?.schema.unique === true && last.schema.source;
    return isComplete || (last !== undefined && performance.now() - last.readAt < refreshMs) ? last : undefined;
  }

  async #prepare(sql: Executor): Promise<Prepared> {
    const known = this.#known(sql);
    if (known !== undefined) return known;
    const schema = await readCallsSchema(sql, this.#columns);
    const fresh = preparedFor(schema);
    this.#prepared.set(sql, fresh);
    this.#last = fresh;
    return fresh;
  }

  // The shorter statement where it is likely to do; that of any event where it is not, or does not.
  async #sendExpected(
    sql: Executor,
    { schema, text, texts }: Prepared,
    event: CallEvent,
  ): Promise<SentRow | undefined> {
    const [id, state] = [event.providerCallId ?? event.vapiCallId ?? "", event.details?.status ?? ""];
    const expected = this.#expected.of(id, state);
    const shorter = expected === undefined ? undefined : texts[expected];
    try {
      const row =
        (shorter === undefined ? undefined : await this.#send(sql, schema, shorter, event)) ??
        (await this.#send(sql, schema, text, event));
      this.#expected.learn(id, state, row === undefined ? undefined : row.created ? "new" : "stored");
      return row;
    } catch (error) {
      this.#expected.learn(id, state, undefined);
      throw error;
    }
  }

  async #send(sql: Executor, schema: CallsSchema, text: string, event: CallEvent): Promise<SentRow | undefined> {
    const values = [...callValues(schema, event)];
    const send = async (through: ISql): Promise<SentRow | undefined> => {
      const [row] = await through.unsafe<SentRow[]>(text, values, { prepare: true });
      return row;
    };
    const lockAndSend = async (through: ISql): Promise<SentRow | undefined> => {
      const phone = contactNumber(event);
      if (!schema.unique && phone !== null) {
        await through`select pg_advisory_xact_lock(hashtextextended(${`ssot ${event.orgId} ${phone}`}, 0))`;
      }
      return send(through);
    };
    try {
      if (isTransaction(sql)) return await inSavepoint(sql, lockAndSend);
      if (schema.unique && schema.readCommitted) return await send(sql);
      return await inTransaction(sql, lockAndSend);
    } catch (error) {
      if (errorCodeOf(error) === divisionByZero) throw otherOrganisation();
      throw error;
    }
  }
}

// The statement's only division stands where a row turns out to be another organisation's.
const divisionByZero = "22012";

// By their places, from one on; what events are known by is nobody's business.
function columnsAt({ columns }: CallsSchema, places: string | null): readonly WrittenColumn[] {
  if (!places) return [];
  const found = places.split(",").flatMap((place) => columns[Number(place) - 1] ?? []);
  return found.filter(({ key }) => key !== "taken_events");
}

// An event of which something was refused may be taken in full another time.
function partOf({ schema, readAt }: Prepared, without: ReadonlySet<string>): Prepared {
  const part = {
    ...schema,
    columns: schema.columns.filter(({ key, name }) => !without.has(name) && key !== "taken_events"),
    source: schema.source && !without.has("contacts.source"),
  };
  return { schema: part, text: callStatement(part), texts: {}, readAt };
}

function preparedFor(schema: CallsSchema): Prepared {
  const isComplete = schema.unique && schema.source;
  return {
    schema,
    text: callStatement(schema),
    texts: {
      ...(isComplete ? { new: newCallStatement(schema) } : {}),
      ...(isComplete && !schema.insertsAreChanged ? { stored: storedCallStatement(schema) } : {}),
    },
    readAt: performance.now(),
  };
}

function withoutContactParts(event: CallEvent, without: ReadonlySet<string>): CallEvent {
  return {
    ...event,
    name: without.has("contacts.name") ? null : event.name,
    leadScore: without.has("contacts.lead_score") ? null : event.leadScore,
    leadStatus: without.has("contacts.lead_status") ? null : event.leadStatus,
  };
}

function otherOrganisation(): SsotError {
  return new SsotError(
    "CALL_OF_ANOTHER_ORGANISATION",
    "the call's id belongs to another organisation; nothing was written",
  );
}

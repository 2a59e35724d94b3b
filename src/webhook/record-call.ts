import type { Sql } from "postgres";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import { SsotError } from "../model/errors.ts";
import type { CallEvent, RecordedCall } from "./call-event.ts";
import { callStatement, callValues, contactNumber } from "./call-statement.ts";
import { type CallsSchema, readCallsSchema } from "./calls-schema.ts";
import { inTransaction } from "./in-transaction.ts";
import { nextAttempt } from "./next-attempt.ts";

interface Prepared {
  readonly schema: CallsSchema;
  readonly text: string;
  readonly readAt: number;
}

interface CallRow {
  readonly call_id: string;
  readonly contact_id: string | null;
  readonly contact_created: boolean;
}

const prepared = new WeakMap<Sql, Prepared>();

// Until migration 2 is there, somebody may be applying it.
const refreshMs = 5_000;

/**
 * Writes what an event says of a call and, for an inbound call of an unknown number, its contact: one statement, one round
 * trip. Concurrent first calls of one number make one contact, a repeated event writes nothing, and a call's events give
 * the same row in any order. Never writes the deprecated columns. Where a rule of the tables refuses a detail or the name,
 * the call is kept without, and says so.
 *
 * Works before migration 2 as well: without its unique index in a short transaction under an advisory lock of the number.
 * Deadlocks, serialisation failures and lost connections are retried. Throws, with nothing written:
 * CALL_OF_ANOTHER_ORGANISATION, DATABASE_UNAVAILABLE; and what PostgreSQL says where the tables are not those of `ssot`.
 */
export async function recordCall(sql: Sql, event: CallEvent): Promise<RecordedCall> {
  let [told, withDetails] = [event, true];
  let last: unknown;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const row = await write(sql, await prepare(sql, withDetails), told);
      if (row === undefined) throw otherOrganisation();
      return {
        callId: row.call_id,
        contactId: row.contact_id,
        contactCreated: row.contact_created,
        detailsRefused: !withDetails || told !== event,
      };
    } catch (error) {
      if (errorCodeOf(error) === divisionByZero) throw otherOrganisation();
      // In the host's own transaction nothing can be tried again: what failed it is what is told.
      if (errorCodeOf(error) === inFailedTransaction && last !== undefined) throw last;
      last = error;
      const next = await nextAttempt(error, attempt);
      if (next === "give up") throw unavailable(error);
      if (next === "read the schema again") prepared.delete(sql);
      if (next === "leave out the details") withDetails = false;
      if (next === "leave out the name") told = { ...event, name: null, leadScore: null, leadStatus: null };
    }
  }
}

// The statement's only division stands where a row turns out to be another organisation's.
const divisionByZero = "22012";
const inFailedTransaction = "25P02";

async function prepare(sql: Sql, withDetails: boolean): Promise<Prepared> {
  const last = prepared.get(sql);
  const isComplete = last?.schema.unique === true && last.schema.source;
  if (withDetails && last !== undefined && (isComplete || performance.now() - last.readAt < refreshMs)) return last;
  const found = await readCallsSchema(sql);
  const schema = withDetails ? found : { ...found, columns: [] };
  const fresh = { schema, text: callStatement(schema), readAt: performance.now() };
  if (withDetails) prepared.set(sql, fresh);
  return fresh;
}

async function write(sql: Sql, { schema, text }: Prepared, event: CallEvent): Promise<CallRow | undefined> {
  const values = [...callValues(schema, event)];
  if (schema.unique && schema.readCommitted) {
    const [row] = await sql.unsafe<CallRow[]>(text, values, { prepare: true });
    return row;
  }
  const phone = contactNumber(event);
  return inTransaction(sql, async (transaction) => {
    if (!schema.unique && phone !== null) {
      await transaction`select pg_advisory_xact_lock(hashtextextended(${`ssot ${event.orgId} ${phone}`}, 0))`;
    }
    const [row] = await transaction.unsafe<CallRow[]>(text, values, { prepare: true });
    return row;
  });
}

function otherOrganisation(): SsotError {
  return new SsotError(
    "CALL_OF_ANOTHER_ORGANISATION",
    "the call's id belongs to another organisation; nothing was written",
  );
}

function unavailable(error: unknown): unknown {
  if (!isDatabaseAway(error)) return error;
  return new SsotError("DATABASE_UNAVAILABLE", "the database is away; nothing is known to be written", {
    hint: "Send the event again.",
    cause: error,
  });
}

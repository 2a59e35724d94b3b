import type { Sql } from "postgres";
import type { CallEvent } from "./call-event.ts";
import type { CallRecorder } from "./call-recorder.ts";
import { type EventMemory, fingerprintOf, saysText } from "./event-memory.ts";
import type { ReadEvent } from "./event-source.ts";
import type { Handled } from "./handled.ts";
import { type AnyHookEvent, type EventOrganisation, type HookOptions, runHook, runHooksAfter } from "./hooks.ts";
import { type Executor, inTransaction } from "./in-transaction.ts";
import { type ScoreOptions, scoreAgain, scoreCaller } from "./lead-scores.ts";
import { isTransient } from "./next-attempt.ts";
import type { ToldCall } from "./read-call.ts";
import { type Written, writeCall } from "./record-call.ts";
import type { LeadScore } from "./score-lead.ts";
import { findStoredCall, type StoredCall } from "./stored-call.ts";
import { lookingUp, type Telemetry } from "./telemetry.ts";

export interface RecordOptions extends ScoreOptions, HookOptions {
  readonly sql: Sql;
  readonly autoCreateContacts: boolean;
  readonly recorder: CallRecorder;
  readonly memory: EventMemory;
  readonly telemetry: Telemetry | undefined;
}

/** An event whose organisation is known. */
export interface ToldEvent {
  readonly read: ReadEvent;
  readonly told: ToldCall;
  readonly organisation: EventOrganisation;
}

type Recorded = Extract<Handled, { readonly handled: true }>;

const mostAttempts = 3;

/** Writes the call of an event, unless this process has taken the same event in full before, and runs the hooks. */
export async function recordEvent(
  options: RecordOptions,
  { read, told, organisation }: ToldEvent,
  hooked: AnyHookEvent,
  waitUntil: HookOptions["waitUntil"],
): Promise<Recorded> {
  const fingerprint = fingerprintOf(organisation.id, read.type, told);
  const taken = options.memory.get(fingerprint);
  const known = taken === undefined ? undefined : await lookUp(options, organisation.id, told.providerCallId);
  if (known !== undefined && known.call_id === taken) {
    const result = { ...nothingNew, callId: known.call_id, contactId: known.contact_id };
    if (inTransactionToo(options, hooked))
      await inTransaction(options.sql, (tx) => runHook(options, hooked, result, tx));
    await runHooksAfter(options, hooked, result, waitUntil);
    return result;
  }
  // Field by field: a copy of an object costs as much as the rest of it.
  const callOf = (score: LeadScore | null | undefined): CallEvent => ({
    orgId: organisation.id,
    country: organisation.country,
    providerCallId: told.providerCallId,
    direction: told.direction,
    number: told.number,
    name: told.name,
    contactId: told.contactId,
    createContact: options.autoCreateContacts,
    leadScore: score?.score ?? null,
    leadStatus: score?.tier ?? null,
    details: told.details,
    fingerprint: saysText(told) ? fingerprint : null,
  });
  const speakers = read.speakers();
  const words = { transcript: told.details?.transcript ?? "", sentiment: told.details?.sentiment ?? null };
  const score = read.isReport ? await scoreCaller(options, callOf(null), words, speakers) : null;
  const scored = callOf(score);
  const write = async (sql: Executor): Promise<Recorded> => {
    const written = await writeCall(options.recorder, sql, scored, options.telemetry);
    if (written.was !== null) await scoreAgain(options, sql, scored, written, speakers);
    return resultOf(written, read.unread);
  };
  const result = inTransactionToo(options, hooked) ? await withHook(options, hooked, write) : await write(options.sql);
  if (result.refused.length === 0 && score !== undefined) options.memory.set(fingerprint, result.callId);
  say(options, organisation.id, told.providerCallId, result);
  await runHooksAfter(options, hooked, result, waitUntil);
  return result;
}

function lookUp({ sql, telemetry }: RecordOptions, orgId: string, id: string): Promise<StoredCall | undefined> {
  const find = (): Promise<StoredCall | undefined> => findStoredCall(sql, orgId, id);
  return telemetry === undefined ? find() : telemetry.statement(lookingUp, find);
}

const nothingNew = {
  handled: true,
  contactCreated: false,
  created: false,
  repeat: true,
  changed: [],
  refused: [],
} as const;

function inTransactionToo({ hooks, on }: RecordOptions, { type }: AnyHookEvent): boolean {
  return hooks === "transaction" && on.has(type);
}

// The call and the hook's work, or neither of them. What the database takes back for reasons of its own is done once more.
async function withHook(
  options: RecordOptions,
  hooked: AnyHookEvent,
  write: (sql: Executor) => Promise<Recorded>,
): Promise<Recorded> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(options.sql, async (transaction) => {
        const result = await write(transaction);
        await runHook(options, hooked, result, transaction);
        return result;
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      if (attempt >= mostAttempts || !isTransient(cause)) throw error;
      options.telemetry?.retried("again", cause);
    }
  }
}

function resultOf({ call }: Written, unread: readonly string[]): Recorded {
  const { callId, contactId, contactCreated, created, repeat, changed, refused } = call;
  return {
    handled: true,
    callId,
    contactId,
    contactCreated,
    created,
    repeat,
    changed,
    refused: [...refused, ...unread],
  };
}

function say({ logger }: RecordOptions, orgId: string, vapiCallId: string, result: Recorded): void {
  const { callId, contactId, contactCreated, refused } = result;
  const ids = { orgId, callId, contactId };
  if (refused.length > 0) {
    logger.warn("Details of a call were refused or could not be read; it was kept without them", {
      ...ids,
      vapiCallId,
      refused,
    });
  }
  if (contactCreated) logger.info("Contact auto-created", ids);
}

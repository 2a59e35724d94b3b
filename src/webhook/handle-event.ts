import { SsotError } from "../model/errors.ts";
import { isUuid } from "../model/uuid.ts";
import type { EventSource, ReadEvent } from "./event-source.ts";
import type { Handled } from "./handled.ts";
import {
  type AnyHookEvent,
  type EventOrganisation,
  type HookOptions,
  type HookResult,
  runHook,
  runHooksAfter,
} from "./hooks.ts";
import { inTransaction } from "./in-transaction.ts";
import { type RecordOptions, recordEvent } from "./record-event.ts";
import type { Trace } from "./rejection.ts";
import { findStoredCall } from "./stored-call.ts";
import { within } from "./within.ts";

export interface HandleOptions extends RecordOptions {
  readonly source: EventSource;
  readonly defaultCountry: string;
}

// Vapi waits twenty seconds for an answer. Who waits less sends the same event again.
const mostMs = 15_000;

/** Records the call of a message and runs the host's hooks. What it throws is told at `VapiWebhook.handle`. */
export async function handleEvent(
  options: HandleOptions,
  payload: unknown,
  trace: Trace = {},
  waitUntil?: HookOptions["waitUntil"],
): Promise<Handled> {
  const { source } = options;
  const type = source.typeOf(payload);
  trace.type = type;
  const isRecorded = source.isRecorded(payload);
  if (!isRecorded && !options.on.has(type) && options.onEvent === undefined) {
    trace.handled = { handled: false, type };
    return trace.handled;
  }
  const read = source.read(payload);
  const { told } = read;
  if (told !== null) trace.providerCallId = told.providerCallId;
  if (isRecorded && told === null) options.logger.warn("A message without a call id was left alone", { type });
  const work = async (): Promise<Handled> => {
    if (!isRecorded || told === null) {
      const organisation = !options.on.has(type) ? null : await organisationOf(options, read);
      if (organisation !== null) trace.orgId = organisation.id;
      return await tellOnly(options, read.hooked(organisation), waitUntil);
    }
    const organisation = await organisationOf(options, read);
    trace.orgId = organisation.id;
    return await recordEvent(options, { read, told, organisation }, read.hooked(organisation), waitUntil);
  };
  // What goes on after it is finished or given up by the database, and is harmless: the sender's repeat is the same event.
  trace.handled = await within(mostMs, work(), notInTime);
  return trace.handled;
}

// A message that records nothing goes to those who want to hear of it, with the call that is stored.
async function tellOnly(
  options: HandleOptions,
  event: AnyHookEvent,
  waitUntil: HookOptions["waitUntil"],
): Promise<Handled> {
  const { organisation, providerCallId, type } = event;
  const stored =
    organisation === null || providerCallId === null
      ? undefined
      : await findStoredCall(options.sql, organisation.id, providerCallId);
  const handled = { handled: false, type } as const;
  const result: HookResult = { ...handled, callId: stored?.call_id ?? null, contactId: stored?.contact_id ?? null };
  if (options.hooks === "transaction" && options.on.has(type)) {
    await inTransaction(options.sql, (transaction) => runHook(options, event, result, transaction));
  }
  await runHooksAfter(options, event, result, waitUntil);
  return handled;
}

async function organisationOf({ defaultCountry }: HandleOptions, read: ReadEvent): Promise<EventOrganisation> {
  const organisation = await read.resolve();
  if (organisation === null) throw new SsotError("UNKNOWN_ORGANISATION", "no organisation answers for this call");
  const { id, country } =
    typeof organisation === "string" ? { id: organisation, country: defaultCountry } : organisation;
  if (!isUuid(id)) throw new SsotError("CONFIGURATION", "resolveOrganization gave something else than a uuid");
  return { id, country };
}

function notInTime(): SsotError {
  return new SsotError("DATABASE_UNAVAILABLE", "the event was not recorded in time", { hint: "Send it again." });
}

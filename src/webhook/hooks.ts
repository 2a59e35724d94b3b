import type { TransactionSql } from "postgres";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import { describeError } from "./describe-error.ts";
import type { Handled } from "./handled.ts";
import type { VapiEventType, VapiMessages } from "./messages.ts";

/** Whose event it is. */
export interface EventOrganisation {
  readonly id: string;
  readonly country: string;
}

/** A message as hooks are given it. `type` tells which message it is. */
export interface VapiEvent<T extends VapiEventType = VapiEventType> {
  readonly type: T;
  /** Read and typed: a field of another type than it should be is left out. */
  readonly message: VapiMessages[T];
  /** The message as it was sent. Personal data. */
  readonly raw: unknown;
  /** Null for `onEvent` alone, of messages that record nothing: nobody has asked whose they are. */
  readonly organisation: EventOrganisation | null;
  /** The provider's id of the call. */
  readonly providerCallId: string | null;
}

export type AnyVapiEvent = { readonly [T in VapiEventType]: VapiEvent<T> }[VapiEventType];

/** What any hook's event has, whoever sent it. */
export interface AnyHookEvent {
  readonly type: string;
  readonly message: unknown;
  readonly raw: unknown;
  readonly organisation: EventOrganisation | null;
  readonly providerCallId: string | null;
}

/** What became of the event; for messages that record nothing, the call and contact that are stored, if any. */
export type HookResult = Handled & { readonly callId: string | null; readonly contactId: string | null };

/** The transaction is there where the option `hooks` says `"transaction"`. */
export type Hook<Event> = (event: Event, result: HookResult, transaction?: TransactionSql) => unknown;

/** A function for each type of message that somebody wants to hear of. */
export type VapiHooks = { readonly [T in VapiEventType]?: Hook<VapiEvent<T>> };

/** Told of every message; the first argument has the fields of the second, too. */
export type OnEvent = (event: AnyVapiEvent & HookResult, result: HookResult) => unknown;

export interface HookOptions {
  readonly on: ReadonlyMap<string, Hook<never>>;
  readonly onEvent: Hook<never> | undefined;
  readonly hooks: "after" | "awaited" | "transaction";
  readonly waitUntil: ((work: Promise<void>) => void) | undefined;
  readonly logger: Logger;
}

// A hook stands under the type of the events that it takes.
function hookOf(on: HookOptions["on"], event: AnyHookEvent): Hook<AnyHookEvent> | undefined {
  return on.get(event.type) as Hook<AnyHookEvent> | undefined;
}

// It takes the events that its webhook makes.
function listenerOf({ onEvent }: HookOptions): Hook<AnyHookEvent & HookResult> | undefined {
  return onEvent as Hook<AnyHookEvent & HookResult> | undefined;
}

/** Runs the hook of an event's type. Rejects with HOOK_FAILED, whose cause is what it threw. */
export async function runHook(
  { on }: Pick<HookOptions, "on">,
  event: AnyHookEvent,
  result: HookResult,
  transaction?: TransactionSql,
): Promise<void> {
  const hook = hookOf(on, event);
  if (hook === undefined) return;
  try {
    await (transaction === undefined ? hook(event, result) : hook(event, result, transaction));
  } catch (cause) {
    throw new SsotError("HOOK_FAILED", `the hook of ${event.type} failed`, { cause });
  }
}

/**
 * Runs what is due once the event is recorded: the hook of its type, unless that ran in the transaction, then `onEvent`. Awaited where
 * the host says so: then a failure of the type's hook is thrown, HOOK_FAILED. Else the work goes on by itself, or is handed to
 * `waitUntil`, and a failure is logged.
 */
export async function runHooksAfter(
  options: HookOptions,
  event: AnyHookEvent,
  result: HookResult,
  waitUntil = options.waitUntil,
): Promise<void> {
  const { hooks, logger } = options;
  const onEvent = listenerOf(options);
  const own = hooks === "transaction" ? undefined : hookOf(options.on, event);
  if (own === undefined && onEvent === undefined) return;
  const ids = { type: event.type, vapiCallId: event.providerCallId, orgId: event.organisation?.id ?? null };
  const tell = async (): Promise<void> => {
    try {
      await onEvent?.({ ...result, ...event }, result);
    } catch (error) {
      logger.error("onEvent failed; the event itself is recorded", { ...ids, ...describeError(error) });
    }
  };
  if (hooks === "awaited") {
    if (own !== undefined) await runHook(options, event, result);
    await tell();
    return;
  }
  const work = async (): Promise<void> => {
    try {
      if (own !== undefined) await runHook(options, event, result);
    } catch (error) {
      logger.error("A hook failed; the event itself is recorded", { ...ids, ...describeError(error) });
    }
    await tell();
  };
  const going = Promise.resolve().then(work);
  waitUntil?.(going);
}

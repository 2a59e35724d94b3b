import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import type { Authenticator } from "./authenticate.ts";
import { checkOptions } from "./check-options.ts";
import { createWebhook, type Webhook } from "./create-webhook.ts";
import type { EventOrganisation, Hook, HookResult } from "./hooks.ts";
import type { ParseEvent, ProviderEvent } from "./provider-event.ts";
import { providerSource, type ResolveEvent } from "./provider-source.ts";
import { parseRetell } from "./providers/retell.ts";
import { parseTwilio } from "./providers/twilio.ts";
import { checkWebhookOptions, commonFunctions, commonOptions, type WebhookOptions } from "./webhook-options.ts";

/** An event as hooks are given it. */
export interface CallHookEvent {
  readonly type: string;
  /** As `parse` read it. */
  readonly message: ProviderEvent;
  /** Its payload, as it was sent. Personal data. */
  readonly raw: unknown;
  /** Null for `onEvent` alone, of events that record nothing: nobody has asked whose they are. */
  readonly organisation: EventOrganisation | null;
  readonly providerCallId: string | null;
}

export interface CallWebhookOptions extends WebhookOptions {
  /** Whether a request is the provider's: `"none"` has to be said. */
  readonly verify: Authenticator | "none";
  /** Reads a request's body. */
  readonly parse: ParseEvent;
  /** Whose call it is. Never by a field that the sender may fill as it likes. */
  readonly resolveOrganization: ResolveEvent;
  /** The host's own work, by the event's type; `hooks` says when. */
  readonly on?: Readonly<Record<string, Hook<CallHookEvent>>> | undefined;
  /** Told of every event that was taken, after it; what it throws is logged. */
  readonly onEvent?: Hook<CallHookEvent & HookResult> | undefined;
}

/** `handle` takes what `parse` gives. */
export type CallWebhook = Webhook;

const functions = ["parse", "resolveOrganization", "onEvent", ...commonFunctions] as const;
const others = ["verify", "on", ...commonOptions] as const;

// One that is missing here is an error of the compiler.
const known: readonly (keyof CallWebhookOptions)[] = [...functions, ...others];
type Forgotten = Exclude<keyof CallWebhookOptions, (typeof functions)[number] | (typeof others)[number]>;
const forgotten: [Forgotten] extends [never] ? true : Forgotten = true;

/**
 * The webhook of any provider of calls, with the limits, rejections, dead letters, hooks and log of Vapi's. `retell` and `twilio` give
 * `verify` and `parse`. Throws CONFIGURATION.
 */
export function createCallWebhook(options: CallWebhookOptions): CallWebhook {
  checkOptions(options, {
    of: "createCallWebhook",
    known: forgotten ? known : [],
    required: ["sql", "verify", "parse", "resolveOrganization"],
    functions,
  });
  const { verify, parse, resolveOrganization, on, onEvent } = options;
  if (verify !== "none" && typeof verify !== "function") throw wrong('verify is a function, or "none"');
  checkWebhookOptions(options);
  for (const [type, hook] of Object.entries(on ?? {})) {
    if (typeof hook !== "function") throw wrong(`on: ${type} needs a function`);
  }
  const source = providerSource(parse, resolveOrganization);
  const logger = neutral(options.logger ?? console);
  return createWebhook(
    { ...options, logger },
    {
      source,
      authenticate: verify,
      on,
      onEvent,
      provider: providers.get(parse) ?? "other",
    },
  );
}

const providers: ReadonlyMap<ParseEvent, string> = new Map([
  [parseRetell, "retell"],
  [parseTwilio, "twilio"],
]);

// Vapi's webhook was here first: its lines name the id after it.
function neutral(logger: Logger): Logger {
  const renamed = ({ vapiCallId, ...fields }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    vapiCallId === undefined ? fields : { ...fields, providerCallId: vapiCallId };
  return {
    info: (message, fields) => logger.info(message, renamed(fields)),
    warn: (message, fields) => logger.warn(message, renamed(fields)),
    error: (message, fields) => logger.error(message, renamed(fields)),
  };
}

function wrong(message: string): SsotError {
  return new SsotError("CONFIGURATION", message);
}

import type { Sql } from "postgres";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import type { HookOptions } from "./hooks.ts";
import type { ColumnOptions } from "./map-columns.ts";
import type { DeadLetter, Rejection } from "./rejection.ts";
import type { ScoreLead } from "./score-lead.ts";
import { checkTelemetryOptions, type TelemetryOptions } from "./telemetry-api.ts";

/** What the webhooks of all providers have in common. */
export interface WebhookOptions extends ColumnOptions {
  /** The pool that the host has. Its role must see and write calls and contacts of every organisation. */
  readonly sql: Sql;
  /** Scores the caller at the end of a call; `scoreLead` by default. */
  readonly scoreLead?: ScoreLead | undefined;
  /** The weights, where `scoreLead` is not given: ours, or the mission document's, by the sentiment alone. */
  readonly leadScore?: "default" | "document" | undefined;
  /** Then the call is kept without a score: 2000 by default. */
  readonly scoreTimeoutMs?: number | undefined;
  /** False: unknown numbers get no contact. True by default. */
  readonly autoCreateContacts?: boolean | undefined;
  /** For organisations that are resolved without a country: `US` by default. */
  readonly defaultCountry?: string | undefined;
  /** 5 MiB by default: a report repeats its prompt several times. */
  readonly maxBodyBytes?: number | undefined;
  /** How long a body may take to arrive: 10,000 by default; then 408. */
  readonly bodyTimeoutMs?: number | undefined;
  /** How many bytes of bodies there may be at one time, in all requests together: 64 MiB by default; then 503. */
  readonly maxBytesInFlight?: number | undefined;
  /** Answers the messages that only the host can answer, such as `assistant-request`; without it they get 501. */
  readonly otherwise?: ((request: Request, payload: unknown) => Response | Promise<Response>) | undefined;
  /**
   * When `on` runs. `"after"`, by default: once the call is recorded, beside the answer; a failure is logged. `"awaited"`: before the
   * answer; a failure is HOOK_FAILED, and the sender is asked to come again. `"transaction"`: in the transaction that writes the call,
   * which it is given; a failure takes the call back as well, HOOK_FAILED.
   */
  readonly hooks?: HookOptions["hooks"] | undefined;
  /** Keeps a serverless function alive for work that goes on after the answer; `fetch` takes one for a request, too. */
  readonly waitUntil?: ((work: Promise<void>) => void) | undefined;
  /** Told of each request of `fetch` and `nodeListener` that was not answered with success, with what was thrown. */
  readonly onRejected?: ((rejection: Rejection) => void | Promise<void>) | undefined;
  /** Given what was authenticated and could not be kept, before the answer; `replay` takes its body. */
  readonly deadLetter?: ((letter: DeadLetter) => void | Promise<void>) | undefined;
  /**
   * What OpenTelemetry is told: spans, counters and durations where `@opentelemetry/api` is installed, with neither personal data nor, unless
   * that is asked for, ids. False: nothing.
   */
  readonly telemetry?: TelemetryOptions | false | undefined;
  /** `console` by default. */
  readonly logger?: Logger | undefined;
}

/** Those of them that are functions. */
export const commonFunctions = ["scoreLead", "otherwise", "waitUntil", "onRejected", "deadLetter"] as const;
/** The others. */
export const commonOptions = [
  "sql",
  "leadScore",
  "scoreTimeoutMs",
  "autoCreateContacts",
  "defaultCountry",
  "maxBodyBytes",
  "bodyTimeoutMs",
  "maxBytesInFlight",
  "hooks",
  "columns",
  "states",
  "telemetry",
  "logger",
] as const;

// One that is missing above is an error of the compiler.
type Named = (typeof commonFunctions)[number] | (typeof commonOptions)[number];
const complete: [Exclude<keyof WebhookOptions, Named>] extends [never] ? true : Exclude<keyof WebhookOptions, Named> =
  true;

/** Refuses values that a webhook cannot work with. Throws CONFIGURATION. */
export function checkWebhookOptions(options: WebhookOptions): void {
  const { hooks = "after", leadScore = "default", scoreLead } = options;
  if (!complete || !["after", "awaited", "transaction"].includes(hooks)) {
    throw wrong("hooks is after, awaited or transaction");
  }
  checkTelemetryOptions(options.telemetry);
  if (!["default", "document"].includes(leadScore)) throw wrong("leadScore is default or document");
  if (options.leadScore !== undefined && scoreLead !== undefined) {
    throw wrong("leadScore and scoreLead exclude each other");
  }
}

function wrong(message: string): SsotError {
  return new SsotError("CONFIGURATION", message);
}

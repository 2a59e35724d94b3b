import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sql } from "postgres";
import { errorAnswer } from "../http/answer.ts";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import { answerEvent, type DeadLetter } from "./answer-event.ts";
import type { Authenticator } from "./authenticate.ts";
import { type Handled, handleEvent } from "./handle-event.ts";
import { nodeBody, nodeRequest, sendAnswer } from "./node-http.ts";
import { BodyBudget, webBody } from "./read-body.ts";
import type { ResolveOrganization } from "./resolve-organisation.ts";
import { scoreLead as defaultScorer, type ScoreLead } from "./score-lead.ts";

export interface VapiWebhookOptions {
  /** The pool that the host has. Its role must see and write calls and contacts of every organisation. */
  readonly sql: Sql;
  /** `organizationByVapiId(sql)`, or the host's own. */
  readonly resolveOrganization: ResolveOrganization;
  /** Required, so that nobody forgets it: `"none"` has to be said. */
  readonly authenticate: Authenticator | "none";
  /** Scores the caller at the end of a call; `scoreLead` by default. */
  readonly scoreLead?: ScoreLead;
  /** Then the call is kept without a score: 2000 by default. */
  readonly scoreTimeoutMs?: number;
  /** False: unknown numbers get no contact. True by default. */
  readonly autoCreateContacts?: boolean;
  /** For organisations that are resolved without a country: `US` by default. */
  readonly defaultCountry?: string;
  /** 5 MiB by default: a report repeats its prompt several times. */
  readonly maxBodyBytes?: number;
  /** How long a body may take to arrive: 10,000 by default; then 408. */
  readonly bodyTimeoutMs?: number;
  /** How many bytes of bodies there may be at one time, in all requests together: 64 MiB by default; then 503. */
  readonly maxBytesInFlight?: number;
  /** Where callers' own data name a contact: `contactId` by default, null for never. */
  readonly contactIdKey?: string | null;
  /** Answers the messages that only the host can answer, such as `assistant-request`; without it they get 501. */
  readonly otherwise?: (request: Request, payload: unknown) => Response | Promise<Response>;
  /**
   * Is given each message of `fetch` and `nodeListener` whose organisation is disputed (DISPUTED_ORGANISATION), with its payload; what it
   * throws is logged.
   */
  readonly deadLetter?: (letter: DeadLetter) => void | Promise<void>;
  /** `console` by default. */
  readonly logger?: Logger;
  /** Told after each message of `fetch` and `nodeListener` that was answered with success; what it throws is logged. */
  readonly onEvent?: (event: Handled) => void | Promise<void>;
}

export interface VapiWebhook {
  /**
   * Records a message that the caller has authenticated. Rejects with a SsotError: PAYLOAD_INVALID, UNKNOWN_ORGANISATION,
   * DISPUTED_ORGANISATION, CALL_OF_ANOTHER_ORGANISATION, DATABASE_UNAVAILABLE, CONFIGURATION; with anything else where the tables are not those
   * that `ssot` expects. Nothing is written then.
   */
  readonly handle: (payload: unknown) => Promise<Handled>;
  /** A web-standard handler: Hono, Next.js, Supabase Edge Functions, Bun, Deno. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** A listener of `node:http`, Express, Fastify. The body must not have been read before. Never throws. */
  readonly nodeListener: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The webhook of Vapi: each call with its contact, in one statement. Throws CONFIGURATION. */
export function createVapiWebhook(options: VapiWebhookOptions): VapiWebhook {
  refuseIncomplete(options);
  const {
    scoreLead = defaultScorer,
    scoreTimeoutMs = 2_000,
    autoCreateContacts = true,
    defaultCountry = "US",
    maxBodyBytes = 5 * 1024 * 1024,
    bodyTimeoutMs = 10_000,
    maxBytesInFlight = 64 * 1024 * 1024,
    contactIdKey = "contactId",
    logger = console,
  } = options;
  const complete = {
    ...options,
    scoreLead,
    scoreTimeoutMs,
    autoCreateContacts,
    defaultCountry,
    body: { mostBytes: maxBodyBytes, mostMs: bodyTimeoutMs, budget: new BodyBudget(maxBytesInFlight) },
    contactIdKey,
    logger,
  };
  return {
    handle: (payload) => handleEvent(complete, payload),
    fetch: (request) => answerEvent(complete, request, webBody(request), request.headers.get("content-length")),
    nodeListener: (incoming, outgoing) => {
      void listen(incoming, outgoing);
    },
  };

  async function listen(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const body = nodeBody(incoming);
      const answered =
        body === undefined
          ? bodyWasRead(logger)
          : await answerEvent(complete, nodeRequest(incoming), body, incoming.headers["content-length"]);
      await sendAnswer(answered, incoming, outgoing);
    } catch {
      // The sender has hung up: there is nobody to answer.
      outgoing.destroy();
    }
  }
}

function bodyWasRead(logger: Logger): Response {
  logger.error("The body was read before the webhook got it: mount it in front of any body parser", {});
  return errorAnswer(500, "CONFIGURATION", "the webhook is not mounted rightly");
}

// For those who write JavaScript.
function refuseIncomplete(options: Partial<VapiWebhookOptions>): void {
  const missing = (["sql", "resolveOrganization", "authenticate"] as const).filter(
    (name) => options[name] === undefined,
  );
  if (missing.length === 0) return;
  throw new SsotError("CONFIGURATION", `createVapiWebhook needs ${missing.join(", ")}`, {
    hint: 'Who really wants no authentication says authenticate: "none".',
  });
}

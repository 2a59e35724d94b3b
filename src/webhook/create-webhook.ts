import type { IncomingMessage, ServerResponse } from "node:http";
import { SsotError } from "../model/errors.ts";
import { answerEvent } from "./answer-event.ts";
import type { Authenticator } from "./authenticate.ts";
import { CallRecorder } from "./call-recorder.ts";
import { EventMemory } from "./event-memory.ts";
import type { EventSource } from "./event-source.ts";
import { handleEvent } from "./handle-event.ts";
import type { Handled } from "./handled.ts";
import type { Hook } from "./hooks.ts";
import { mapColumns } from "./map-columns.ts";
import { nodeBody, nodeRequest, sendAnswer } from "./node-http.ts";
import { BodyBudget, webBody } from "./read-body.ts";
import { reject, rejected, type Trace } from "./rejection.ts";
import { scoreBySentiment, scoreLead } from "./score-lead.ts";
import { telemetryOf } from "./telemetry.ts";
import type { WebhookOptions } from "./webhook-options.ts";

export interface Webhook {
  /**
   * Records an event that the caller has authenticated, and runs the hooks. Rejects with a SsotError: PAYLOAD_INVALID,
   * UNKNOWN_ORGANISATION, DISPUTED_ORGANISATION, CALL_OF_ANOTHER_ORGANISATION, DATABASE_UNAVAILABLE, CONFIGURATION, HOOK_FAILED; with
   * anything else where the tables are not those that `ssot` expects. Nothing is written then, but with a hook that was awaited.
   */
  readonly handle: (payload: unknown) => Promise<Handled>;
  /** The same for a body that `deadLetter` was given, as it was sent. Nothing is authenticated. Rejects like `handle`. */
  readonly replay: (body: string | Uint8Array) => Promise<Handled>;
  /**
   * A web-standard handler: Hono, Next.js, Supabase Edge Functions, Bun, Deno. Never rejects. `waitUntil` of a request's own context
   * keeps what goes on after the answer alive.
   */
  readonly fetch: (
    request: Request,
    context?: { readonly waitUntil?: (work: Promise<void>) => void },
  ) => Promise<Response>;
  /**
   * A listener of `node:http`, Express, Fastify. The body must not have been read before, unless the platform keeps it as it was sent in
   * `rawBody`. Never throws.
   */
  readonly nodeListener: (request: IncomingMessage, response: ServerResponse) => void;
}

/** What a provider's webhook brings along. */
export interface WebhookParts {
  readonly source: EventSource;
  readonly authenticate: Authenticator | "none";
  readonly on: Readonly<Record<string, Hook<never>>> | undefined;
  readonly onEvent: Hook<never> | undefined;
  /** As telemetry names it. */
  readonly provider: string;
}

/** The webhook of a provider; its options have been checked, but those of the columns. Throws CONFIGURATION. */
export function createWebhook(options: WebhookOptions, parts: WebhookParts): Webhook {
  const { source, authenticate, on, onEvent } = parts;
  const telemetry = telemetryOf(options.telemetry, parts.provider);
  const budget = new BodyBudget(options.maxBytesInFlight ?? 64 * 1024 * 1024);
  const complete = {
    source,
    authenticate,
    sql: options.sql,
    scoreLead: options.scoreLead ?? (options.leadScore === "document" ? scoreBySentiment : scoreLead),
    scoreTimeoutMs: options.scoreTimeoutMs ?? 2_000,
    autoCreateContacts: options.autoCreateContacts ?? true,
    defaultCountry: options.defaultCountry ?? "US",
    body: { mostBytes: options.maxBodyBytes ?? 5 * 1024 * 1024, mostMs: options.bodyTimeoutMs ?? 10_000, budget },
    logger: options.logger ?? console,
    on: new Map(Object.entries(on ?? {})),
    onEvent,
    hooks: options.hooks ?? "after",
    otherwise: options.otherwise,
    waitUntil: options.waitUntil,
    onRejected: options.onRejected,
    deadLetter: options.deadLetter,
    recorder: new CallRecorder(mapColumns(options)),
    memory: new EventMemory(),
    telemetry,
  };
  const told = <T>(work: (trace: Trace) => Promise<T>): Promise<T> => {
    const trace: Trace = {};
    return telemetry === undefined ? work(trace) : telemetry.event(trace, () => work(trace));
  };
  return {
    handle: (payload) => told((trace) => handleEvent(complete, payload, trace)),
    replay: (body) =>
      told(async (trace) => {
        if (typeof body !== "string" && !(body instanceof Uint8Array)) {
          throw new SsotError("PAYLOAD_INVALID", "replay takes the body as text or bytes");
        }
        const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
        return await handleEvent(complete, await source.parse(bytes, new Headers()), trace);
      }),
    fetch: (request, context) => {
      if (request.bodyUsed || request.body?.locked === true) return bodyWasRead();
      const contentLength = request.headers.get("content-length");
      const waitUntil = context?.waitUntil?.bind(context);
      return told((trace) =>
        answerEvent(complete, { request, stream: webBody(request), contentLength, waitUntil }, trace),
      );
    },
    nodeListener: (incoming, outgoing) => {
      void listen(incoming, outgoing);
    },
  };

  async function listen(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const stream = nodeBody(incoming);
      const contentLength = incoming.headers["content-length"];
      const answered =
        stream === undefined
          ? await bodyWasRead()
          : await told((trace) =>
              answerEvent(complete, { request: nodeRequest(incoming), stream, contentLength }, trace),
            );
      await sendAnswer(answered, incoming, outgoing);
    } catch {
      // The sender has hung up: there is nobody to answer.
      outgoing.destroy();
    }
  }

  function bodyWasRead(): Promise<Response> {
    const said = "The body was read before the webhook got it: mount it in front of any body parser";
    return told((trace) =>
      reject(complete, rejected(trace, "CONFIGURATION", "the webhook is not mounted rightly"), said),
    );
  }
}

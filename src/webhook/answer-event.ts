import { answer } from "../http/answer.ts";
import { SsotError } from "../model/errors.ts";
import type { Authenticator, Verdict } from "./authenticate.ts";
import { type HandleOptions, handleEvent } from "./handle-event.ts";
import type { HookOptions } from "./hooks.ts";
import { type BodyLimits, type BodyStream, withBody } from "./read-body.ts";
import { lay, type RejectionOptions, reject, rejected, rejectionOf, type Trace } from "./rejection.ts";

export interface AnswerOptions extends HandleOptions, RejectionOptions {
  readonly authenticate: Authenticator | "none";
  readonly body: BodyLimits;
  readonly otherwise?: ((request: Request, payload: unknown) => Response | Promise<Response>) | undefined;
}

/** A request on its way in. */
export interface Incoming {
  readonly request: Request;
  readonly stream: BodyStream | null;
  readonly contentLength: string | null | undefined;
  readonly waitUntil?: HookOptions["waitUntil"];
}

/** The answer to a request; it never rejects. */
export async function answerEvent(options: AnswerOptions, incoming: Incoming, trace: Trace = {}): Promise<Response> {
  const { request, stream, contentLength } = incoming;
  try {
    if (request.method !== "POST") {
      return await reject(options, rejected(trace, "METHOD_NOT_ALLOWED", "POST is expected"));
    }
    const authenticate = options.authenticate === "none" ? allowAll : options.authenticate;
    const { headersOnly } = authenticate;
    const early = headersOnly ? await askAuthenticator(authenticate, request, new Uint8Array()) : undefined;
    if (early === false) {
      stream?.stop();
      return await unauthenticated(options, trace);
    }
    return await withBody(stream, contentLength, options.body, async (body) => {
      const verdict = early ?? (await askAuthenticator(authenticate, request, body));
      if (verdict === false) return await unauthenticated(options, trace);
      const answered = await answerBody(options, incoming, body, trace);
      if (verdict !== true && answered.ok) verdict.onHandled();
      return answered;
    });
  } catch (error) {
    return await reject(options, rejectionOf(error, trace));
  }
}

const allowAll: Authenticator = () => true;

function unauthenticated(options: AnswerOptions, trace: Trace): Promise<Response> {
  return reject(options, rejected(trace, "UNAUTHENTICATED", "the sender did not prove who it is"));
}

// Whatever it fails with, it is not the database's failure.
async function askAuthenticator(authenticate: Authenticator, request: Request, body: Uint8Array): Promise<Verdict> {
  try {
    return await authenticate(request, body);
  } catch (cause) {
    throw new SsotError("CONFIGURATION", "the authenticator failed", { cause });
  }
}

// From here on the sender is who it says: what cannot be kept goes to deadLetter.
async function answerBody(
  options: AnswerOptions,
  { request, waitUntil }: Incoming,
  body: Uint8Array,
  trace: Trace,
): Promise<Response> {
  const { source } = options;
  let payload: unknown;
  let isHosts = false;
  try {
    payload = await source.parse(body, request.headers);
    trace.type = source.typeOf(payload);
    isHosts = source.wantsAnswer(payload);
    if (isHosts) return await askHost(options, request, payload, trace);
    const event = await handleEvent(options, payload, trace, waitUntil);
    if (!event.handled) return answer(200, {});
    const { callId, contactId, contactCreated } = event;
    return answer(200, { callId, contactId, contactCreated });
  } catch (error) {
    const rejection = rejectionOf(error, trace);
    const answered = await reject(options, rejection);
    if (!isHosts && options.deadLetter !== undefined) {
      trace.letterTaken = await lay(options, rejection, body, payload);
    }
    return answered;
  }
}

async function askHost(options: AnswerOptions, request: Request, payload: unknown, trace: Trace): Promise<Response> {
  if (options.otherwise === undefined) {
    return await reject(options, rejected(trace, "NOT_IMPLEMENTED", "nobody here answers messages of this type"));
  }
  let answered: unknown;
  try {
    answered = await options.otherwise(request, payload);
  } catch (cause) {
    throw new SsotError("OTHERWISE_FAILED", "the host could not answer", { cause });
  }
  if (isResponse(answered)) return answered;
  throw new SsotError("NO_ANSWER", "the host gave no answer");
}

// Of whichever realm or library it is.
function isResponse(value: unknown): value is Response {
  return (
    value instanceof Response ||
    (typeof value === "object" && value !== null && "status" in value && "arrayBuffer" in value)
  );
}

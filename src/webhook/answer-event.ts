import { answer, errorAnswer } from "../http/answer.ts";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import { type ErrorCode, SsotError } from "../model/errors.ts";
import type { Authenticator, Verdict } from "./authenticate.ts";
import { type Handled, type HandleOptions, handleEvent } from "./handle-event.ts";
import { readType } from "./payload.ts";
import { type BodyLimits, type BodyStream, withBody } from "./read-body.ts";

/** A message of an authenticated sender that nobody's call was made of. */
export interface DeadLetter {
  readonly reason: ErrorCode;
  /** Personal data: the message as it was sent. */
  readonly payload: unknown;
}

export interface AnswerOptions extends HandleOptions {
  readonly authenticate: Authenticator | "none";
  readonly body: BodyLimits;
  readonly deadLetter?: (letter: DeadLetter) => void | Promise<void>;
  readonly otherwise?: (request: Request, payload: unknown) => Response | Promise<Response>;
  readonly onEvent?: (event: Handled) => void | Promise<void>;
}

// Their answer decides how the call goes on: an empty one would end it.
const typesThatWantAnAnswer = new Set([
  "assistant-request",
  "tool-calls",
  "transfer-destination-request",
  "handoff-destination-request",
  "knowledge-base-request",
  "call.endpointing.request",
  "campaign.predial",
  "voice-request",
]);

const statuses: Partial<Record<ErrorCode, number>> = {
  PAYLOAD_INVALID: 400,
  UNKNOWN_ORGANISATION: 404,
  DISPUTED_ORGANISATION: 404,
  BODY_TOO_SLOW: 408,
  CALL_OF_ANOTHER_ORGANISATION: 409,
  BODY_TOO_LARGE: 413,
  BODIES_TOO_MANY: 503,
  DATABASE_UNAVAILABLE: 503,
};

/** The answer to a request; it never rejects. */
export async function answerEvent(
  options: AnswerOptions,
  request: Request,
  stream: BodyStream | null,
  contentLength: string | null | undefined,
): Promise<Response> {
  try {
    if (request.method !== "POST") {
      return errorAnswer(405, "METHOD_NOT_ALLOWED", "POST is expected", { allow: "POST" });
    }
    const authenticate = options.authenticate === "none" ? allowAll : options.authenticate;
    const { headersOnly } = authenticate;
    const early = headersOnly ? await askAuthenticator(authenticate, request, new Uint8Array()) : undefined;
    if (early === false) {
      stream?.stop();
      return unauthenticated();
    }
    return await withBody(stream, contentLength, options.body, async (body) => {
      const verdict = early ?? (await askAuthenticator(authenticate, request, body));
      if (verdict === false) return unauthenticated();
      const answered = await answerPayload(options, request, readJson(body));
      if (verdict !== true && answered.ok) verdict.onHandled();
      return answered;
    });
  } catch (error) {
    return answerError(options, error);
  }
}

const allowAll: Authenticator = () => true;

function unauthenticated(): Response {
  return errorAnswer(401, "UNAUTHENTICATED", "the sender did not prove who it is");
}

// Whatever it fails with, it is not the database's failure.
async function askAuthenticator(authenticate: Authenticator, request: Request, body: Uint8Array): Promise<Verdict> {
  try {
    return await authenticate(request, body);
  } catch (cause) {
    throw new SsotError("CONFIGURATION", "the authenticator failed", { cause });
  }
}

async function answerPayload(options: AnswerOptions, request: Request, payload: unknown): Promise<Response> {
  const type = readType(payload);
  if (typesThatWantAnAnswer.has(type)) {
    if (options.otherwise !== undefined) return options.otherwise(request, payload);
    options.logger.error("A message wants an answer that only the host has: give the option otherwise", { type });
    return errorAnswer(501, "NOT_IMPLEMENTED", "nobody here answers messages of this type");
  }
  const event = await handleEvent(options, payload).catch(async (error: unknown) => {
    await lay(options, payload, error);
    throw error;
  });
  tell(options, event);
  if (!event.handled) return answer(200, {});
  const { callId, contactId, contactCreated } = event;
  return answer(200, { callId, contactId, contactCreated });
}

// What nobody may have is not lost: the host decides.
async function lay({ deadLetter, logger }: AnswerOptions, payload: unknown, error: unknown): Promise<void> {
  if (!(error instanceof SsotError) || error.code !== "DISPUTED_ORGANISATION") return;
  logger.error("A message belongs to no organisation for certain: its ids are those of several", { code: error.code });
  try {
    await deadLetter?.({ reason: error.code, payload });
  } catch {
    logger.error("deadLetter failed", { code: error.code });
  }
}

function tell({ onEvent, logger }: AnswerOptions, event: Handled): void {
  if (onEvent === undefined) return;
  Promise.resolve(event)
    .then(onEvent)
    .catch(() => logger.error("onEvent failed; the event itself is recorded", {}));
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new SsotError("PAYLOAD_INVALID", "the body: JSON expected");
  }
}

function answerError({ logger }: AnswerOptions, error: unknown): Response {
  // Of a database's text nothing is said or logged: it may repeat values.
  const code = error instanceof SsotError ? error.code : isDatabaseAway(error) ? "DATABASE_UNAVAILABLE" : undefined;
  const status = code === undefined ? undefined : statuses[code];
  if (code === undefined || status === undefined) {
    logger.error("An event could not be recorded", { code: code ?? errorCodeOf(error) ?? "unknown" });
    return errorAnswer(500, "INTERNAL", "the event could not be recorded");
  }
  const message = error instanceof SsotError ? error.message : "the database is away";
  if (status !== 503) return errorAnswer(status, code, message);
  if (code === "BODIES_TOO_MANY") logger.error("Too many bodies at one time; the sender is asked to come again", {});
  else logger.error("The database is away; the sender is asked to come again", {});
  return errorAnswer(status, code, message, { "retry-after": "5" });
}

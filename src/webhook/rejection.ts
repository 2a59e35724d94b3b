import { errorAnswer } from "../http/answer.ts";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import type { Logger } from "../http/logger.ts";
import { type ErrorCode, SsotError } from "../model/errors.ts";
import { describeError } from "./describe-error.ts";
import type { Handled } from "./handled.ts";

/** Why a request was answered with something else than success. */
export type RejectionCode = ErrorCode | "UNAUTHENTICATED" | "METHOD_NOT_ALLOWED" | "NOT_IMPLEMENTED" | "INTERNAL";

/** A request that was not answered with success. */
export interface Rejection {
  /** Of the answer. */
  readonly status: number;
  readonly code: RejectionCode;
  /** What the sender was told. */
  readonly message: string;
  /** As far as they are known: the message's type, the provider's id of the call, the organisation's. */
  readonly type: string | null;
  readonly providerCallId: string | null;
  readonly orgId: string | null;
  /** What was thrown, with its own words, which may hold personal data; undefined where nothing was. */
  readonly error: unknown;
}

/** What is known of a message, for whoever has to say what became of it. Filled in as the work goes on. */
export interface Trace {
  type?: string;
  providerCallId?: string;
  orgId?: string;
  handled?: Handled;
  rejection?: Rejection;
  /** Whether `deadLetter`, which was given it, took it. */
  letterTaken?: boolean;
}

/** An event of an authenticated sender that could not be kept. */
export interface DeadLetter extends Omit<Rejection, "message" | "code"> {
  readonly reason: RejectionCode;
  /** Personal data: the body as it was sent, for `webhook.replay`. */
  readonly body: Uint8Array;
  /** The same, parsed; undefined where it is no JSON. */
  readonly payload: unknown;
}

export interface RejectionOptions {
  readonly logger: Logger;
  readonly onRejected?: ((rejection: Rejection) => void | Promise<void>) | undefined;
  readonly deadLetter?: ((letter: DeadLetter) => void | Promise<void>) | undefined;
}

interface Reason {
  readonly status: number;
  /** What the log says. */
  readonly said: string;
}

const reasons: Partial<Record<RejectionCode, Reason>> = {
  PAYLOAD_INVALID: { status: 400, said: "A message cannot be read" },
  UNAUTHENTICATED: { status: 401, said: "A sender did not prove who it is" },
  UNKNOWN_ORGANISATION: { status: 404, said: "A message belongs to no organisation" },
  DISPUTED_ORGANISATION: {
    status: 404,
    said: "A message belongs to no organisation for certain: its ids are those of several",
  },
  METHOD_NOT_ALLOWED: { status: 405, said: "A request was no POST" },
  BODY_TOO_SLOW: { status: 408, said: "A body took too long" },
  CALL_OF_ANOTHER_ORGANISATION: { status: 409, said: "A call's id belongs to another organisation" },
  BODY_TOO_LARGE: { status: 413, said: "A body is larger than maxBodyBytes" },
  NOT_IMPLEMENTED: {
    status: 501,
    said: "A message wants an answer that only the host has: give the option otherwise",
  },
  CONFIGURATION: { status: 500, said: "The webhook is not set up rightly" },
  NO_ANSWER: { status: 500, said: "otherwise gave no Response" },
  OTHERWISE_FAILED: { status: 500, said: "otherwise failed" },
  HOOK_FAILED: { status: 500, said: "A hook failed" },
  BODIES_TOO_MANY: { status: 503, said: "Too many bodies at one time; the sender is asked to come again" },
  DATABASE_UNAVAILABLE: { status: 503, said: "The database is away; the sender is asked to come again" },
};

const toldInternal = "the event could not be recorded";

/** What an error becomes. Of a database's text, and of a host's, nothing is said: it may repeat values. */
export function rejectionOf(error: unknown, trace: Trace): Rejection {
  const known = error instanceof SsotError ? error.code : isDatabaseAway(error) ? "DATABASE_UNAVAILABLE" : undefined;
  const reason = known === undefined ? undefined : reasons[known];
  const isKnown = known !== undefined && reason !== undefined;
  // What is wrong with the host's set-up is the host's business.
  const isOurs = error instanceof SsotError && isKnown && known !== "CONFIGURATION";
  return {
    ...rejected(trace, isKnown ? known : "INTERNAL", isOurs ? error.message : toldInternal, error),
    ...(isKnown && !(error instanceof SsotError) ? { message: "the database is away" } : {}),
  };
}

/** A rejection for a reason that nobody threw. The trace has it from then on. */
export function rejected(trace: Trace, code: RejectionCode, message: string, error?: unknown): Rejection {
  const { type = null, providerCallId = null, orgId = null } = trace;
  trace.rejection = { status: reasons[code]?.status ?? 500, code, message, type, providerCallId, orgId, error };
  return trace.rejection;
}

/** Logs a rejection in one line, tells the host, and gives the answer. Never rejects. */
export async function reject(
  options: RejectionOptions,
  rejection: Rejection,
  said = reasons[rejection.code]?.said ?? "An event could not be recorded",
): Promise<Response> {
  const { status, code, message, type, providerCallId, orgId, error } = rejection;
  const { logger, onRejected } = options;
  const fields = {
    status,
    code,
    ...(type === null ? {} : { type: type.slice(0, 100) }),
    ...(providerCallId === null ? {} : { vapiCallId: providerCallId }),
    ...(orgId === null ? {} : { orgId }),
    ...(code === "PAYLOAD_INVALID" ? { field: message } : {}),
    ...(code === "CONFIGURATION" && error instanceof SsotError ? { reason: error.message } : {}),
    ...reasonOf(error),
  };
  if (status >= 500) logger.error(said, fields);
  else logger.warn(said, fields);
  try {
    await onRejected?.(rejection);
  } catch (thrown) {
    logger.error("onRejected failed", { code, ...describeError(thrown) });
  }
  const headers = status === 405 ? { allow: "POST" } : status === 503 ? { "retry-after": "5" } : {};
  return errorAnswer(
    status,
    code === "CONFIGURATION" && message === toldInternal ? "INTERNAL" : code,
    message,
    headers,
  );
}

/** Gives the host what would be lost; says whether it took it. Never rejects. */
export async function lay(
  { deadLetter, logger }: RejectionOptions,
  { code, message: _, ...rejection }: Rejection,
  body: Uint8Array,
  payload: unknown,
): Promise<boolean> {
  try {
    await deadLetter?.({ ...rejection, reason: code, body, payload });
    return true;
  } catch (error) {
    logger.error("deadLetter failed", { code, ...describeError(error) });
    return false;
  }
}

// An error of ours says itself what it is; what it wraps is somebody's.
function reasonOf(error: unknown): Readonly<Record<string, unknown>> {
  if (error === undefined) return {};
  if (error instanceof SsotError) return error.cause === undefined ? {} : { ...describeError(error.cause) };
  return { ...describeError(error), ...(errorCodeOf(error) === undefined ? {} : { sqlstate: errorCodeOf(error) }) };
}

import { SsotError } from "../model/errors.ts";

/** Hears what went wrong, in words and codes: never a query, a name, or a number. */
export interface DashboardLogger {
  error(message: string, details: Readonly<Record<string, string>>): void;
}

const lost =
  /^(08...|57P0[1-5]|53300|CONNECTION_(CLOSED|DESTROYED|ENDED)|CONNECT_TIMEOUT|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/** An answer in JSON that nobody may keep. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** An error's answer: `{ "error": { "code", "message" } }`. */
export function refuse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return answer(status, { error: { code, message } }, headers);
}

/** What an error becomes: 400 for a wrong field, 503 where the database is away, else 500 without a word of its text. */
export function answerError(error: unknown, logger: DashboardLogger | undefined): Response {
  if (error instanceof SsotError && error.code === "REQUEST_INVALID") return refuse(400, error.code, error.message);
  const code = codeOf(error);
  if (lost.test(code)) {
    logger?.error("the database is away", { code });
    return refuse(503, "UNAVAILABLE", "the database is away", { "retry-after": "5" });
  }
  const message = error instanceof SsotError ? error.message : "a request could not be answered";
  logger?.error(message, { code });
  return refuse(500, "INTERNAL", "the request could not be answered");
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}

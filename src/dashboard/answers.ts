import { errorAnswer } from "../http/answer.ts";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";

/** What an error becomes: 400 for a wrong field, 503 where the database is away, else 500 without a word of its text. */
export function answerError(error: unknown, logger: Pick<Logger, "error"> | undefined): Response {
  if (error instanceof SsotError && error.code === "REQUEST_INVALID") {
    return errorAnswer(400, error.code, error.message);
  }
  const code = errorCodeOf(error) ?? "unknown";
  if (isDatabaseAway(error)) {
    logger?.error("The database is away", { code });
    return errorAnswer(503, "DATABASE_UNAVAILABLE", "the database is away", { "retry-after": "5" });
  }
  logger?.error(error instanceof SsotError ? error.message : "A request could not be answered", { code });
  return errorAnswer(500, "INTERNAL", "the request could not be answered");
}

import { SsotError } from "../../model/errors.ts";

/**
 * What a run on the copy was stopped by, with what helps there. A run's own hint is meant for its own command, which works on the target
 * where that is the default: it is left out, apart from options that a rehearsal has as well. Pure.
 */
export function leftOnCopy(error: unknown): unknown {
  if (!(error instanceof SsotError)) return error;
  const { code, message, hint = "", cause, details, contacts } = error;
  const left =
    code === "ROLLBACK_FAILED"
      ? "The copy cannot be taken back like this: mend the file and give the same command again, or make a new copy."
      : "On the copy the same command takes back what was done, and begins anew.";
  return new SsotError(code, message, { hint: `${withoutRuns(hint)} ${left}`.trim(), cause, details, contacts });
}

function withoutRuns(hint: string): string {
  const asked = hint.replace(/\bssot migrate (?=--)/g, "ssot rehearse ");
  const sentences = asked.split(/(?<=\.)\s+|(?=To go on: ssot )/);
  return sentences
    .filter((sentence) => !/\bssot (?:migrate|rollback)\b/.test(sentence))
    .join(" ")
    .trim();
}

import { type ContactProblem, type RunDetails, SsotError } from "../model/errors.ts";
import { attest, type ShownEvidence } from "../model/evidence.ts";
import { visible, visibleLines } from "../model/visible.ts";
import type { ErrorView } from "../report/render-error.ts";
import { type Io, wantsColor, widthOf } from "./io.ts";
import { redact } from "./redact.ts";

/**
 * Prints an error on stderr, and with `json` also as a document on stdout, which says how far the run came where it
 * failed on its way. Anything but a SsotError is a bug, and is shown with its stack. No password of a URL is repeated.
 */
export async function printError(
  error: unknown,
  io: Io,
  options: { json: boolean; color: boolean; evidence: ShownEvidence },
): Promise<void> {
  const { renderError } = await import("../report/render-error.ts");
  const { createStyle } = await import("../report/style.ts");
  const view = viewOf(error);
  const color = wantsColor(io.stderr, io.env, options.color);
  io.stderr.write(`${renderError(view, createStyle({ color, width: widthOf(io.stderr) }))}\n`);
  if (!options.json) return;
  const { code, message, hint = null, run, contacts } = view;
  const { renderJson } = await import("../report/json.ts");
  io.stdout.write(`${renderJson(attest({ error: { code, message, hint, run, contacts } }, options.evidence))}\n`);
}

interface View extends ErrorView {
  /** Undefined: no migration was under way. */
  readonly run: RunDetails | undefined;
  /** All contacts that are in the way, where contacts are. */
  readonly contacts: readonly ContactProblem[] | undefined;
}

function viewOf(error: unknown): View {
  if (error instanceof SsotError) {
    const hint = error.hint === undefined ? undefined : redact(error.hint);
    const { code, details: run, contacts } = error;
    return { code, message: redact(error.message), hint, stack: undefined, run, contacts };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "BUG",
    message: visible(redact(message)),
    hint: "This is a bug in ssot. Please report it with the lines above. What is applied: ssot status",
    stack: error instanceof Error && error.stack !== undefined ? visibleLines(redact(error.stack)) : undefined,
    run: undefined,
    contacts: undefined,
  };
}

import { createHash } from "node:crypto";
import { SsotError } from "../../model/errors.ts";
import type { PlanDocument } from "./document.ts";
import { planFormat, planShape } from "./shape.ts";

/** Gives a document its format and the hash over everything else in it. Pure. */
export function seal<D extends object>(
  content: D,
): D & { readonly ssotPlan: typeof planFormat; readonly hash: string } {
  const whole = { ssotPlan: planFormat, ...content } as const;
  return { ...whole, hash: hashOf(whole) };
}

/** Reads the text of a plan. Pure. Throws PLAN_FILE for what is none, is of another format, or was edited. */
export function readPlanText(text: string, file: string): PlanDocument {
  const content = parse(text, file);
  const format = isRecord(content) ? content.ssotPlan : undefined;
  if (format === undefined) throw notFit(`${file} is no plan of ssot`);
  if (format !== planFormat)
    throw notFit(`${file} is a plan of format ${JSON.stringify(format)}, this reads ${planFormat}`);
  const { hash, ...rest } = content as { readonly hash?: unknown };
  if (hash !== hashOf(rest)) throw notFit(`${file} was edited: its hash is not that of what it says`);
  const read = planShape.safeParse(content);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw notFit(`${file} is no plan of ssot: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** SHA-256 over the document as JSON, the fields of each object in the order of their names. */
function hashOf(content: object): string {
  return createHash("sha256").update(canonical(content)).digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notFit(`${file} is no plan of ssot: it is no JSON`, cause);
  }
}

function notFit(message: string, cause?: unknown): SsotError {
  return new SsotError("PLAN_FILE", message, {
    cause,
    hint: "Nothing was changed. Make a plan: ssot migrate --dry-run --plan-out FILE",
  });
}

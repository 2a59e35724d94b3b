import { z } from "zod";
import type { AnswerRow } from "./ask.ts";

const blank = "…";

/**
 * Blanks what may be a person's: documents and lists, and every text that is not an identifier (uuid), one of a fixed
 * set, or marked as plain by the check's schema. Numbers, dates, true, false and null stay.
 */
export function redactRow(row: AnswerRow, schema: z.ZodObject | undefined): AnswerRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const harmless = value === null || value instanceof Date || ["number", "boolean"].includes(typeof value);
      const shown = harmless || (schema !== undefined && isPlain(schema.shape[name]));
      return [name, shown ? value : blank];
    }),
  );
}

function isPlain(type: unknown): boolean {
  if (type instanceof z.ZodNullable) return isPlain(type.unwrap());
  if (
    type instanceof z.ZodGUID ||
    type instanceof z.ZodUUID ||
    type instanceof z.ZodEnum ||
    type instanceof z.ZodLiteral
  )
    return true;
  return type instanceof z.ZodType && type.meta()?.shown === true;
}

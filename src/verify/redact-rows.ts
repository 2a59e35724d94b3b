import { z } from "zod";
import type { AnswerRow } from "./ask.ts";

const blank = "…";

/**
 * Blanks what may be a person's: every text that is not an identifier (uuid), one of a fixed set, or marked as plain by
 * the check's schema. Null stays null.
 */
export function redactRow(row: AnswerRow, schema: z.ZodObject | undefined): AnswerRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const shown = typeof value !== "string" || (schema !== undefined && isPlain(schema.shape[name]));
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

import { z } from "zod";
import { packNames } from "../migrations/packs.ts";
import { readExcused } from "../model/excused.ts";

const pack = z.enum(packNames, { error: ({ input }) => `there is no pack ${String(input)}; there is: ${packNames}` });

const excused = z.string().transform((text, context) => {
  const read = readExcused(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: "expected ROLE or ROLE=YYYY-MM-DD" });
  return z.NEVER;
});

/**
 * The file, field by field.
 *
 * @public its schema is made of it: scripts/json-schemas.mjs
 */
export const configurationShape = z.strictObject({
  // For editors.
  $schema: z.string().optional(),
  packs: z
    .array(pack)
    .refine((names) => new Set(names).size === names.length, "names a pack twice")
    .optional(),
  migrations: z.string().min(1).optional(),
  audit: z
    .strictObject({ reads: z.enum(["require", "warn"]).optional(), allow: z.array(excused).optional() })
    .optional(),
  verify: z
    .strictObject({
      thresholds: z.record(z.string(), z.number()).optional(),
      tenant: z.strictObject({ role: z.string().min(1), settings: z.record(z.string(), z.string()) }).optional(),
      suites: z.string().optional(),
    })
    .optional(),
});

/** What a configuration may say. */
export type ConfigurationFile = z.infer<typeof configurationShape>;

/** Holds what a file says to the shape of a configuration, or tells each problem with its place. */
export function readShape(
  content: unknown,
): { readonly file: ConfigurationFile } | { readonly problems: readonly string[] } {
  const found = configurationShape.safeParse(content);
  if (found.success) return { file: found.data };
  return { problems: found.error.issues.map(({ path, message }) => `${path.join(".") || "file"}: ${message}`) };
}

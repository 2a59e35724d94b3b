import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { SsotError } from "../model/errors.ts";

/** What a team sets once for all its runs. Options of the command go before it. */
export interface VerifyConfiguration {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly tenantRole: string;
  /** The configuration names tenant and identity itself. */
  readonly tenantConfigured: boolean;
  readonly tenantSettings: Readonly<Record<string, string>>;
  /** A folder with more suites, absolute. */
  readonly suitesDirectory: string | undefined;
}

const configurationFile = "ssot.config.json";

// The claims of a Supabase token: policies read the organisation from one of these places.
const claims = JSON.stringify({
  role: "authenticated",
  sub: "00000000-0000-0000-0000-000000000000",
  org_id: "{org}",
  app_metadata: { org_id: "{org}" },
  user_metadata: { org_id: "{org}" },
});

const shape = z.strictObject({
  verify: z
    .strictObject({
      thresholds: z.record(z.string(), z.number()).default({}),
      tenant: z.strictObject({ role: z.string().min(1), settings: z.record(z.string(), z.string()) }).optional(),
      suites: z.string().optional(),
    })
    .prefault({}),
});

/**
 * Reads a configuration; `undefined` takes `ssot.config.json` of the working directory where there is one. Throws
 * CONFIGURATION for a file that is missing although it was named, no JSON, or has a field that nobody knows.
 */
export async function readConfiguration(named: string | undefined, directory: string): Promise<VerifyConfiguration> {
  const path = resolve(directory, named ?? configurationFile);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (named === undefined) return "{}";
    throw new SsotError("CONFIGURATION", `the configuration cannot be read: ${path}`, { cause });
  });
  const { verify } = parse(text, path);
  return {
    thresholds: verify.thresholds,
    tenantRole: verify.tenant?.role ?? "authenticated",
    tenantConfigured: verify.tenant !== undefined,
    tenantSettings: verify.tenant?.settings ?? { "request.jwt.claims": claims },
    suitesDirectory: verify.suites === undefined ? undefined : resolve(dirname(path), verify.suites),
  };
}

function parse(text: string, path: string): z.infer<typeof shape> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new SsotError("CONFIGURATION", `the configuration is no JSON: ${path}`, { cause });
  }
  const found = shape.safeParse(content);
  if (found.success) return found.data;
  const list = found.error.issues.map(({ path: where, message }) => `${where.join(".") || "file"}: ${message}`);
  throw new SsotError("CONFIGURATION", `the configuration cannot be used: ${path}: ${list.join("; ")}`);
}

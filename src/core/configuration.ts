import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { storyFolders } from "../migrations/packs.ts";
import { SsotError } from "../model/errors.ts";
import type { Excused } from "../model/excused.ts";
import type { ConfigurationFile } from "./configuration-shape.ts";

/** What a team sets once for all its runs. Options of a command go before it. */
export interface Configuration {
  /** The file, absolute; undefined: there is none. */
  readonly file: string | undefined;
  /** The folders of the story: those of packs, and the team's own. */
  readonly story: readonly string[];
  /** The team's own folder of migrations, absolute. */
  readonly ownMigrations: string | undefined;
  readonly audit: AuditConfiguration;
  readonly verify: VerifyConfiguration;
}

/** What every command asks of who still reads and writes deprecated columns. */
export interface AuditConfiguration {
  readonly reads: "require" | "warn";
  readonly allow: Excused;
}

interface VerifyConfiguration {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly tenantRole: string;
  /** The configuration names tenant and identity itself. */
  readonly tenantConfigured: boolean;
  readonly tenantSettings: Readonly<Record<string, string>>;
  /** A folder with more suites, absolute. */
  readonly suitesDirectory: string | undefined;
}

/** The file that is read where none is named. */
export const configurationFile = "ssot.config.json";

// The claims of a Supabase token: policies read the organisation from one of these places.
const claims = JSON.stringify({
  role: "authenticated",
  sub: "00000000-0000-0000-0000-000000000000",
  org_id: "{org}",
  app_metadata: { org_id: "{org}" },
  user_metadata: { org_id: "{org}" },
});

/**
 * Reads a configuration; `undefined` takes `ssot.config.json` of the working directory where there is one. Folders are found from
 * the file's own. Throws CONFIGURATION for a file that is missing although it was named, no JSON, or has a field or a pack that
 * nobody knows.
 */
export async function readConfiguration(named: string | undefined, directory: string): Promise<Configuration> {
  const path = resolve(directory, named ?? configurationFile);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (named === undefined && isMissing(cause)) return undefined;
    throw new SsotError("CONFIGURATION", `the configuration cannot be read: ${path}`, { cause });
  });
  const content = text === undefined ? {} : await parse(text, path);
  const { packs = ["unknown-caller"], migrations, audit = {}, verify = {} } = content;
  const folder = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : resolve(dirname(path), name);
  return {
    file: text === undefined ? undefined : path,
    story: storyFolders(packs, folder(migrations)),
    ownMigrations: folder(migrations),
    audit: { reads: audit.reads ?? "warn", allow: Object.assign({}, ...(audit.allow ?? [])) },
    verify: {
      thresholds: verify.thresholds ?? {},
      tenantRole: verify.tenant?.role ?? "authenticated",
      tenantConfigured: verify.tenant !== undefined,
      tenantSettings: verify.tenant?.settings ?? { "request.jwt.claims": claims },
      suitesDirectory: folder(verify.suites),
    },
  };
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

async function parse(text: string, path: string): Promise<ConfigurationFile> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new SsotError("CONFIGURATION", `the configuration is no JSON: ${path}`, { cause });
  }
  // Loading what reads shapes takes longer than most commands: only where there is a file.
  const { readShape } = await import("./configuration-shape.ts");
  const found = readShape(content);
  if ("file" in found) return found.file;
  throw new SsotError("CONFIGURATION", `the configuration cannot be used: ${path}: ${found.problems.join("; ")}`);
}

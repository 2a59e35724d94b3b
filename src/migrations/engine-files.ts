import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SsotError } from "../model/errors.ts";
import { packageRoot } from "../model/package-root.ts";
import { readVersion } from "../model/version.ts";
import { bindVariables, type Variables } from "./variables.ts";

/** The engine that this package brings along: everything in schema `ssot`. */
export interface Engine {
  readonly version: number;
  /** The version of ssot that brings it. */
  readonly tool: string;
  /** In the order in which they build on each other; their texts make one transaction. */
  readonly files: readonly EngineFile[];
  /** Removes it from a database where no migration is applied. */
  readonly uninstall: string;
}

interface EngineFile {
  /** Below the engine's folder. */
  readonly path: string;
  readonly sql: string;
}

/** Where the engine of the package lies. */
export function engineDirectory(): string {
  return join(packageRoot(), "sql");
}

let packaged: Promise<Engine> | undefined;

/**
 * Reads the engine as its `install.sql` lists it: `\set engine_version N`, and between `begin;` and `commit;` one `\ir
 * FILE` a line. That of the package is read once. Throws MIGRATION_FILES for a folder or file that cannot be read.
 */
export function loadEngine(directory?: string): Promise<Engine> {
  if (directory !== undefined) return readEngine(directory);
  packaged ??= readEngine(engineDirectory());
  return packaged;
}

async function readEngine(directory: string): Promise<Engine> {
  const install = await readText(directory, "install.sql");
  const version = /^\\set engine_version (\d+)$/m.exec(install)?.[1];
  const list = /^begin;\n([\s\S]*?)^commit;$/m.exec(install)?.[1];
  if (version === undefined || list === undefined)
    throw broken("install.sql", "expected `\\set engine_version N`, and `begin;` to `commit;`");
  const tool = readVersion();
  const values = { engine_version: version, tool_version: tool };
  const paths = list.split("\n").flatMap((line) => readInclude(line) ?? []);
  return {
    version: Number(version),
    tool,
    files: await Promise.all(paths.map((path) => readPart(directory, path, values))),
    uninstall: await readText(directory, "uninstall.sql"),
  };
}

/** The file that a server's error points into, where the texts of an engine's files were sent as one, a line end between. */
export function fileAt({ files }: Engine, error: unknown): string | undefined {
  if (!(error instanceof Error) || !("position" in error)) return undefined;
  let place = Number(error.position);
  for (const { path, sql } of files) {
    // PostgreSQL counts characters.
    place -= [...sql].length + 1;
    if (place <= 0) return `sql/${path}`;
  }
  return undefined;
}

function readInclude(line: string): string | undefined {
  if (line.trim() === "" || line.startsWith("--")) return undefined;
  const path = /^\\ir ([\w/]+\.sql)$/.exec(line)?.[1];
  if (path === undefined) throw broken("install.sql", `expected \\ir FILE between begin and commit, found: ${line}`);
  return path;
}

async function readPart(directory: string, path: string, values: Variables): Promise<EngineFile> {
  const text = await readText(directory, path);
  const psql = /^\\.*$/m.exec(text)?.[0];
  if (psql !== undefined) throw broken(path, `only psql reads this: ${psql}`);
  return { path, sql: bindVariables(text, values) };
}

async function readText(directory: string, path: string): Promise<string> {
  try {
    const text = await readFile(join(directory, path), "utf8");
    return text.replace(/\r\n?/g, "\n").replace(/[ \t]+$/gm, "");
  } catch (cause) {
    throw broken(path, `there is no such file in ${directory}`, cause);
  }
}

function broken(file: string, what: string, cause?: unknown): SsotError {
  return new SsotError("MIGRATION_FILES", `the engine's file ${file} cannot be read: ${what}`, {
    cause,
    hint: "Restore the folder sql from the package; nothing was run.",
  });
}

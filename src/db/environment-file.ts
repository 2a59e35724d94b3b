import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { SsotError } from "../model/errors.ts";

/**
 * The variables of a file such as `.env`, as Node reads one. No file gives none; one that cannot be read would let another database
 * be taken for the one that it names, and throws CONFIGURATION. So does a value that a # cuts off in the middle of a word.
 */
export function readEnvironmentFile(path: string): Readonly<Record<string, string | undefined>> {
  const text = read(path).replace(/^\ufeff/, "");
  const [, cut] = /^\s*(?:export\s+)?(DATABASE_URL|PG\w+)\s*=\s*[^\s"'`#][^\s#]*#/m.exec(text) ?? [];
  if (cut !== undefined) {
    throw new SsotError("CONFIGURATION", `${cut} in ${path} has a # that would begin a comment`, {
      hint: "Put the value in quotes, or a blank before the comment.",
    });
  }
  return parseEnv(text);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    // A folder of that name is somebody else's, such as Python's.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return "";
    throw new SsotError("CONFIGURATION", `the file cannot be read: ${path} (${code})`, { cause });
  }
}

import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { SsotError } from "../model/errors.ts";

/** Opens a file that a command writes to, with its folder. Throws CONFIGURATION; `what` names what would be in it. */
export async function openFile(path: string, flags: "w" | "a", what: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, flags);
  } catch (cause) {
    throw cannotWrite(what, path, cause);
  }
}

/** What a command says of a file that cannot be written. */
export function cannotWrite(what: string, path: string | undefined, cause: unknown): SsotError {
  return new SsotError("CONFIGURATION", `the ${what} cannot be written to ${path}`, { cause });
}

import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
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

/** What a report is written to, once. */
export type ReportFile = Pick<FileHandle, "close"> & { writeFile(text: string): Promise<void> };

/**
 * Opens what will take the place of a file at once, whole, by rename, for readers that may look at any moment; until then, and where
 * nothing is written, the file stays as it was. Throws CONFIGURATION.
 */
export async function openReplacement(path: string, what: string): Promise<ReportFile> {
  // A collector of *.prom does not take it for one.
  const draft = `${path}.${process.pid}.tmp`;
  const handle = await openFile(draft, "w", what);
  return {
    writeFile: async (text) => {
      await handle.writeFile(text);
      await handle.sync();
      await rename(draft, path);
    },
    close: async () => {
      await handle.close();
      await rm(draft, { force: true });
    },
  };
}

/** What a command says of a file that cannot be written. */
export function cannotWrite(what: string, path: string | undefined, cause: unknown): SsotError {
  return new SsotError("CONFIGURATION", `the ${what} cannot be written to ${path}`, { cause });
}

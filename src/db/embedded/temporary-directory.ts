import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdtempSync, readdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { layoutOf } from "./layout.ts";
import { removeDirectory } from "./remove-directory.ts";
import { stopServer } from "./server-process.ts";
import { countUsers } from "./users.ts";

const memory = "/dev/shm";
/** Containers often have 64 MB of shared memory: too little for a server's files. */
const neededBytes = 1024 ** 3;

/** Whether files and shared memory of a server fit into the system's memory file system. */
export function hasRoomInMemory(): boolean {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

/**
 * Makes a new empty directory for an ephemeral server, in memory where that has room, else in the temporary directory; with `onDisk` there
 * in any case. Others may pass through it (the server may run as another user) but not list it.
 */
export function temporaryServerDirectory(prefix: string, { onDisk = false } = {}): string {
  const directory = mkdtempSync(join(!onDisk && hasRoomInMemory() ? memory : tmpdir(), `${prefix}-`));
  chmodSync(directory, 0o711);
  return directory;
}

/**
 * Stops and removes the ephemeral servers beside `directory` (same name up to the last hyphen) whose users have all
 * ended without removing them. Directories of other system users are left alone.
 */
export async function removeLeftovers(directory: string, pgCtl: string): Promise<void> {
  const parent = dirname(directory);
  const prefix = basename(directory).replace(/[^-]*$/, "");
  if (prefix === "") return;
  for (const name of readdirSync(parent)) {
    const layout = layoutOf(join(parent, name));
    if (!name.startsWith(prefix) || layout.directory === directory || !isOurs(layout.directory)) continue;
    if (!existsSync(layout.ephemeral) || countUsers(layout.users) > 0) continue;
    try {
      await stopServer(layout, pgCtl, { immediate: true });
      removeDirectory(layout);
    } catch {
      // Another process is removing the same one, or it does not go: no reason not to start ours.
    }
  }
}

function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  return found?.isDirectory() === true && (uid === undefined || found.uid === uid);
}

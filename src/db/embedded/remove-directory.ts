import { existsSync, renameSync, rmSync } from "node:fs";
import { layoutOf, type ServerLayout } from "./layout.ts";

/**
 * Removes an ephemeral server's directory, whose server has ended. It is moved aside first, so that a process that
 * starts a server there at the same moment finds none instead of half of one. The mark that allows its removal goes
 * last: when this process is killed on the way, the next ephemeral start goes on.
 */
export function removeDirectory(layout: ServerLayout): void {
  if (!existsSync(layout.directory)) return;
  const aside = layoutOf(`${layout.directory}.${process.pid}`);
  renameSync(layout.directory, aside.directory);
  rmSync(aside.data, { recursive: true, force: true, maxRetries: 5 });
  rmSync(aside.directory, { recursive: true, force: true, maxRetries: 5 });
}

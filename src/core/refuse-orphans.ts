import type { Connection } from "../db/connection.ts";
import { listOrphans } from "../db/queries/wider-view.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { migrationNames } from "../model/mission.ts";

/** Throws PREFLIGHT where the view would go and others stand on it, before anything else is taken back. */
export async function refuseOrphans({ sql }: Connection, selected: readonly Migration[]): Promise<void> {
  if (!selected.some(({ name }) => name === migrationNames.view)) return;
  const orphans = await listOrphans(sql);
  if (orphans.length === 0) return;
  throw new SsotError("PREFLIGHT", `others stand on the view that would go: ${orphans.join(", ")}`, {
    hint: "Drop them, or let them read calls and contacts. Nothing was changed.",
  });
}

import type { HeldMigration } from "../core/read-held.ts";
import { detailIndent, type MigrationEntry } from "./migration-list.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** A migration that waits for its gate, with every reason below it. */
export function describeHeld({ name, reasons }: HeldMigration, style: Style): MigrationEntry {
  return { name, cells: [style.dim("held")], details: describeReasons(reasons, style) };
}

/** Why a migration is held, a reason a line. */
export function describeReasons(reasons: readonly string[], style: Style): readonly string[] {
  return reasons.map((reason) =>
    style.dim(wrapText(reason, { width: style.width, first: detailIndent, rest: `${detailIndent}  ` })),
  );
}

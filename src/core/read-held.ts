import type { Connection } from "../db/connection.ts";
import { readGate } from "../db/queries/gate.ts";
import type { Migration } from "../model/migration.ts";

/** A migration that waits for its gate, and why. */
export interface HeldMigration {
  readonly name: string;
  readonly reasons: readonly string[];
}

/** How a drop stands that nobody asked for yet. */
export interface Held {
  /** Its gate is open: it waits for nothing but to be asked for. */
  readonly due: boolean;
  /** The gate's reasons by code, each once; none where it is open. */
  readonly codes: readonly string[];
  /** Why it is held, in sentences; never empty. */
  readonly reasons: readonly string[];
}

/** Asks the gate of a drop. `verdicts` are those of `readVerdicts`; `all` are the migrations that there are. */
export async function readHeld(
  { sql }: Connection,
  drop: Migration,
  verdicts: string,
  all: readonly Migration[],
): Promise<Held> {
  const found = await readGate(sql, drop.drops, verdicts);
  const codes = [...new Set(found.map(({ code }) => code))].toSorted();
  if (found.length > 0) return { due: false, codes, reasons: found.map(({ message }) => message) };
  const only = all.filter(({ phase }) => phase === 3).length > 1 ? ` --only ${drop.name.slice(0, 14)}` : "";
  return { due: true, codes, reasons: [`its gate is open: ssot migrate --phase 3${only} drops the columns`] };
}

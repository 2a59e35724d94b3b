import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { routinesOf } from "../src/checks/objects.ts";
import { engineParts } from "./engine-parts.ts";

/** Something in schema ssot: a table with its columns, or a function with its arguments. */
export interface EngineObject {
  readonly name: string;
  /** Separated by commas; empty for a function, and where they are not known. */
  readonly columns: string;
}

/** What of the engine has to be there once Phase 1 is applied, and after the drop: runs, rollbacks and checks need it. */
export function engineObjects(facts: EngineFacts, isDropped: boolean): readonly EngineObject[] {
  if (facts.version === 1) return firstObjects(facts, isDropped);
  const parts = engineParts[facts.version ?? 0];
  if (parts === undefined) return [];
  return Object.entries({ ...parts.always, ...(isDropped ? {} : parts.untilDrop) }).map(([name, columns]) => ({
    name,
    columns,
  }));
}

function firstObjects(facts: EngineFacts, isDropped: boolean): readonly EngineObject[] {
  const { witness, gate } = routinesOf(facts);
  const lasting = ["ssot.task", "ssot.run", "ssot.org_country", "ssot.phone_map", "ssot.open_path()"];
  const names = [...lasting, "ssot.is_placeholder(text)", "ssot.view_is_ours()", "ssot.made_object"];
  const untilDrop = ["ssot.deprecated_write", "ssot.witness", ...witness, ...gate];
  return [...new Set([...names, ...(isDropped ? [] : untilDrop)])].map((name) => ({ name, columns: "" }));
}

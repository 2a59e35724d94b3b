import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { routinesOf } from "../src/checks/objects.ts";

/** An object in schema ssot, and the migration that cannot do without it. */
export interface EngineObject {
  readonly name: string;
  readonly madeBy: string;
}

const { backfill, validate, view, deprecate } = migrationNames;

/** What of the engine the checks ask, or a run needs; functions with their arguments. */
export function engineObjects(facts: EngineFacts): readonly EngineObject[] {
  const { witness, gate } = routinesOf(facts);
  const isFirst = facts.version === 1;
  const journal = isFirst ? ["ssot.made_object"] : ["ssot.object"];
  const path = isFirst ? "ssot.open_path()" : "ssot.trigger_path()";
  return [
    ...["ssot.task", "ssot.run", "ssot.org_country", "ssot.phone_map", path].map(made(backfill)),
    ...["ssot.is_placeholder(text)"].map(made(validate)),
    ...["ssot.view_is_ours()", ...journal].map(made(view)),
    ...["ssot.deprecated_write", "ssot.witness", ...witness, ...gate]
      .filter((name) => name !== "ssot.view_is_ours()")
      .map(made(deprecate)),
  ];
}

function made(madeBy: string): (name: string) => EngineObject {
  return (name) => ({ name, madeBy });
}

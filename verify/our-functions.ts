import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { type Fragment, join, sql } from "../src/checks/fragment.ts";
import { firstEngineRoutines } from "../src/model/first-engine-routines.ts";
import { missionWitness } from "../src/model/mission.ts";
import { functionBodies } from "./function-bodies.ts";

/** Condition on a function `p` of schema `n`: it witnesses writes to deprecated columns. */
function isWitness({ deprecated }: EngineFacts): Fragment {
  const names = [...new Set([missionWitness, ...deprecated.map(({ witness }) => witness)])];
  return sql`p.oid in (${join(
    names.map((name) => sql`to_regprocedure(${name})`),
    ", ",
  )})`;
}

/** Condition on a function `p` of schema `n`: the tool made it. */
export function isOurs(facts: EngineFacts): Fragment {
  return sql`(n.nspname = 'ssot' or ${isWitness(facts)})`;
}

/** The md5 of the bodies that our functions may have, by signature; empty for an engine of another tool's. */
export function bodiesOf({ version }: EngineFacts): Readonly<Record<string, string>> {
  return version === 1
    ? Object.assign({}, ...Object.values(firstEngineRoutines))
    : (functionBodies[version ?? 0] ?? {});
}

import type { Sql } from "postgres";
import { migrationNames } from "../../model/mission.ts";
import { listFirstBlockers } from "./first-engine.ts";
import { readVerdicts } from "./verdicts.ts";

/** One reason why the deprecated columns may not be dropped today. */
export interface GateReason {
  readonly code: string;
  readonly message: string;
  /** Whether `--force` overrides it: time, writers, readers and the history of the triggers, nothing else. */
  readonly canForce: boolean;
}

/** Every reason that keeps the gate of what a migration deprecated closed; writes nothing. None: it is open. */
export async function readGate(
  sql: Sql,
  migration: string = migrationNames.deprecate,
  told?: string,
): Promise<readonly GateReason[]> {
  const [gate] = await sql<{ present: boolean; first: boolean }[]>`
    select to_regprocedure('ssot.phase3_blockers(text, jsonb)') is not null as present,
           to_regprocedure('ssot.phase3_blockers()') is not null as first`;
  if (!gate?.present && !gate?.first) {
    return [{ code: "not-deprecated", message: `migration ${migration} is not applied`, canForce: false }];
  }
  const verdicts = told ?? (await readVerdicts(sql, migration));
  const rows = gate.present
    ? await sql<{ code: string; message: string; can_force: boolean }[]>`
        select b.code, b.message, b.can_force from ssot.phase3_blockers(${migration}, ${verdicts}::text::jsonb) as b`
    : await listFirstBlockers(sql, verdicts);
  return rows.map(({ code, message, can_force }) => ({ code, message, canForce: can_force }));
}

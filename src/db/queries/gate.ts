import type { Sql } from "postgres";

/** One reason why the deprecated columns may not be dropped today. */
export interface GateReason {
  readonly code: string;
  readonly message: string;
  /** Whether `--force` overrides it: time, writers and the history of the triggers, nothing else. */
  readonly canForce: boolean;
}

/** Every reason that keeps the drop's gate closed; writes nothing. None: it is open. */
export async function readGate(sql: Sql): Promise<readonly GateReason[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regprocedure('ssot.phase3_blockers()') is not null as present`;
  if (!row?.present) {
    return [
      { code: "not-deprecated", message: "migration 20260209000400_mark_deprecated is not applied", canForce: false },
    ];
  }
  const rows = await sql<{ code: string; message: string; can_force: boolean }[]>`
    select code, message, can_force from ssot.phase3_blockers()`;
  return rows.map(({ code, message, can_force }) => ({ code, message, canForce: can_force }));
}

import type { Sql } from "postgres";
import { analyseBodies } from "./bodies.ts";

/** One reason why the deprecated columns may not be dropped today. */
export interface GateReason {
  readonly code: string;
  readonly message: string;
  /** Whether `--force` overrides it: time, writers and the history of the triggers, nothing else. */
  readonly canForce: boolean;
}

/**
 * Every reason that keeps the drop's gate closed; writes nothing. None: it is open. What was read of functions' bodies
 * counts for this question only, or for the rest of the session, in which the drop asks again.
 */
export async function readGate(
  sql: Sql,
  { forSession = false }: { readonly forSession?: boolean } = {},
): Promise<readonly GateReason[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regprocedure('ssot.phase3_blockers()') is not null as present`;
  if (!row?.present) {
    return [
      { code: "not-deprecated", message: "migration 20260209000400_mark_deprecated is not applied", canForce: false },
    ];
  }
  const rows = await sql<{ code: string; message: string; can_force: boolean }[]>`
    select b.code, b.message, b.can_force
    from (select pg_catalog.set_config('ssot.analysed_bodies', ${await analyseBodies(sql)}, ${!forSession}) as setting offset 0) as s
    cross join lateral (select g.* from ssot.phase3_blockers() as g where s.setting is not null offset 0) as b`;
  return rows.map(({ code, message, can_force }) => ({ code, message, canForce: can_force }));
}

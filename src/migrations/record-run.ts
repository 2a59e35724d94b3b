import type { Connection } from "../db/connection.ts";
import type { Direction, EffectName, Migration, StepRole } from "../model/migration.ts";
import type { Engine } from "./engine-files.ts";

/** The effects that a migration's steps count. */
export function effectsOf(migration: Migration): readonly EffectName[] {
  return migration.up.flatMap((step) => step.rows);
}

/**
 * Forgets an interrupted migration that did nothing: no step of it is done, and the first is one transaction. There is
 * nothing to take back then, nor anything to take it back with. Gives whether it was one.
 */
export async function forgetUnstarted({ sql }: Connection, { name, up }: Migration): Promise<boolean> {
  if (up[0]?.mode !== "transaction") return false;
  const forgotten = await sql`
    delete from ssot.run as r
    where r.name = ${name} and r.direction = 'migrate' and r.finished_at is null
      and not exists (select from ssot.run_step as s where s.name = r.name)
    returning r.name`;
  return forgotten.length > 0;
}

/** Whether the step with this role is recorded as done in a run that applies the migration. */
export async function isRoleDone({ sql }: Connection, migration: Migration, role: StepRole): Promise<boolean> {
  const step = migration.up.find((candidate) => candidate.role === role);
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.run_step') is not null as present`;
  if (step === undefined || !row?.present) return false;
  const done = await sql`
    select s.step from ssot.run_step as s
    where s.name = ${migration.name} and s.direction = 'migrate' and s.step = ${step.name}`;
  return done.length > 0;
}

/** What is known of a run besides its migration. */
export interface RunNotes {
  /** Why its gate's reasons were overridden. */
  readonly forced?: string | undefined;
  /** The hash of the approved plan that it follows. */
  readonly plan?: string | undefined;
}

/**
 * Writes that a run begins, and with which engine and ssot, so that an interrupted one is seen. The same direction again
 * keeps the finished steps; the other one begins anew, and for a rollback of a half-applied migration enters it into the
 * ledger first.
 */
export async function beginRun(
  { sql, inTransaction }: Connection,
  migration: Migration,
  direction: Direction,
  by: Pick<Engine, "version" | "tool">,
  { forced, plan }: RunNotes = {},
): Promise<void> {
  await inTransaction(async () => {
    const [before] = await sql<{ direction: Direction }[]>`
      select direction from ssot.run where name = ${migration.name} and finished_at is null for update`;
    if (before?.direction !== direction) {
      await sql`delete from ssot.run_step where name = ${migration.name}`;
      await sql`
        delete from ssot.tally as t
        where t.migration = ${migration.name} and (t.direction = 'migrate') = (${direction} = 'migrate')`;
    }
    await sql`
      insert into ssot.run (name, direction, checksum, forced, engine, tool, plan)
      values (${migration.name}, ${direction}, ${migration.checksum}, ${forced ?? null}, ${by.version}, ${by.tool}, ${plan ?? null})
      on conflict (name) do update
        set direction = excluded.direction, started_at = now(), finished_at = null,
            engine = excluded.engine, tool = excluded.tool, plan = excluded.plan,
            checksum = case when excluded.direction = 'migrate' then excluded.checksum else ssot.run.checksum end,
            forced = coalesce(excluded.forced, ssot.run.forced)`;
    if (direction === "rollback") {
      await sql`
        insert into ssot.ledger (name, run_on) values (${migration.name}, now() at time zone 'UTC')
        on conflict (name) do nothing`;
    }
  });
}

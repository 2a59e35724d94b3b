import type { Connection } from "../db/connection.ts";
import type { Direction, EffectName, Migration } from "../model/migration.ts";

/** The effects that a migration's steps count. */
export function effectsOf(migration: Migration): readonly EffectName[] {
  return migration.up.flatMap((step) => step.rows);
}

/** Creates the tool's own tables where they are missing, by the first migration's step `bookkeeping`. */
export async function ensureBookkeeping(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const step = migrations[0]?.up.find(({ name }) => name === "bookkeeping");
  if (step === undefined) return;
  await connection.transaction([step.sql]);
}

/**
 * Removes the tool's own tables after the last rollback, by the first migration's step `bookkeeping`; it leaves
 * `ssot.unrestored` while that holds an original. Does nothing while a migration is applied.
 */
export async function removeBookkeeping(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const step = migrations[0]?.down.find(({ name }) => name === "bookkeeping");
  const [row] = await connection.sql<{ present: boolean }[]>`select to_regclass('ssot.ledger') is not null as present`;
  if (step !== undefined && row?.present) await connection.execute(step.sql);
}

/**
 * Forgets an interrupted migration that did nothing: no step of it is done, and the first is one transaction. There is
 * nothing to take back then, nor anything to take it back with. Gives whether it was one.
 */
export async function forgetUnstarted({ sql }: Connection, { name, up }: Migration): Promise<boolean> {
  const first = up.find((step) => step.name !== "bookkeeping");
  if (first?.mode !== "transaction") return false;
  const forgotten = await sql`
    delete from ssot.run as r
    where r.name = ${name} and r.direction = 'migrate' and r.finished_at is null
      and not exists (select from ssot.run_step as s where s.name = r.name)
    returning r.name`;
  return forgotten.length > 0;
}

/** Whether a step of a migration is recorded as done. */
export async function isStepDone({ sql }: Connection, migration: string, step: string): Promise<boolean> {
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.run_step') is not null as present`;
  if (!row?.present) return false;
  const done = await sql`
    select step from ssot.run_step where name = ${migration} and direction = 'migrate' and step = ${step}`;
  return done.length > 0;
}

/**
 * Writes that a run begins, so that an interrupted one is seen. The same direction again keeps the finished steps; the
 * other one begins anew, and for a rollback of a half-applied migration enters it into the ledger first.
 */
export async function beginRun(
  { sql, inTransaction }: Connection,
  migration: Migration,
  direction: Direction,
  forced?: string,
): Promise<void> {
  await inTransaction(async () => {
    const [before] = await sql<{ direction: Direction }[]>`
      select direction from ssot.run where name = ${migration.name} and finished_at is null for update`;
    if (before?.direction !== direction) {
      await sql`delete from ssot.run_step where name = ${migration.name}`;
      const counted = direction === "migrate" ? effectsOf(migration) : null;
      await sql`
        delete from ssot.tally
        where case when ${counted}::text[] is null then direction <> 'migrate'
                   else direction = 'migrate' and what = any (${counted}::text[]) end`;
    }
    await sql`
      insert into ssot.run (name, direction, checksum, forced)
      values (${migration.name}, ${direction}, ${migration.checksum}, ${forced ?? null})
      on conflict (name) do update
        set direction = excluded.direction, started_at = now(), finished_at = null,
            checksum = case when excluded.direction = 'migrate' then excluded.checksum else ssot.run.checksum end,
            forced = coalesce(excluded.forced, ssot.run.forced)`;
    if (direction === "rollback") {
      await sql`
        insert into ssot.ledger (name, run_on) values (${migration.name}, now() at time zone 'UTC')
        on conflict (name) do nothing`;
    }
  });
}

import type { Sql } from "postgres";

/** Takes an advisory lock for as long as the session's transaction lasts. Its key is two 31-bit numbers. */
export async function takeMark(sql: Sql, [first, second]: readonly [number, number]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${first}, ${second})`;
}

/** Whether somebody holds that lock in this very database. A branch or a restored backup is another one. */
export async function seesMark(sql: Sql, [first, second]: readonly [number, number]): Promise<boolean> {
  const rows = await sql`
    select from pg_catalog.pg_locks as l
    where l.locktype = 'advisory' and l.classid = ${first} and l.objid = ${second} and l.objsubid = 2 and l.granted
      and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())`;
  return rows.length > 0;
}

/** Takes the lock of a rehearsal, as long as the session lasts; false: another one has it. */
export async function takeRehearsalLock(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${rehearsalLock}, 2) as taken`;
  return row?.taken ?? false;
}

// "ssot" in ASCII; object 1 is the run lock.
const rehearsalLock = 0x73736f74;

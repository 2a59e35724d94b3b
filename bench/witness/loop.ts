import type { Sql } from "postgres";

/** Which of the witness's triggers fire. */
export type Awake = "none" | "all" | "all but the statement's";

/** Statements that name no deprecated column, as a loop in the server runs them: `ids`, `org` and `n` are its variables. */
export const statements = {
  update: "update public.calls set notes = notes || n where id = ids[1 + n % array_length(ids, 1)]",
  updateNumber: "update public.calls set phone_number = phone_number where id = ids[1 + n % array_length(ids, 1)]",
  insert: `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
           values (org, 'bench-' || n, 'inbound', '+14155550100')`,
  caught: "update public.calls set caller_name = 'x' where id = ids[1 + n % array_length(ids, 1)]",
};

/** Server time, in ms, of so many runs of a statement in one transaction, which is taken back: each round meets the same table. */
export async function timeLoop(sql: Sql, statement: string, awake: Awake, runs: number): Promise<number> {
  return takenBack(sql, async (transaction) => {
    await letSleep(transaction, awake);
    await transaction.unsafe(`
      create function pg_temp.bench() returns double precision language plpgsql as $$
      declare ids uuid[]; org uuid; began timestamptz;
      begin
        select array_agg(id order by id) into ids from (select id from public.calls order by id limit 3000) as c;
        select id into org from public.organizations order by id limit 1;
        began := clock_timestamp();
        for n in 1..${runs} loop ${statement}; end loop;
        return extract(epoch from clock_timestamp() - began) * 1000;
      end $$`);
    const [row] = await transaction<{ ms: number }[]>`select pg_temp.bench() as ms`;
    if (row === undefined) throw new Error("the loop told no time");
    return row.ms;
  });
}

/** An UPDATE of all calls that names a deprecated column: its time in ms, and how many audit rows it left. */
export async function timeMassWrite(sql: Sql, awake: Awake): Promise<{ ms: number; audited: number }> {
  return takenBack(sql, async (transaction) => {
    await letSleep(transaction, awake);
    const began = performance.now();
    await transaction`update public.calls set caller_name = 'x'`;
    const ms = performance.now() - began;
    const [row] = await transaction<{ n: number }[]>`select count(*)::integer as n from public.deprecated_column_audit`;
    return { ms, audited: row?.n ?? 0 };
  });
}

type Transaction = Parameters<Parameters<Sql["begin"]>[1]>[0];

async function letSleep(transaction: Transaction, awake: Awake): Promise<void> {
  if (awake === "all") return;
  const pattern = awake === "none" ? "warn_deprecated_writes%" : "warn_deprecated_writes_text";
  await transaction.unsafe(`
    do $$ declare t name; begin
      for t in select tgname from pg_trigger where tgrelid = 'public.calls'::regclass and tgname like '${pattern}' loop
        execute format('alter table public.calls disable trigger %I', t);
      end loop;
    end $$`);
}

class TakenBack extends Error {}

async function takenBack<Result>(sql: Sql, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  const given: Result[] = [];
  try {
    await sql.begin(async (transaction) => {
      given.push(await work(transaction));
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  const [result] = given;
  if (result === undefined) throw new Error("nothing was measured");
  return result;
}

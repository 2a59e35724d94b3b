import postgres, { type Sql } from "postgres";
import { type CallsSchema, readCallsSchema } from "../../src/webhook/calls-schema.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import type { BenchContext } from "../row.ts";
import { quantile } from "../support/measure.ts";
import type { BenchServer } from "../support/server.ts";
import { storedCall, storedCalls } from "./cases.ts";
import { startDelayProxy } from "./delay-proxy.ts";
import { eventOf } from "./sample.ts";
import { handler } from "./ways.ts";

/** What all runs of the webhook stand on. */
export interface Rig {
  readonly server: BenchServer;
  readonly database: string;
  readonly schema: CallsSchema;
  /** A session that sends nothing of what is measured. */
  readonly sql: Sql;
  readonly say: BenchContext["say"];
  /** A pool straight to the server, or through the proxy that adds a millisecond to a round trip. */
  openPool(connections: number, far: boolean): Sql;
}

const delayMs = 0.5;

export async function withRig<Result>(
  server: BenchServer,
  database: string,
  say: BenchContext["say"],
  work: (rig: Rig) => Promise<Result>,
): Promise<Result> {
  const sql = server.open(database);
  const { host, port, user, password } = server.target(database);
  const proxy = await startDelayProxy(host, port, delayMs);
  const openPool: Rig["openPool"] = (connections, far) =>
    postgres({ host, port: far ? proxy.port : port, user, password, database, max: connections, onnotice: () => {} });
  try {
    const rig = { server, database, schema: await readCallsSchema(sql), sql, say, openPool };
    await storeCalls(rig);
    say(`the proxy adds ${(await measureDelay(rig)).toFixed(2)} ms to a round trip`);
    return await work(rig);
  } finally {
    await sql.end();
    await proxy.close();
  }
}

/** Stores the calls that are going to be repeated. */
async function storeCalls({ sql, openPool }: Rig): Promise<void> {
  await sql`create schema bench`;
  await sql`create table bench.stored_calls (id uuid primary key)`;
  const pool = openPool(8, false);
  const handle = handler(pool);
  for (let n = 0; n < storedCalls; n += 500) {
    const told = await Promise.all(Array.from({ length: 500 }, (_, more) => handle(storedCall(n + more + 1))));
    await sql`insert into bench.stored_calls select id from unnest(${told.map(({ callId }) => callId)}::uuid[]) as s(id)`;
    // What pgbench is going to repeat has to be what recordCall would write.
    if (n === 0) await recordCall(pool, eventOf(storedCall(1)));
  }
  await pool.end();
  await sql`vacuum (analyze) public.calls`;
  await sql`checkpoint`;
}

async function measureDelay({ openPool }: Rig): Promise<number> {
  const trip = async (far: boolean): Promise<number> => {
    const one = openPool(1, far);
    const times: number[] = [];
    for (let n = 0; n < 300; n += 1) {
      const began = performance.now();
      await one`select 1`;
      times.push(performance.now() - began);
    }
    await one.end();
    // On a busy machine much waits for a processor; a tenth of the trips does not.
    return quantile(times, 0.1);
  };
  const added = (await trip(true)) - (await trip(false));
  if (added < 1.8 * delayMs || added > 4 * delayMs) throw new Error(`the proxy adds ${added} ms to a round trip`);
  return added;
}
